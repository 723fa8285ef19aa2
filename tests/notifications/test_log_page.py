"""The delivery log, through its pages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern
from django.utils.timezone import localtime

from notifications.models import NotificationPreference, Reminder
from notifications.web import urls
from tests import make
from toimenpiteet.calendar import HELSINKI, local_day
from toimenpiteet.models import User
from toimenpiteet.workflow import Role

from . import build
from .build import SECOND, RoundWorld, at
from .trouble import TroubledServer

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LOG = "/muistutukset/"


def client_of(person: User) -> Client:
    make.change_user(person, language="en")
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def sent_world() -> tuple[RoundWorld, Reminder]:
    world = RoundWorld()
    build.tick(at(SECOND))
    return world, Reminder.objects.get(municipality=world.municipality)


PEOPLE: dict[str, Callable[[RoundWorld], User]] = {
    "director": lambda world: world.director,
    "admin": lambda world: make.official(world.municipality, Role.ADMIN),
    "viewer": lambda world: make.official(world.municipality, Role.VIEWER),
    "manager": lambda world: world.manager,
    "contributor": lambda world: make.member(world.unit, Role.CONTRIBUTOR),
    "stranger": lambda _world: make.World().director,
}


@pytest.mark.parametrize(
    ("person", "log", "detail", "again"),
    [
        ("director", 200, 200, 302),
        ("admin", 200, 200, 403),
        ("viewer", 403, 403, 403),
        ("manager", 403, 403, 403),
        ("contributor", 403, 403, 403),
        ("stranger", 200, 404, 404),
    ],
)
def test_who_may_see_what(person: str, log: int, detail: int, again: int) -> None:
    world, row = sent_world()
    client = client_of(PEOPLE[person](world))
    assert client.get(LOG).status_code == log
    assert client.get(f"{LOG}{row.pk}/").status_code == detail
    assert client.post(f"{LOG}{row.pk}/uudelleen/", {"number": "1"}).status_code == again
    assert Reminder.objects.count() == (2 if again == 302 else 1)


def test_every_address_here_is_tried_by_these_tests() -> None:
    assert {pattern.name for pattern in urls.urlpatterns if isinstance(pattern, URLPattern)} == {
        "reminder-log",
        "reminder",
        "reminder-again",
        "reminder-preferences",
        "reminder-links-revoke",
        "reminder-links-end",
        # Tried in test_ahead and test_holding.
        "reminder-calendar",
        "reminder-why",
        "reminder-hold",
        "health-reminders",
        # Tried in test_hooks.
        "web-hook",
        # Tried in test_samples.
        "reminder-samples",
        "reminder-sample",
        # Tried in test_feed.
        "calendar-feed",
        "calendar-feed-make",
        # Tried in test_by_link.
        "by-link",
        "by-link-enter",
        "by-link-forward",
    }


def test_anonymous_people_are_asked_to_sign_in() -> None:
    _world, row = sent_world()
    for address in (LOG, f"{LOG}{row.pk}/", f"{LOG}omat/"):
        assert Client().get(address).status_code == 302
    for address in (f"{LOG}{row.pk}/uudelleen/", f"{LOG}omat/linkit/"):
        assert Client().post(address).status_code == 302
    assert Reminder.objects.count() == 1


def test_a_refusal_explains_itself() -> None:
    world, _row = sent_world()
    page = client_of(world.manager).get(LOG)
    assert "Only the strategy director and the administrators" in page.content.decode()


def test_the_log_of_another_municipality_does_not_show() -> None:
    world, other = RoundWorld(), RoundWorld()
    build.tick(at(SECOND))
    page = client_of(world.director).get(LOG).content.decode()
    assert world.manager.email in page
    assert other.manager.email not in page


def test_a_page_shows_what_was_sent_to_whom_and_its_text() -> None:
    world, row = sent_world()
    page = client_of(world.director).get(f"{LOG}{row.pk}/").content.decode()
    for shown in (
        world.manager.email,
        "Tietohallinto",
        "Digitalisaation tiekartta",
        row.message_id.strip("<>"),
        "sent",
    ):
        assert shown in page


def test_what_failed_and_what_was_given_up_say_why(smtp: TroubledServer) -> None:
    world = RoundWorld()
    smtp.replies[world.manager.email] = "550 5.1.1 <b>no</b> such user"
    build.tick(at(SECOND))
    row = build.only()
    client = client_of(world.director)
    assert "The address bounces" in client.get(LOG).content.decode()
    detail = client.get(f"{LOG}{row.pk}/").content.decode()
    assert "550 5.1.1 &lt;b&gt;no&lt;/b&gt; such user" in detail
    Reminder.objects.update(state="cancelled", reason="answered", problem="", error="")
    assert "Nothing on the list is open any more." in client.get(LOG).content.decode()


def test_one_that_waits_shows_its_text_as_it_would_be_and_changes_nothing() -> None:
    world = RoundWorld()
    build.a_round(world.strategy, local_day(make.NOW), year=2021)
    build.plan(make.NOW)
    before = Reminder.objects.values().get()
    client = client_of(world.director)
    row = build.only()
    page = client.get(f"{LOG}{row.pk}/")
    assert "The text as it is now" in page.content.decode() or "planned" in page.content.decode()
    assert client.head(f"{LOG}{row.pk}/").status_code == 200
    assert Reminder.objects.values().get() == before


def test_the_oldest_due_and_unsent_is_on_the_page() -> None:
    world = RoundWorld()
    build.plan(at(SECOND))
    Reminder.objects.update(due_at=make.NOW)
    page = client_of(world.director).get(LOG).content.decode()
    assert "Oldest mail that is due and not sent: 15 Mar 2021 11:00" in page
    Reminder.objects.update(state="cancelled", reason="answered")
    assert "No mail is due and unsent." in client_of(world.director).get(LOG).content.decode()


def test_filters_stand_in_the_address() -> None:
    world, row = sent_world()
    other = make.unit(world.municipality, "Tilapalvelut")
    client = client_of(world.director)

    def rows(query: str) -> int:
        page = client.get(f"{LOG}?{query}")
        assert page.status_code == 200
        return page.content.decode().count(f"{LOG}{row.pk}/")

    day = SECOND.isoformat()
    before = (SECOND - timedelta(days=1)).isoformat()
    for query in ("", "state=sent", f"unit={world.unit.pk}", f"since={day}&until={day}", "since=15.12.2026"):
        assert rows(query) == 1, query
    for query in ("state=failed", f"until={before}"):
        assert rows(query) == 0, query
    assert other.pk


@pytest.mark.parametrize("query", ["since=30.2.2026", "until=x", "state=lost", "unit=999999", "unit=x", "unit=%00"])
def test_a_filter_that_makes_no_sense_is_answered_plainly(query: str) -> None:
    world, _row = sent_world()
    page = client_of(world.director).get(f"{LOG}?{query}")
    assert page.status_code == 422
    assert "Correct the filter" in page.content.decode()


def test_another_municipalitys_unit_is_no_filter() -> None:
    world, _row = sent_world()
    other = RoundWorld()
    build.tick(at(SECOND, 10))
    assert client_of(world.director).get(f"{LOG}?unit={other.unit.pk}").status_code == 422


def test_the_log_has_pages_and_a_fixed_cost() -> None:
    world = RoundWorld()
    for _ in range(54):
        make.member(world.unit)
    build.plan(at(SECOND))
    client = client_of(world.director)
    with CaptureQueriesContext(connection) as many:
        first = client.get(LOG).content.decode()
    assert first.count("mallila.example</span>") == 50
    assert "?page=2" in first
    second = client.get(f"{LOG}?page=2").content.decode()
    assert second.count("mallila.example</span>") == 5
    Reminder.objects.exclude(pk=Reminder.objects.first().pk).delete()  # type: ignore[union-attr]  # there is one
    with CaptureQueriesContext(connection) as few:
        client.get(LOG)
    assert len(many) == len(few) <= 16


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "٣"])
def test_a_page_that_does_not_exist_is_no_error(page: str) -> None:
    world, _row = sent_world()
    assert client_of(world.director).get(LOG, {"page": page}).status_code == 200


def test_the_director_sends_again_once_however_often_the_button_is_pressed() -> None:
    world, row = sent_world()
    client = client_of(world.director)
    assert "Send again" in client.get(f"{LOG}{row.pk}/").content.decode()
    answers = [client.post(f"{LOG}{row.pk}/uudelleen/", {"number": "1"}) for _ in range(2)]
    again = Reminder.objects.get(again_of=row)
    assert {answer.headers["Location"] for answer in answers} == {f"{LOG}{again.pk}/"}
    assert (again.state, again.asked_by_id, again.asked_by_name.text) == (
        "planned",
        world.director.pk,
        "Teppo Testaaja",
    )
    assert again.message_id != row.message_id
    # One that waits is not asked for again.
    client.post(f"{LOG}{again.pk}/uudelleen/", {"number": "2"})
    assert Reminder.objects.count() == 2


@pytest.mark.parametrize("number", ["", "x", "-1", "0", "99999999999", "٣"])
def test_a_forged_number_makes_one_row_at_most(number: str) -> None:
    world, row = sent_world()
    client_of(world.director).post(f"{LOG}{row.pk}/uudelleen/", {"number": number})
    assert Reminder.objects.filter(again_of=row).count() == 1


def test_getting_the_button_does_nothing() -> None:
    world, row = sent_world()
    client = client_of(world.director)
    for verb in ("get", "head", "options"):
        assert getattr(client, verb)(f"{LOG}{row.pk}/uudelleen/").status_code == 405
    assert Reminder.objects.count() == 1


@pytest.mark.parametrize("number", [0, 2**63, 10**30])
def test_a_mail_that_does_not_exist_is_not_found(number: int) -> None:
    world, _row = sent_world()
    assert client_of(world.director).get(f"{LOG}{number}/").status_code == 404


def test_names_on_the_page_are_text() -> None:
    world = RoundWorld()
    make.change_user(world.manager, name="<img src=x>\u202e{{ 7 }}")
    build.tick(at(SECOND))
    page = client_of(world.director).get(LOG).content.decode()
    assert "&lt;img src=x&gt;{{ 7 }}" in page


def test_a_person_chooses_the_hour_the_language_and_what_is_no_duty(mailoutbox: list[Any]) -> None:
    world = RoundWorld()
    client = client_of(world.manager)
    page = client.get(f"{LOG}omat/").content.decode()
    assert "answers that a round waits for" in page.partition("<form")[0] + page
    assert 'name="wanted" value="round_due"' not in page
    assert client.post(f"{LOG}omat/", {"hour": "17", "language": "fi"}).status_code == 422
    assert client.post(f"{LOG}omat/", {"hour": "11", "wanted": ["due_soon"], "language": "sv"}).status_code == 302
    page = client.get(f"{LOG}omat/").content.decode()
    assert '<option value="11" selected>' in page
    assert NotificationPreference.objects.get(person=world.manager).muted == ["decided", "answered_for", "weekly"]
    build.tick(at(SECOND))
    assert mailoutbox == []
    build.tick(at(SECOND, 11))
    assert mailoutbox[0].extra_headers["Content-Language"] == "sv"


def test_the_log_leaves_as_a_file_with_the_columns_that_are_shown() -> None:
    world, reminder = sent_world()
    client = client_of(world.director)
    assert 'data-label="E-mail"' not in client.get(LOG).content.decode()
    address = f"{LOG}?columns=recipient&columns=state&columns=address&sort=state"
    assert 'data-label="E-mail"' in client.get(address).content.decode()
    response: Any = client.get(f"{address}&as=csv")
    lines = response.getvalue().decode("utf-8-sig").splitlines()
    assert lines[0] == "Recipient;State;E-mail"
    assert lines[1].endswith(f";sent;{reminder.sent_to}")
    moment: Any = client.get(f"{LOG}?columns=when&as=csv")
    sent = localtime(reminder.sent_at, HELSINKI).strftime("%Y-%m-%d %H:%M")
    assert moment.getvalue().decode().splitlines()[1].endswith(f";{sent}")
    assert client.get(f"{LOG}?as=xlsx")["Content-Type"].startswith("application/vnd.openxmlformats")


def test_the_log_as_a_file_is_for_those_who_see_the_log() -> None:
    world, _reminder = sent_world()
    assert client_of(world.manager).get(f"{LOG}?as=csv").status_code == 403


def invited_world(smtp: TroubledServer) -> tuple[RoundWorld, User, Reminder]:
    world = RoundWorld()
    admin = make.official(world.municipality, Role.ADMIN)
    smtp.replies[world.manager.email] = "550 5.1.1 no such user"
    with time_machine.travel(at(SECOND), tick=False):
        client_of(admin).post(f"/yllapito/henkilot/{world.manager.pk}/kutsu/", {"reason": "Vanha linkki meni umpeen."})
    build.tick(at(SECOND))
    return world, admin, Reminder.objects.get(kind="invitation")


def test_an_invitation_that_failed_stands_in_the_log_of_who_keeps_the_people(smtp: TroubledServer) -> None:
    world, admin, row = invited_world(smtp)
    client = client_of(admin)
    page = client.get(f"{LOG}?state=failed").content.decode()
    assert f'href="{LOG}{row.pk}/"' in page
    assert "An invitation" in page
    detail = client.get(f"{LOG}{row.pk}/").content.decode()
    assert "550 5.1.1 no such user" in detail
    assert f'href="/yllapito/henkilot/{world.manager.pk}/"' in detail
    assert "Send again" not in detail
    # The counts lead to lists of as many rows.
    assert "<strong>1</strong> failed" in page


def test_mails_about_accounts_are_nobody_elses(smtp: TroubledServer) -> None:
    world, admin, row = invited_world(smtp)
    stranger = make.official(make.World().municipality, Role.ADMIN)
    for person in (world.director, world.manager, stranger):
        assert client_of(person).get(f"{LOG}{row.pk}/").status_code == 404
        assert f"{LOG}{row.pk}/" not in client_of(person).get(LOG).content.decode()
    client = client_of(admin)
    assert client.post(f"{LOG}{row.pk}/uudelleen/", {"number": "1"}).status_code == 404
