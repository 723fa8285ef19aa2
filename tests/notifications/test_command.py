"""``manage.py send_reminders`` and the task: the same tick."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.models import Reminder
from notifications.tasks import tick
from tests import make

from . import build
from .build import RoundWorld
from .trouble import TroubledServer

pytestmark = pytest.mark.django_db
NOW = "2026-12-15T09:00+02:00"


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("send_reminders", *arguments, stdout=out)
    return out.getvalue()


def test_it_plans_and_sends(smtp: TroubledServer) -> None:
    RoundWorld()
    said = run("--now", NOW)
    assert "Mails planned: 1." in said
    assert "sent: 1" in said
    assert "Oldest due and unsent: none." in said
    assert len(smtp.deliveries) == 1
    assert "Mails planned: 0." in run("--now", NOW)
    assert len(smtp.deliveries) == 1


def test_a_dry_run_says_what_would_happen_and_writes_nothing(smtp: TroubledServer) -> None:
    world = RoundWorld()
    with CaptureQueriesContext(connection) as queries:
        said = run("--now", NOW, "--dry-run")
    assert "Mails that would be planned: 1." in said
    assert f"{world.manager.email}: answers that a round waits for" in said
    assert [one["sql"] for one in queries if not one["sql"].startswith("SELECT")] == []
    assert smtp.deliveries == []


def test_a_dry_run_says_what_would_be_sent() -> None:
    RoundWorld()
    build.plan(build.at(build.SECOND, 1))
    said = run("--now", NOW, "--dry-run")
    assert "Mails that would be planned: 0." in said
    assert "would be sent: Mallila: 1 vastaus 31.12.2026 mennessä" in said


def test_a_dry_run_says_what_would_not_be_sent_and_why() -> None:
    world = RoundWorld()
    build.plan(build.at(build.SECOND, 1))
    build.answer(world.plan, world.round)
    assert "would not be sent: Nothing on the list is open any more." in run("--now", NOW, "--dry-run")
    assert build.only().state == "planned"


def test_a_failed_rehearsal_of_one_is_no_mail_of_another(smtp: TroubledServer) -> None:
    world = RoundWorld()
    make.member(world.unit)
    smtp.replies[world.manager.email] = "450 later"
    run("--now", NOW)
    assert "Mails that wait for their time: 1." in run("--now", NOW)
    assert "Oldest due and unsent: 2026-12-15 09:00 in Helsinki." in run("--now", NOW)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-12-15T09:00", "has no time zone"),
        ("2026-12-15", "has no time zone"),
        ("18.12.2026", "is not a time in ISO 8601"),
        ("2026-02-30T09:00+02:00", "is not a time in ISO 8601"),
        ("", "is not a time in ISO 8601"),
        ("huomenna", "is not a time in ISO 8601"),
    ],
)
def test_a_time_that_is_none_is_refused_with_the_cure(text: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        run("--now", text)


def test_the_task_is_the_same_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    RoundWorld()
    monkeypatch.setattr("notifications.tasks.timezone.now", lambda: build.at(build.SECOND))
    tick()
    assert tick.name == "notifications.tick"
    assert Reminder.objects.get().state == "sent"
