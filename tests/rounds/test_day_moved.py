"""A day of answers that moves: who was told of the old one is told of the new one, and nobody else."""

from datetime import date, datetime, timedelta

import pytest
from django.core.mail import EmailMessage

from tests import make
from tests.notifications import build
from tests.notifications.build import DUE, OPENS, SECOND, RoundWorld, at
from toimenpiteet import access
from toimenpiteet.models import Actor, Door, Nudge, RoundDay
from toimenpiteet.selectors.history.integrity import verify
from toimenpiteet.services import audited
from toimenpiteet.services.rounds import rounds

pytestmark = pytest.mark.django_db
# Mondays on which no reminder is due, of the old day or of the new one.
QUIET, LATER = date(2026, 12, 21), date(2027, 1, 11)


class Moving(RoundWorld):
    """A director who moves the days of a round."""

    def __init__(self) -> None:
        super().__init__()
        for which, day in (("status_day", DUE), ("opens", OPENS), ("answers_due", DUE)):
            by_rule = {"computed_on": day, "decided_on": day, "holds_on": day}
            audited.add(RoundDay(round=self.round, which=which, rule="12-31", **by_rule), make.stamp())

    def move(self, to: date, when: datetime, which: str = "answers_due") -> None:
        """Move a day of the round, at an instant."""
        day = RoundDay.objects.get(round=self.round, which=which)
        stamp = audited.stamp(Actor.person(self.director, Door.PAGE), "Budjettikehys viivästyi", when)
        scope = access.scope_of(self.director, when.date())
        rounds.move_day(day.pk, to, version=day.version, scope=scope, stamp=stamp)


@pytest.fixture
def world() -> Moving:
    return Moving()


def test_who_was_told_of_the_old_day_is_told_of_the_new_one(world: Moving, mailoutbox: list[EmailMessage]) -> None:
    group = make.unit(world.municipality, "Palvelualueet", kind="group", email="")
    make.group_member(group, world.unit)
    make.plan(make.action_item(world.goal, group), world.period)
    build.tick(at(SECOND))
    assert "31.12.2026" in str(mailoutbox[0].body)
    untold = make.unit(world.municipality, "Tilapalvelut")
    make.plan(make.action_item(world.goal, untold), world.period)
    world.move(date(2027, 1, 29), at(QUIET, 10))
    assert set(Nudge.objects.values_list("unit", "text")) == {
        (unit.pk, "Budjettikehys viivästyi") for unit in (world.unit, group)
    }
    build.tick(at(QUIET, 10, 1))
    (_old, new) = [message for message in mailoutbox if message.to == mailoutbox[0].to]
    assert "siirrettiin 31.12.2026 → 29.1.2027: Budjettikehys viivästyi." in str(new.body)
    assert "määräpäivä siirtyi" in new.subject
    there = len(mailoutbox)
    build.tick(at(QUIET, 11))
    assert len(mailoutbox) == there
    assert list(verify()) == []


def test_in_a_round_that_was_opened_early_too(world: Moving, mailoutbox: list[EmailMessage]) -> None:
    """Whoever has had the mail of the day is told on the next one."""
    audited.change(world.round, make.stamp(), opens_on=date(2026, 12, 28))
    build.tick(at(SECOND))
    world.move(date(2027, 1, 29), at(SECOND, 10))
    build.tick(at(SECOND, 11))
    assert len(mailoutbox) == 1
    build.tick(at(SECOND + timedelta(days=1)))
    assert len(mailoutbox) == 2
    assert "siirrettiin 31.12.2026 → 29.1.2027" in str(mailoutbox[1].body)
    build.tick(at(SECOND + timedelta(days=2)))
    assert len(mailoutbox) == 2


def test_nobody_is_told_of_a_day_of_which_nobody_knew_or_which_stays(
    world: Moving, mailoutbox: list[EmailMessage]
) -> None:
    world.move(date(2027, 1, 29), at(date(2026, 10, 1)))
    assert not Nudge.objects.exists()
    build.tick(at(LATER, 9))
    told = len(mailoutbox)
    world.move(date(2026, 12, 30), at(LATER, 10), which="status_day")
    world.move(date(2027, 1, 29), at(LATER, 10))
    assert not Nudge.objects.exists()
    assert len(mailoutbox) == told


def test_who_has_answered_is_left_alone(world: Moving, mailoutbox: list[EmailMessage]) -> None:
    build.tick(at(SECOND))
    build.answer(world.plan, world.round)
    world.move(date(2027, 1, 29), at(QUIET, 10))
    assert not Nudge.objects.exists()
    assert len(mailoutbox) == 1
