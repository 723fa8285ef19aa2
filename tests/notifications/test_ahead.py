"""The mails to come, before anything is sent; and why a person got a mail on a day, or did not."""

import json
from collections import defaultdict
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from notifications import forecast
from notifications.models import NotificationPreference, Reminder
from notifications.why import why
from tests import make
from toimenpiteet.models import ReportingRound, StatusReport
from toimenpiteet.services import audited
from toimenpiteet.workflow import Role

from . import build
from .build import ABOVE, DUE, FIRST, LAST, LATE, LATER, SECOND, THIRD, RoundWorld, at
from .test_holding import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def foreseen(world: RoundWorld, now: Any, days: int = 90) -> dict[int, list[date]]:
    found = defaultdict(list)
    for mail in forecast.mails_to_come(world.municipality, now, days):
        if "round_due" in mail.kinds:
            found[mail.receiver.person_id or 0].append(mail.day)
    return dict(found)


def test_what_is_foreseen_is_what_comes(mailoutbox: list[EmailMessage]) -> None:
    world = RoundWorld()
    now = at(FIRST, 7)
    expected = foreseen(world, now)
    assert expected == {
        world.manager.pk: [FIRST, SECOND, THIRD, LAST, LATE, LATER],
        world.director.pk: [ABOVE],
    }
    for place in range(60):
        build.tick(at(FIRST + timedelta(days=place)))
    came = defaultdict(list)
    for row in Reminder.objects.filter(state="sent", obligations__kind="round_due").order_by("sent_at").distinct():
        came[row.person_id].append(row.day)
    assert came == expected


def test_a_round_that_will_open_is_foreseen() -> None:
    world = make.World()
    days = {"opens_on": FIRST, "decided_on": DUE, "due_on": DUE}
    audited.add(ReportingRound(strategy=world.strategy, kind="budget", year=2026, **days), make.stamp())
    found = list(forecast.mails_to_come(world.municipality, at(date(2026, 11, 2)), 45))
    assert [mail.day for mail in found if mail.receiver.person_id == world.manager.pk] == [FIRST, SECOND]


def test_what_was_told_is_not_to_come(mailoutbox: list[EmailMessage]) -> None:
    world = RoundWorld()
    build.tick(at(SECOND))
    assert foreseen(world, at(SECOND, 10), 14) == {world.manager.pk: [THIRD]}


def test_foreseeing_writes_nothing() -> None:
    world = RoundWorld()
    with CaptureQueriesContext(connection) as queries:
        foreseen(world, at(FIRST, 7))
    assert [one["sql"] for one in queries if not one["sql"].startswith("SELECT")] == []


def test_the_command_prints_it_for_people_and_programs() -> None:
    world = RoundWorld()
    out = StringIO()
    call_command("reminder_calendar", "--days", "21", "--now", "2026-12-15T07:00+02:00", stdout=out)
    assert f"2026-12-15 {world.municipality.key}: Maija Mallikas {world.manager.email}: answers" in out.getvalue()
    assert "Mails to come in 21 days: 4." in out.getvalue()
    out = StringIO()
    call_command("reminder_calendar", "--days", "21", "--now", "2026-12-15T07:00+02:00", "--json", stdout=out)
    rows = json.loads(out.getvalue())
    assert [row["day"] for row in rows] == [str(day) for day in (SECOND, THIRD, LAST, LATE)]
    assert rows[0]["kinds"] == {"round_due": 1}


@pytest.mark.parametrize("days", ["0", "91", "x", "-1"])
def test_a_number_of_days_that_is_none_is_refused(days: str) -> None:
    with pytest.raises(CommandError, match="no number of days from 1 to 90"):
        call_command("reminder_calendar", f"--days={days}")


def test_the_page_shows_it_to_those_who_read_mails() -> None:
    world = RoundWorld()
    with time_machine.travel(at(FIRST, 7), tick=False):
        page = client_of(world.director).get("/muistutukset/tulevat/").content.decode()
        assert "30 Nov 2026" in page
        assert "Maija Mallikas: answers that a round waits for" in page
        assert client_of(world.manager).get("/muistutukset/tulevat/").status_code == 403
        stranger = make.World().director
        assert "Maija Mallikas" not in client_of(stranger).get("/muistutukset/tulevat/").content.decode()


# Why


def said(world: RoundWorld, day: date, now: Any = None) -> str:
    with override("en"):
        return " ".join(why(world.manager, world.municipality, day, now or at(DUE)))


def test_why_is_answered_from_the_record(mailoutbox: list[EmailMessage]) -> None:
    world = RoundWorld()
    build.tick(at(SECOND))
    assert "A mail left 15 Dec 2026" in said(world, SECOND)
    assert "answers that a round waits for" in said(world, SECOND)
    assert "The last one before left 15 Dec 2026" in said(world, SECOND + timedelta(days=2))
    assert "no working day" in said(world, date(2026, 12, 19))
    assert "quiet weeks" in said(world, date(2026, 7, 1))
    assert "none before" in said(world, date(2026, 12, 1))


def test_why_not_names_what_stood_in_the_way(mailoutbox: list[EmailMessage]) -> None:
    world = RoundWorld()
    report = audited.add(StatusReport(round=world.round, plan=world.plan), make.stamp())
    build.plan(at(SECOND, 7))
    audited.change(report, make.stamp(), said="updated", light="on_track", text="Ok", answered_at=at(SECOND, 7))
    build.tick(at(SECOND))
    assert "A mail was given up. Nothing on the list is open any more." in said(world, SECOND)
    NotificationPreference.objects.create(person=world.manager, muted=["decided"])
    make.change_user(world.manager, is_active=False)
    world.manager.refresh_from_db()
    told = said(world, LAST)
    assert "switched off: what was decided" in told
    assert "The account is closed." in told


def test_why_looks_ahead_too(mailoutbox: list[EmailMessage]) -> None:
    world = RoundWorld()
    build.tick(at(SECOND))
    assert "A mail is to come: answers that a round waits for." in said(world, THIRD, at(SECOND, 12))
    assert "Nothing is owed to the person on that day" in said(world, date(2026, 12, 17), at(SECOND, 12))


def test_everybody_asks_about_themselves_and_who_reads_mails_about_others(mailoutbox: list[EmailMessage]) -> None:
    world = RoundWorld()
    viewer = make.official(world.municipality, Role.VIEWER)
    build.tick(at(SECOND))
    with time_machine.travel(at(SECOND, 12), tick=False):
        query: dict[str, Any] = {"person": world.manager.pk, "day": SECOND.isoformat()}
        for person, status in ((world.manager, 200), (world.director, 200), (viewer, 422)):
            page = client_of(person).get("/muistutukset/miksi/", query)
            assert page.status_code == status
            assert ("A mail left 15 Dec 2026" in page.content.decode()) == (status == 200)
        assert client_of(make.World().director).get("/muistutukset/miksi/", query).status_code == 422
        assert Client().get("/muistutukset/miksi/").status_code == 302
