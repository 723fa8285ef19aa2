"""Where a plan goes on that is carried over: in its own item, another or several; what is refused and taken back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests import make
from toimenpiteet import access
from toimenpiteet.models import (
    ActionItem,
    Actor,
    Door,
    PeriodPlan,
    PlanMeans,
    PlanSuccessor,
    PlanUnit,
    StatusChange,
    Step,
    User,
)
from toimenpiteet.selectors.history import integrity
from toimenpiteet.selectors.history.past import as_of
from toimenpiteet.selectors.plan.view import Part, views
from toimenpiteet.services import audited
from toimenpiteet.services.errors import Invalid, MoveRefused
from toimenpiteet.services.plan import plans
from toimenpiteet.workflow import TAKE_BACK, Refusal, Status

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
LINKS = frozenset({Part.LINKS})


class Ending(make.World):
    """A period that ends: `a` and `d` have a plan in it, `b` has one of its own words, `new` is an item without any."""

    def __init__(self) -> None:
        super().__init__()
        self.now = make.NOW
        self.new = make.action_item(self.goal, self.unit, name_fi="Uusi")
        self.a, self.b, self.d = (self._plan(name) for name in ("Aamu", "Ilta", "Yö"))

    def _plan(self, name: str) -> PeriodPlan:
        made = make.plan(make.action_item(self.goal, self.unit, name_fi=name), self.earlier, text_fi=f"{name}: työ")
        make.step(made, text_fi=f"{name}: askel")
        return made

    def carry(self, plan: PeriodPlan, *items: ActionItem | int, who: User | None = None) -> StatusChange:
        """Carry a plan over a minute later, to go on in `items`."""
        keys = [item if isinstance(item, int) else item.pk for item in items]
        return plans.carry_over(plan.pk, keys, **self._by(plan, who), comment="Työ jatkuu.")

    def act(self, plan: PeriodPlan, name: str) -> StatusChange:
        """Make another move a minute later, as the director."""
        return plans.move(plan.pk, name, **self._by(plan), comment="" if name == TAKE_BACK else "Sovittiin.")

    def _by(self, plan: PeriodPlan, who: User | None = None) -> dict[str, Any]:
        self.now += MINUTE
        plan.refresh_from_db()
        who = who or self.director
        actor = Actor.person(who, Door.PAGE)
        scope = access.scope_of(who, make.TODAY)
        return {"scope": scope, "actor": actor, "now": self.now, "version": plan.version}

    def later(self, item: ActionItem) -> PeriodPlan:
        """Return the item's plan in the later period."""
        return PeriodPlan.objects.get(item=item, period=self.period)

    def refused(self, plan: PeriodPlan) -> Refusal:
        """Try to take the last move of a plan back; return why not."""
        with pytest.raises(MoveRefused) as refused:
            self.act(plan, TAKE_BACK)
        return refused.value.refusal


@pytest.fixture
def world() -> Ending:
    return Ending()


def named(plan: PeriodPlan) -> list[int]:
    """Return the items in which a plan goes on, as they were named."""
    return list(PlanSuccessor.objects.filter(plan=plan).values_list("item_id", flat=True))


def everything() -> list[Any]:
    """Return what a carrying over may write."""
    states = [tuple(row) for row in PeriodPlan.objects.order_by("pk").values_list("pk", "status", "version")]
    return [states, StatusChange.objects.count(), PlanSuccessor.objects.count(), Step.objects.count()]


# Where it goes on


def test_a_plan_that_is_split_goes_on_in_each_item_named_in_their_order(world: Ending) -> None:
    audited.add(PlanMeans(plan=world.a, key="verkosto", text_fi="Verkosto"), make.stamp())
    done = make.step(world.a, text_fi="Tehty")
    audited.change(done, make.stamp(), done=True, done_on=make.TODAY)
    change = world.carry(world.a, world.new, world.a.item)
    assert named(world.a) == [world.new.pk, world.a.item_id]
    assert (change.to_status, change.made_plan_id) == (Status.CARRIED_OVER, None)
    for item in (world.new, world.a.item):
        later = world.later(item)
        assert (later.text, later.status, later.municipality_id) == (
            "Aamu: työ",
            "not_started",
            item.municipality_id,
        )
        assert list(PlanUnit.objects.filter(plan=later).values_list("unit_id", flat=True)) == [world.unit.pk]
        assert list(Step.objects.filter(plan=later).values_list("text_fi", "done")) == [("Aamu: askel", False)]
        assert PlanMeans.objects.get(plan=later).text == "Verkosto"
        row = PlanSuccessor.objects.get(plan=world.a, item=item)
        assert row.made_plan_id == later.pk
        assert row.history.get().history_change_reason == "Työ jatkuu."
    assert list(integrity.verify()) == []


def test_its_own_item_goes_on_only_if_it_is_named(world: Ending) -> None:
    world.carry(world.a, world.new)
    assert not PeriodPlan.objects.filter(item=world.a.item, period=world.period).exists()
    assert named(world.a) == [world.new.pk]


@pytest.mark.parametrize("explicit", [True, False])
def test_its_own_item_alone_is_the_plain_move(world: Ending, explicit: bool) -> None:
    change = world.carry(world.a, *([world.a.item] if explicit else []))
    assert named(world.a) == []
    assert change.made_plan_id == world.later(world.a.item).pk


def test_an_item_with_a_past_of_its_own_goes_on_with_its_own_words(world: Ending) -> None:
    world.carry(world.a, world.b.item)
    later = world.later(world.b.item)
    assert later.text == "Ilta: työ"
    assert [step.text for step in Step.objects.filter(plan=later)] == ["Ilta: askel"]
    # Its own plan, and a third one, find it there.
    assert world.carry(world.b).made_plan_id is None
    world.carry(world.d, world.b.item)
    assert PlanSuccessor.objects.get(plan=world.d).made_plan_id is None
    assert list(integrity.verify()) == []


def test_an_item_with_a_later_plan_keeps_it_as_it_is(world: Ending) -> None:
    before = (world.plan.version, world.plan.text)
    world.carry(world.a, world.item)
    world.plan.refresh_from_db()
    assert (world.plan.version, world.plan.text) == before
    assert PlanSuccessor.objects.get().made_plan_id is None


def test_where_it_went_on_is_read_as_of_a_past_day(world: Ending) -> None:
    def shown() -> list[int]:
        (view,) = views([world.a.pk], make.TODAY, LINKS)
        return [item.pk for item in view.continues_in]

    world.carry(world.a, world.new, world.b.item)
    world.now += timedelta(days=2)
    world.act(world.a, "reopen")
    assert shown() == []
    with as_of(make.TODAY):
        assert shown() == [world.new.pk, world.b.item_id]
    with as_of(make.TODAY - timedelta(days=1)):
        assert views([world.a.pk], make.TODAY, LINKS) == []


# What is refused


def _of_another_strategy(world: Ending) -> list[int]:
    strategy = make.strategy(world.municipality)
    item = make.action_item(make.goal(make.theme(strategy)), world.unit, name_fi="Vieras")
    return [world.new.pk, item.pk]


def _of_another_town(world: Ending) -> list[int]:
    return [world.new.pk, make.World().item.pk]


def _completed(world: Ending) -> list[int]:
    for name in ("start", "discontinue"):
        world.act(world.b, name)
    return [world.new.pk, world.b.item_id]


def _ended_later(world: Ending) -> list[int]:
    world.act(world.plan, "discontinue")
    make.plan(world.item, world.earlier)
    return [world.item.pk]


def _twice(world: Ending) -> list[int]:
    return [world.new.pk, world.a.item_id, world.new.pk]


def _too_many(world: Ending) -> list[int]:
    return [make.action_item(world.goal, world.unit).pk for _ in range(21)]


@pytest.mark.parametrize(
    ("choose", "words"),
    [
        (_of_another_strategy, "Vieras: Tämä kuuluu toiseen strategiaan."),
        (_of_another_town, "Yhtä valituista toimenpiteistä ei enää ole"),
        (lambda world: [world.new.pk, 999_999], "Yhtä valituista toimenpiteistä ei enää ole"),
        (_completed, "”Ilta” on päättynyt"),
        (_ended_later, "”Digitalisaation tiekartta” on päättynyt"),
        (_twice, "”Uusi” on valittu kahdesti"),
        (_too_many, "enintään 20 toimenpiteessä"),
    ],
    ids=["strategy", "town", "missing", "ended", "ended-later", "twice", "many"],
)
def test_where_nothing_can_go_on_is_said_and_nothing_is_half_saved(
    world: Ending, choose: Callable[[Ending], list[int]], words: str
) -> None:
    items = choose(world)
    before = everything()
    with pytest.raises(Invalid, match=words) as refused:
        world.carry(world.a, *items)
    assert refused.value.field == "continues_in"
    assert everything() == before


def test_without_a_later_period_it_goes_on_nowhere(world: Ending) -> None:
    before = everything()
    with pytest.raises(MoveRefused) as refused:
        world.carry(world.plan, world.new)
    assert refused.value.refusal is Refusal.NO_LATER_PERIOD
    assert everything() == before


def test_only_the_director_says_where_it_goes_on(world: Ending) -> None:
    before = everything()
    with pytest.raises(MoveRefused) as refused:
        world.carry(world.a, world.new, who=world.manager)
    assert refused.value.refusal is Refusal.WRONG_ROLE
    assert everything() == before


def test_the_database_keeps_each_item_once_for_a_plan(world: Ending) -> None:
    world.carry(world.a, world.new)
    with pytest.raises(IntegrityError), transaction.atomic():
        audited.add(PlanSuccessor(plan=world.a, item=world.new, order=9), make.stamp())


# The way back


def test_taking_it_back_takes_away_on_record_what_it_made_and_nothing_else(world: Ending) -> None:
    before = set(PeriodPlan.objects.values_list("pk", flat=True))
    world.carry(world.a, world.new, world.a.item, world.item)
    row = PlanSuccessor.objects.get(item=world.item)
    world.act(world.a, TAKE_BACK)
    world.a.refresh_from_db()
    assert (world.a.status, named(world.a)) == ("not_started", [])
    assert set(PeriodPlan.objects.values_list("pk", flat=True)) == before
    assert PlanSuccessor.history.filter(id=row.pk).latest("history_id").history_type == "-"
    assert list(integrity.verify()) == []
    # And all of it once more.
    world.carry(world.a, world.new)
    assert named(world.a) == [world.new.pk]


def test_not_once_something_was_done_in_one_of_the_plans_that_it_made(world: Ending) -> None:
    world.carry(world.a, world.a.item, world.new)
    world.act(world.later(world.new), "start")
    assert world.refused(world.a) is Refusal.LATER_PLAN_USED


def _own(world: Ending) -> None:
    world.carry(world.b)


def _other(world: Ending) -> None:
    world.carry(world.d, world.b.item)


@pytest.mark.parametrize("rely", [_own, _other], ids=["its own plan", "a third item's"])
def test_not_once_another_plan_goes_on_in_what_it_made(world: Ending, rely: Callable[[Ending], None]) -> None:
    world.carry(world.a, world.b.item)
    rely(world)
    assert world.refused(world.a) is Refusal.LATER_PLAN_USED
    assert PeriodPlan.objects.filter(item=world.b.item, period=world.period).exists()


def test_what_only_found_a_plan_there_can_be_taken_back(world: Ending) -> None:
    world.carry(world.a, world.b.item)
    world.carry(world.d, world.b.item)
    world.act(world.d, TAKE_BACK)
    # Nobody else goes on there any more.
    world.act(world.a, TAKE_BACK)
    assert not PeriodPlan.objects.filter(item=world.b.item, period=world.period).exists()
    assert list(integrity.verify()) == []


def test_reopening_ends_where_it_went_on_and_keeps_what_was_made(world: Ending) -> None:
    world.carry(world.a, world.new, world.b.item)
    row = PlanSuccessor.objects.first()
    assert row is not None
    world.now += timedelta(days=9)
    world.act(world.a, "reopen")
    assert named(world.a) == []
    gone = PlanSuccessor.history.filter(id=row.pk).latest("history_id")
    assert (gone.history_type, gone.history_change_reason, gone.history_date) == ("-", "Sovittiin.", world.now)
    assert world.later(world.new).status == "not_started"
    assert list(integrity.verify()) == []


def test_reopening_that_is_taken_back_lets_it_go_on_as_before(world: Ending) -> None:
    world.carry(world.a, world.new, world.b.item)
    world.act(world.a, "reopen")
    world.act(world.a, TAKE_BACK)
    assert named(world.a) == [world.new.pk, world.b.item_id]
    assert list(integrity.verify()) == []
    # Carried over, reopened and taken back: the last of these is no move that made anything.
    assert world.refused(world.a) is Refusal.NOTHING_TO_TAKE_BACK


def test_not_once_an_item_has_no_later_plan_any_more(world: Ending) -> None:
    world.carry(world.a, world.b.item)
    world.act(world.a, "reopen")
    later, stamp = world.later(world.b.item), make.stamp(at=make.NOW)
    for part in (*Step.objects.filter(plan=later), *PlanUnit.objects.filter(plan=later), later):
        audited.remove(part, stamp)
    assert world.refused(world.a) is Refusal.CHANGED_SINCE


def test_a_row_without_its_carrying_over_is_found(world: Ending) -> None:
    row = audited.add(PlanSuccessor(plan=world.a, item=world.new), make.stamp())
    found = [(one.model, one.pk, one.live, one.recorded) for one in integrity.verify()]
    assert found == [("PlanSuccessor", row.pk, "not_started", "carried_over")]
