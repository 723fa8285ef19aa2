"""Held mails: one, a municipality's, all; a restored database; and what health says."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.test import Client

from notifications import state, ticking
from notifications.models import OutboxHold, OutboxState, Reminder
from tests import make
from toimenpiteet.models import User
from toimenpiteet.workflow import Role

from . import build
from .build import SECOND, RoundWorld, at
from .trouble import TroubledServer

pytestmark = pytest.mark.django_db
LOG = "/muistutukset/"
HEALTH = "/health/reminders"


@pytest.fixture(autouse=True)
def _mark(settings: Any, tmp_path: Any) -> None:
    settings.TICK_MARK = tmp_path / "ticked"


def client_of(person: User) -> Client:
    make.change_user(person, language="en")
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def hold(client: Client, act: str = "hold", **data: Any) -> int:
    return client.post(f"{LOG}pidossa/", {"act": act, "why": "Osoitteet tarkistetaan"} | data).status_code


def test_a_municipalitys_mails_are_held_and_let_go(mailoutbox: list[EmailMessage]) -> None:
    world, other = RoundWorld(), RoundWorld()
    with time_machine.travel(at(SECOND, 8), tick=False):
        client = client_of(world.director)
        assert hold(client, which="all") == 302
        build.tick(at(SECOND))
        assert [message.to[0].partition("<")[2] for message in mailoutbox] == [f"{other.manager.email}>"]
        page = client.get(LOG).content.decode()
        assert "Mails are held since" in page
        assert "Osoitteet tarkistetaan" in page
        hold(client, which="all", why="Toinen syy")
        page = client.get(LOG).content.decode()
        assert "They were held already" in page
        assert "Toinen syy" not in page
        hold(client, "release", which="all")
    build.tick(at(SECOND, 10))
    assert len(mailoutbox) == 2
    kept = OutboxHold.objects.get()
    assert (kept.why, kept.by_name.text, kept.released_by_name.text) == (
        "Osoitteet tarkistetaan",
        *[world.director.name] * 2,
    )


def test_single_mails_are_held(mailoutbox: list[EmailMessage]) -> None:
    world = RoundWorld()
    make.member(world.unit)
    build.plan(at(SECOND, 7))
    row = Reminder.objects.get(person_id=world.manager.pk)
    with time_machine.travel(at(SECOND, 7), tick=False):
        client = client_of(world.director)
        hold(client, reminder=row.pk)
        build.tick(at(SECOND))
        assert (len(mailoutbox), Reminder.objects.get(pk=row.pk).state) == (1, "planned")
        assert "Held since" in client.get(f"{LOG}{row.pk}/").content.decode()
        hold(client, "release", which="shown", filters="state=planned")
    build.tick(at(SECOND, 10))
    assert Reminder.objects.get(pk=row.pk).state == "sent"


@pytest.mark.parametrize(("who", "status"), [("manager", 403), ("admin", 403), ("stranger", 302)])
def test_others_hold_nothing_of_ours(mailoutbox: list[EmailMessage], who: str, status: int) -> None:
    world = RoundWorld()
    stranger = make.World().director
    person = {
        "manager": world.manager,
        "admin": make.official(world.municipality, Role.ADMIN),
        "stranger": stranger,
    }[who]
    build.plan(at(SECOND, 7))
    with time_machine.travel(at(SECOND, 8), tick=False):
        for data in ({"which": "all"}, {"reminder": build.only().pk}, {"which": "shown", "filters": ""}):
            assert hold(client_of(person), **data) == status
    build.tick(at(SECOND))
    assert len(mailoutbox) == 1


def test_the_commands_hold_and_let_go_everything(mailoutbox: list[EmailMessage]) -> None:
    RoundWorld()
    out = StringIO()
    call_command("hold_mails", "--reason", "Varmuuskopio palautettiin", stdout=out)
    build.tick(at(SECOND))
    assert mailoutbox == []
    call_command("release_mails", stdout=out)
    build.tick(at(SECOND, 10))
    assert len(mailoutbox) == 1
    call_command("release_mails", stdout=out)
    assert "No mails were held" in out.getvalue()


def test_a_restored_database_starts_held_until_a_person_lets_go(mailoutbox: list[EmailMessage]) -> None:
    RoundWorld()
    ticking.tick(at(SECOND, 7), remember=True)
    backup = OutboxState.objects.get().ticked_at
    ticking.tick(at(SECOND, 9), remember=True)
    assert len(mailoutbox) == 1
    # The database of seven o'clock again: what left at nine is not known in it.
    OutboxState.objects.update(ticked_at=backup)
    Reminder.objects.all().delete()
    ticking.tick(at(SECOND, 10), remember=True)
    assert len(mailoutbox) == 1
    assert "restored" in OutboxHold.objects.get().why
    call_command("release_mails", stdout=StringIO())
    ticking.tick(at(SECOND, 11), remember=True)
    assert len(mailoutbox) == 2


def test_a_new_installation_and_a_long_outage_are_no_restore(mailoutbox: list[EmailMessage]) -> None:
    RoundWorld()
    ticking.tick(at(SECOND, 7), remember=True)
    ticking.tick(at(SECOND + timedelta(days=1)), remember=True)
    assert (len(mailoutbox), OutboxHold.objects.count()) == (1, 0)


# Health


def health(now: Any) -> tuple[int, str]:
    with time_machine.travel(now, tick=False):
        answer = Client().get(HEALTH)
        if answer.status_code == 200:
            call_command("health_reminders", stdout=StringIO())
        else:
            with pytest.raises(CommandError):
                call_command("health_reminders", stdout=StringIO())
    return answer.status_code, answer.content.decode()


def test_health_is_well_while_mails_leave(smtp: TroubledServer) -> None:
    RoundWorld()
    ticking.tick(at(SECOND), remember=True)
    assert health(at(SECOND, 9, 5)) == (200, "ok\n")


def test_health_fails_when_nobody_ticks(smtp: TroubledServer) -> None:
    assert health(at(SECOND))[0] == 503
    ticking.tick(at(SECOND), remember=True)
    status, said = health(at(SECOND, 9, 11))
    assert (status, "since 2026-12-15 09:00 in Helsinki" in said) == (503, True)


def test_health_fails_when_a_due_row_is_old(smtp: TroubledServer) -> None:
    RoundWorld()
    build.plan(at(SECOND, 8))
    state.end(at(SECOND, 8, 20), "")
    assert "A mail waits since 2026-12-15 08:00" in health(at(SECOND, 8, 20))[1]
    state.end(at(SECOND + timedelta(days=1), 8, 30), "")
    Reminder.objects.update(next_attempt_at=at(SECOND + timedelta(days=1), 9))
    assert "has not left" in health(at(SECOND + timedelta(days=1), 8, 31))[1]


def test_health_fails_when_a_municipality_cannot_be_planned(
    smtp: TroubledServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, other = RoundWorld(), RoundWorld()
    broken = world.municipality.pk
    from notifications.situation import Situation

    whole = Situation.directory.func  # type: ignore[attr-defined]  # a cached property
    monkeypatch.setattr(
        Situation, "directory", property(lambda self: 1 / 0 if self.municipality.pk == broken else whole(self))
    )
    ticking.tick(at(SECOND), remember=True)
    assert [row.municipality_id for row in Reminder.objects.all()] == [other.municipality.pk]
    status, said = health(at(SECOND, 9, 1))
    assert (status, world.municipality.key in said) == (503, True)


def test_health_fails_while_the_mail_server_refuses_us_and_is_well_again_after(smtp: TroubledServer) -> None:
    world = RoundWorld()
    make.member(world.unit)
    smtp.data_reply = f"550 5.7.60 not allowed to send as {world.manager.email}"
    ticking.tick(at(SECOND), remember=True)
    status, said = health(at(SECOND, 9, 0))
    assert (status, "The mail server refuses us: " in said, world.manager.email in said) == (503, True, False)
    # What speaks of us stops the run: the others are not tried, and nothing is lost.
    assert sorted(Reminder.objects.values_list("attempts", flat=True)) == [0, 1]
    smtp.data_reply = "250 ok"
    ticking.tick(at(SECOND, 9, 6), remember=True)
    assert health(at(SECOND, 9, 6)) == (200, "ok\n")
    assert len(smtp.deliveries) == 2


def test_what_is_held_is_told_and_is_no_failure(smtp: TroubledServer) -> None:
    RoundWorld()
    call_command("hold_mails", "--reason", "Kesäloma", stdout=StringIO())
    ticking.tick(at(SECOND), remember=True)
    state.end(at(SECOND + timedelta(days=3)), "")
    status, said = health(at(SECOND + timedelta(days=3)))
    assert (status, "Kesäloma" in said) == (200, True)
