"""What was told to whom, written in the step that records the mail; and who asked that somebody be reminded."""

from datetime import date

import pytest
from django.db import IntegrityError

from tests import make
from tests.notifications import build
from tests.notifications.build import LAST, RoundWorld, at
from toimenpiteet import access
from toimenpiteet.models import Actor, Door, Nudge, StatusReport, Told, UnauditedChange
from toimenpiteet.selectors.rounds.snapshot_values import instant_text
from toimenpiteet.selectors.rounds.snapshots import snapshot
from toimenpiteet.services import audited
from toimenpiteet.services.errors import Forbidden, Invalid
from toimenpiteet.services.rounds import nudges

pytestmark = pytest.mark.django_db


def told() -> list[tuple[object, ...]]:
    rows = Told.objects.order_by("pk")
    return list(rows.values_list("person", "unit", "round", "kind", "at", "outcome"))


def test_a_mail_that_left_is_what_was_told() -> None:
    world = RoundWorld()
    build.tick(at(LAST))
    assert told() == [(world.manager.pk, world.unit.pk, world.round.pk, "round_due", at(LAST), "sent")]
    build.tick(at(LAST, 10))
    assert len(told()) == 1


def test_the_report_tells_when_those_who_were_asked_were_reminded() -> None:
    world = RoundWorld()
    make.brought(world.round, "open")
    audited.add(StatusReport(round=world.round, plan=world.plan), make.stamp())
    build.tick(at(LAST))
    said = {plan["item"]: plan["reminded_at"] for plan in snapshot(world.round, at(LAST, 12))["plans"]}
    assert said[world.item.key] == [instant_text(at(LAST))]


def test_a_units_mailbox_is_told_where_there_is_no_person() -> None:
    world = RoundWorld()
    audited.remove(world.manager.memberships.get(), make.stamp())
    build.tick(at(LAST))
    assert told() == [(None, world.unit.pk, world.round.pk, "round_due", at(LAST), "sent")]


def test_an_address_that_is_none_is_told_nothing_and_says_so() -> None:
    world = RoundWorld()
    make.change_user(world.manager, email="ei osoite")
    build.tick(at(LAST))
    assert [row[-1] for row in told()] == ["failed"]


def test_what_was_told_is_never_changed() -> None:
    RoundWorld()
    build.tick(at(LAST))
    with pytest.raises(UnauditedChange):
        Told.objects.update(outcome="failed")
    row = Told.objects.get()
    row.outcome = "failed"
    with pytest.raises(IntegrityError):
        row.save()


def nudge(world: RoundWorld, person: object = None, **fields: object) -> Nudge:
    who = person or world.director
    stamp = audited.stamp(Actor.person(who, Door.PAGE), "Muistutettu", make.NOW)  # type: ignore[arg-type]  # whatever a test gives
    scope = access.scope_of(who, make.TODAY)  # type: ignore[arg-type]  # whatever a test gives
    given = {"of": world.plan, "asked_in": world.round, "words": "Vastaatko?"} | fields
    return nudges.nudge(**given, scope=scope, stamp=stamp)  # type: ignore[arg-type]  # whatever a test gives


def test_the_director_asks_that_a_plan_or_a_unit_be_reminded() -> None:
    world = RoundWorld()
    of_plan, of_unit = nudge(world, asked=world.manager), nudge(world, of=world.unit)
    assert (of_plan.plan, of_plan.unit, of_plan.asked) == (world.plan, None, world.manager)
    assert (of_unit.plan, of_unit.unit, of_unit.asked) == (None, world.unit, None)
    assert (of_plan.asked_by, of_plan.at, of_plan.text) == (world.director, make.NOW, "Vastaatko?")
    assert of_plan.history.get().history_user_id == world.director.pk


def test_only_the_director_asks_and_only_in_an_open_round_of_the_strategy() -> None:
    world = RoundWorld()
    with pytest.raises(Forbidden):
        nudge(world, world.manager)
    other = make.strategy(world.municipality)
    with pytest.raises(Invalid):
        nudge(world, asked_in=build.a_round(other, date(2026, 12, 31)))
    with pytest.raises(Invalid):
        nudge(world, of=make.unit(make.municipality()))
    make.brought(world.round, "locked")
    with pytest.raises(Invalid):
        nudge(world)
    assert not Nudge.objects.exists()
