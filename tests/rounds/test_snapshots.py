"""The snapshot of a locked round: all that its report says, the same bytes for ever."""

import hashlib
import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from django.db import DatabaseError, transaction

from tests import make
from tests.rounds.test_answers import RED, Answering
from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.models import (
    Actor,
    Audited,
    Door,
    IndicatorTarget,
    IndicatorValue,
    PlanMeans,
    ReportingRound,
    RoundSnapshot,
    UnauditedChange,
)
from toimenpiteet.selectors.rounds.snapshots import content, kept, snapshot
from toimenpiteet.services import audited
from toimenpiteet.services.errors import Invalid
from toimenpiteet.services.plan import plans

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class Locking(Answering):
    """A round with an answer, with something of everything that a report says beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.step = make.step(self.plan, due_on=date(2021, 6, 30), due_precision="day")
        self.means = audited.add(PlanMeans(plan=self.plan, key="verkosto", text_fi="Verkosto"), make.stamp())
        self.project = make.project(self.plan)
        self.indicator = make.indicator(self.strategy, goal=self.goal, unit_of_measure="%")
        kind = {"kind": "TP", "value": Decimal("17.5"), "year": 2020}
        self.figure = audited.add(IndicatorValue(indicator=self.indicator, key="tp20", **kind), make.stamp())
        goal = {"operator": "ge", "value": 20, "by_year": 2030, "standing": "agreed"}
        self.target = audited.add(IndicatorTarget(indicator=self.indicator, key="tavoite", **goal), make.stamp())
        self.silent = make.plan(make.action_item(self.goal, self.unit, name_fi="Vaiti"), self.period)
        self.turn(make.TODAY)
        self.send(RED)
        self.turn(self.due + DAY)

    def lock(self) -> RoundSnapshot:
        """Lock the round as the director."""
        self.act("lock", self.director)
        return RoundSnapshot.objects.get(round=self.round)

    def said(self) -> dict[str, Any]:
        """Return what the snapshot says, by plan's item."""
        read = content(RoundSnapshot.objects.get(round=self.round))
        return {plan["item"]: plan for plan in read["plans"]}


@pytest.fixture
def world() -> Locking:
    return Locking()


def test_the_lock_keeps_all_that_the_report_says(world: Locking) -> None:
    made = world.lock()
    read = content(made)
    assert read["round"]["status"] == "locked"
    assert read["municipality"]["name"] == {"fi": world.municipality.name}
    assert [goal["key"] for goal in read["goals"]] == [world.goal.key]
    said = world.said()[world.item.key]
    assert said["answer"]["text"] == RED.text
    assert (said["answer"]["light"], said["answer"]["role"]) == ("off_track", "manager")
    assert said["answer"]["unit"] == {"fi": world.unit.name}
    assert [unit["name"]["fi"] for unit in said["units"]] == [world.unit.name]
    assert [step["text"]["fi"] for step in said["steps"]] == [world.step.text]
    assert said["means"] == [{"fi": "Verkosto"}]
    assert said["projects"] == [{"fi": world.project.name}]
    silent = world.said()[world.silent.item.key]
    assert silent["asked"]
    assert silent["answer"]["said"] == "nothing"
    figure, target = read["indicators"][0]["figures"][0], read["indicators"][0]["targets"][0]
    assert (figure["value"], figure["year"], target["value"]) == ("17.5", 2020, "20")


def test_it_keeps_the_unit_in_which_a_substitutes_absent_manager_holds_the_role(world: Locking) -> None:
    holder = make.member(make.unit(world.municipality, "Toinen"), user=make.user("Sisko Sijainen"))
    make.substitution(world.manager, holder, world.municipality)
    world.send(who=holder)
    world.lock()
    assert world.said()[world.item.key]["answer"]["unit"] == {"fi": world.unit.name}


def test_it_keeps_what_was_achieved_in_the_words_of_the_proposal(world: Locking) -> None:
    scope, actor = access.scope_of(world.manager, make.TODAY), Actor.person(world.manager, Door.PAGE)
    for version, move, words in ((1, "start", ""), (2, "propose_completion", "Malli on käytössä.")):
        plans.move(world.plan.pk, move, scope=scope, actor=actor, now=make.NOW, version=version, comment=words)
    world.lock()
    assert world.said()[world.item.key]["achieved"] == "Malli on käytössä."
    assert world.said()[world.silent.item.key]["achieved"] == ""


def test_it_keeps_the_changes_that_wait_and_those_decided_in_its_year(world: Locking) -> None:
    make.change_request(world.plan)
    decided = {"status": "declined", "decision": "Jatketaan."}
    for at in (make.NOW, make.NOW - 365 * DAY):
        row = make.change_request(world.silent, proposed_at=at)
        audited.change(row, make.stamp(), decided_at=at, **decided)
    withdrawn = make.change_request(world.silent)
    audited.change(withdrawn, make.stamp(), status="withdrawn", decided_at=make.NOW)
    said = content(world.lock())["changes"]
    assert [(change["item"], change["status"]) for change in said] == [
        (world.item.key, "proposed"),
        (world.silent.item.key, "declined"),
    ]
    assert said[1]["decided_at"] == "2021-03-15T09:00:00Z"


def test_its_bytes_are_canonical_and_carry_their_hash(world: Locking) -> None:
    made = world.lock()
    data = bytes(made.data)
    assert made.sha256 == hashlib.sha256(data).hexdigest()
    assert rfc8785.dumps(json.loads(data)) == data


def test_what_happens_afterwards_changes_no_byte(world: Locking) -> None:
    before = bytes(world.lock().data)
    for row in (world.unit, world.item, world.plan, world.step, world.means, world.project, world.goal):
        _renamed(row)
    _changed(world.figure, value=99)
    _changed(world.target, value=99)
    _changed(world.municipality, name_fi="Toinen kaupunki")
    make.plan(make.action_item(world.goal, world.unit), world.period)
    scope, actor = access.scope_of(world.manager, make.TODAY), Actor.person(world.manager, Door.PAGE)
    plans.tick_step(world.step.pk, done=True, scope=scope, actor=actor, now=make.NOW, version=2)
    world.act("publish", world.director)
    assert bytes(RoundSnapshot.objects.get(round=world.round).data) == before
    assert snapshot(world.round, make.NOW) != json.loads(before)


def _renamed(row: Audited) -> None:
    _changed(row, **{"name_fi" if hasattr(row, "name_fi") else "text_fi": "Aivan toista"})


def _changed(row: Audited, **values: Any) -> None:
    row.refresh_from_db()
    audited.change(row, make.stamp(), **values)


def test_the_database_refuses_to_change_or_remove_it(world: Locking) -> None:
    made = world.lock()
    with pytest.raises(UnauditedChange):
        RoundSnapshot.objects.update(sha256="0" * 64)
    for attempt in (made.save, made.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_a_crash_in_the_middle_of_locking_leaves_nothing(world: Locking, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("the machine went down")

    monkeypatch.setattr(rfc8785, "dumps", crash)
    with pytest.raises(RuntimeError):
        world.act("lock", world.director)
    assert ReportingRound.objects.get(pk=world.round.pk).status == "in_review"
    assert not world.round.history.filter(status="locked").exists()
    assert not RoundSnapshot.objects.exists()
    monkeypatch.undo()
    assert world.lock().sha256


def test_a_locked_round_is_not_locked_again(world: Locking) -> None:
    before = world.lock().sha256
    with pytest.raises(Invalid):
        world.act("lock", world.director)
    assert RoundSnapshot.objects.get().sha256 == before


def test_the_next_round_says_how_it_stood_before(world: Locking) -> None:
    world.lock()
    later = world.due + 200 * DAY
    days = {"opens_on": later, "decided_on": later, "due_on": later}
    made = audited.add(ReportingRound(strategy=world.strategy, kind="accounts", year=2021, **days), make.stamp())
    plan = next(plan for plan in snapshot(made, make.NOW)["plans"] if plan["item"] == world.item.key)
    assert plan["before"] is not None
    assert (plan["before"]["light"], plan["before"]["kind"], plan["asked"]) == ("off_track", "budget", False)


def test_a_due_date_that_moved_is_told_with_the_first_one(world: Locking) -> None:
    _changed(world.plan, due_on=date(2021, 9, 30), due_precision="day")
    _changed(world.plan, due_on=date(2022, 3, 31))
    world.lock()
    said = world.said()[world.item.key]
    assert (said["due_on"], said["first_due_on"]) == ("2022-03-31", "2021-09-30")


def test_silence_and_dates_give_a_light_of_their_own(world: Locking) -> None:
    _changed(world.plan, due_on=make.TODAY - 40 * DAY, due_precision="day")
    world.lock()
    assert world.said()[world.item.key]["computed"] == {"light": "off_track", "because": ["due_passed"]}


def test_who_is_of_another_municipality_finds_none(world: Locking) -> None:
    world.lock()
    other = make.World()
    assert kept(access.scope_of(other.director, make.TODAY), world.round.pk) is None
    assert kept(Scope(), world.round.pk) is None
    assert kept(access.scope_of(world.contributor, make.TODAY), world.round.pk) is not None


def test_no_person_is_named(world: Locking) -> None:
    data = bytes(world.lock().data).decode()
    for person in (world.manager, world.director, world.contributor):
        assert person.name not in data
        assert person.email not in data
