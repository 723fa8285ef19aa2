"""Who answers for what: how many action items each unit has under each goal, and where their plans stand."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from toimenpiteet import access
from toimenpiteet.access import Scope, UnitTree
from toimenpiteet.models import PeriodPlan, PlanUnit, Strategy
from toimenpiteet.models.reading import columns_of
from toimenpiteet.selectors.plan.counts import Counts, count
from toimenpiteet.selectors.plan.outline import GoalFrame, frame
from toimenpiteet.selectors.plan.page import units_of_plan
from toimenpiteet.selectors.translated import Named, named_of
from toimenpiteet.workflow import Status

_COLUMNS = ["unit_id", "plan__item__goal_id", "plan__item_id", "plan_id", "plan__status"]
_Row = tuple[int, int, int, str]
"""What a unit answers for: a goal, an item, a plan, and its status."""


@dataclass(frozen=True)
class UnitRow:
    """A unit, with what it answers for under each goal, in their order; `every` is all of it together."""

    unit: Named
    cells: list[tuple[GoalFrame, Counts]]
    every: Counts


@dataclass(frozen=True)
class Matrix:
    """The units of a strategy's plan by its goals."""

    strategy: Named
    municipality: Named
    goals: list[GoalFrame]
    rows: list[UnitRow]


def matrix(scope: Scope, strategy: Strategy) -> Matrix:
    """Return the units of a visible `strategy` (with its municipality) by its goals; five queries.

    A unit has what the units under it and a group's members have, too, as the plan's filter by unit does.
    """
    own = strategy.municipality.language
    goals = [goal for theme in frame(strategy) for goal in theme.all_goals]
    plans = access.visible(scope, PeriodPlan).filter(item__strategy=strategy).order_by().values("pk")
    links: dict[int, list[_Row]] = defaultdict(list)
    for unit, *row in columns_of(PlanUnit.objects.filter(plan__in=plans).order_by(), _COLUMNS):
        links[unit].append((row[0], row[1], row[2], row[3]))
    tree = UnitTree.load([strategy.municipality_id])
    return Matrix(
        named_of(strategy, own),
        named_of(strategy.municipality, own),
        goals,
        [
            _unit_row(unit, goals, (row for each in tree.within(unit.pk) for row in links[each]))
            for unit in units_of_plan(scope, strategy)
        ],
    )


def _unit_row(unit: Named, goals: list[GoalFrame], rows: Iterable[_Row]) -> UnitRow:
    theirs: dict[int, set[_Row]] = defaultdict(set)
    for row in rows:
        theirs[row[0]].add(row)
    cells = [(goal, _counts(theirs[goal.pk])) for goal in goals]
    return UnitRow(unit, cells, _counts(set().union(*theirs.values())))


def _counts(rows: set[_Row]) -> Counts:
    statuses = ((Status(status), False) for _goal, _item, _plan, status in rows)
    return count(statuses, items=len({item for _goal, item, _plan, _status in rows}))
