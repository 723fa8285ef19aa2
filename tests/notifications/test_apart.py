"""Mails about accounts go through the outbox, too: at once, whatever is held or quiet, and nothing secret is kept."""

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notifications import apart
from notifications.models import Reminder
from tests import make

from . import build
from .build import RoundWorld, at
from .trouble import TroubledServer

pytestmark = pytest.mark.django_db
# A Saturday in July, late in the evening.
QUIET = at(date(2027, 7, 10), 23)
FORGOTTEN = "/tunnus/salasana/unohtui/"


@pytest.fixture(autouse=True)
def _summer() -> Any:
    with time_machine.travel(QUIET, tick=False):
        yield


def ask(email: str) -> int:
    return Client(REMOTE_ADDR="192.0.2.7").post(FORGOTTEN, {"email": email}).status_code


def test_a_link_leaves_at_once_and_is_kept_nowhere(mailoutbox: list[EmailMessage]) -> None:
    world = RoundWorld()
    call_command("hold_mails", "--reason", "Palautus", stdout=StringIO())
    ask(world.manager.email)
    build.tick(QUIET)
    (message,) = mailoutbox
    link = str(message.body).split("/tunnus/salasana/uusi/")[1].split("/")[0]
    row = Reminder.objects.get(kind="password")
    assert (row.state, row.kind, row.municipality) == ("sent", "password", None)
    assert link not in row.text + row.html + row.key + str(row.facts)
    assert Client().get(f"/tunnus/salasana/uusi/{link}/").status_code == 302


def test_a_greylisted_link_is_tried_again_and_ends_with_itself(smtp: TroubledServer) -> None:
    world = RoundWorld()
    smtp.replies[world.manager.email] = "450 4.2.0 greylisted"
    ask(world.manager.email)
    build.tick(QUIET)
    assert Reminder.objects.get(kind="password").next_attempt_at == QUIET + timedelta(minutes=1)
    build.tick(QUIET + timedelta(days=3, minutes=1))
    assert (Reminder.objects.get(kind="password").state, Reminder.objects.get(kind="password").reason) == (
        "cancelled",
        "too_late",
    )


def test_a_second_copy_is_the_same_mail_with_the_same_link(smtp: TroubledServer) -> None:
    world = RoundWorld()
    ask(world.manager.email)
    smtp.breaks_off = "after"
    build.tick(QUIET)
    smtp.breaks_off = ""
    with time_machine.travel(QUIET + timedelta(minutes=5), tick=False):
        build.tick(QUIET + timedelta(minutes=5))
        first, copy = (one.message.get_content() for one in smtp.deliveries)
        assert first == copy
        link = first.split("/tunnus/salasana/uusi/")[1].split("/")[0]
        assert Client().get(f"/tunnus/salasana/uusi/{link}/").status_code == 302


def test_a_few_a_day_are_enough(mailoutbox: list[EmailMessage], settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    world = RoundWorld()
    for _time in range(9):
        ask(world.manager.email)
    build.tick(QUIET)
    assert len(mailoutbox) == apart.A_DAY


def test_it_is_no_mail_of_the_day(mailoutbox: list[EmailMessage]) -> None:
    world = RoundWorld()
    with time_machine.travel(at(build.SECOND, 8, 30), tick=False):
        ask(world.manager.email)
        build.tick(at(build.SECOND))
    assert len(mailoutbox) == 2


def test_an_address_without_an_account_costs_as_much_and_leaves_nothing(mailoutbox: list[EmailMessage]) -> None:
    world = RoundWorld()
    kinds = []
    for email in (world.manager.email, "kukaan@mallila.example"):
        with CaptureQueriesContext(connection) as queries:
            assert ask(email) == 302
        kinds.append([one["sql"].split()[0] for one in queries if "notifications_reminder" in one["sql"]])
    assert kinds[0][0] == kinds[1][0] == "INSERT"
    assert Reminder.objects.filter(kind="password").count() == 1


def test_a_closed_account_gets_none(mailoutbox: list[EmailMessage]) -> None:
    world = RoundWorld()
    ask(world.manager.email)
    make.change_user(world.manager, is_active=False)
    build.tick(QUIET)
    assert (Reminder.objects.get(kind="password").state, Reminder.objects.get(kind="password").reason, mailoutbox) == (
        "cancelled",
        "gone",
        [],
    )
