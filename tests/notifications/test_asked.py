"""Muistuta: the strategy director asks that a unit be reminded, and a mail leaves; one a day, whatever comes."""

from datetime import date, datetime, timedelta

import pytest
from django.core.mail import EmailMessage

from notifications.models import Reminder
from tests import make
from toimenpiteet import access
from toimenpiteet.models import Actor, Door, ReportingRound
from toimenpiteet.services import audited
from toimenpiteet.services.rounds import nudges

from . import build
from .build import DUE, SECOND, RoundWorld, at

pytestmark = pytest.mark.django_db
# No reminder day: 15.12. has passed, 28.12. is to come. A Monday.
QUIET = date(2026, 12, 21)
LATER = date(2027, 1, 7)
DAY = timedelta(days=1)


class Asking(RoundWorld):
    """A director who asks, where nobody is reminded after the day of answers unasked."""

    def __init__(self, due_on: date = DUE) -> None:
        super().__init__(due_on)
        audited.change(self.strategy, make.stamp(), remind_after="", remind_above=None)

    def ask(self, when: datetime) -> None:
        """Ask that the unit be reminded."""
        scope = access.scope_of(self.director, when.date())
        stamp = audited.stamp(Actor.person(self.director, Door.PAGE), "Muistutettu", when)
        nudges.nudge(self.unit, ReportingRound.objects.get(pk=self.round.pk), scope=scope, stamp=stamp)

    def review(self) -> None:
        """Let the day of answers pass."""
        make.brought(self.round, "in_review")


@pytest.fixture
def world() -> Asking:
    return Asking()


def body(message: EmailMessage) -> str:
    return str(message.body)


def test_a_mail_goes_out_on_the_day_on_which_it_is_asked_for(world: Asking, mailoutbox: list[EmailMessage]) -> None:
    build.tick(at(SECOND))
    build.tick(at(QUIET, 8))
    assert len(mailoutbox) == 1
    world.ask(at(QUIET, 10))
    for minute in range(3):
        build.tick(at(QUIET, 10, minute + 1))
    assert len(mailoutbox) == 2
    assert "Strategiajohtaja kysyy, miten työ etenee." in body(mailoutbox[1])
    build.tick(at(QUIET + DAY, 9))
    assert len(mailoutbox) == 2


def test_after_the_day_of_answers_it_says_that_a_late_answer_is_taken(
    world: Asking, mailoutbox: list[EmailMessage]
) -> None:
    build.tick(at(date(2026, 12, 30)))
    mailoutbox.clear()
    world.review()
    build.tick(at(LATER, 9))
    assert mailoutbox == []
    world.ask(at(LATER, 10))
    build.tick(at(LATER, 10, 1))
    (message,) = mailoutbox
    assert message.subject.endswith("1 vastaus puuttuu, määräaika oli 31.12.2026")
    assert "myöhäinenkin vastaus otetaan" in body(message)


def test_who_had_the_days_mail_gets_the_one_that_was_asked_for_the_next_day(
    world: Asking, mailoutbox: list[EmailMessage]
) -> None:
    build.tick(at(SECOND, 8))
    world.ask(at(SECOND, 10))
    build.tick(at(SECOND, 10, 1))
    build.tick(at(SECOND, 15))
    assert len(mailoutbox) == 1
    build.tick(at(QUIET, 8))
    build.tick(at(QUIET, 9))
    assert [row.sent_at and row.sent_at.date() for row in Reminder.objects.order_by("pk")] == [SECOND, QUIET]
    assert len(mailoutbox) == 2


def test_a_mail_that_still_waits_is_not_doubled(world: Asking, mailoutbox: list[EmailMessage]) -> None:
    build.plan(at(SECOND, 6))
    world.ask(at(SECOND, 7))
    build.tick(at(SECOND, 9))
    build.tick(at(QUIET, 9))
    assert len(mailoutbox) == 1
    assert "Strategiajohtaja kysyy" in body(mailoutbox[0])


def test_what_was_answered_or_locked_meanwhile_needs_no_mail(world: Asking, mailoutbox: list[EmailMessage]) -> None:
    world.review()
    world.ask(at(LATER, 17))
    build.plan(at(LATER, 17, 1))
    build.answer(world.plan, world.round)
    build.tick(at(LATER + DAY, 9))
    assert [row.state for row in Reminder.objects.all()] == ["cancelled"]
    other = Asking(DUE)
    other.review()
    other.ask(at(LATER, 10))
    make.brought(other.round, "locked")
    build.tick(at(LATER, 11))
    assert mailoutbox == []
