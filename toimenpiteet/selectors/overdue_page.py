"""The overdue list with its filters, sorts and pages; the address says everything, so a filter is a link."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.models import Goal, PeriodPlan, PlanPeriod, PlanUnit, Unit
from toimenpiteet.selectors.overdue import overdue
from toimenpiteet.selectors.rows import Named
from toimenpiteet.selectors.words import text_of

PAGE = 50
COUNT_LIMIT = 1000
SORTS: dict[str, tuple[str, ...]] = {
    "deadline": ("next_deadline_on", "pk"),
    "-deadline": ("-next_deadline_on", "-pk"),
    "goal": ("item__goal__number", "item__order", "pk"),
    "name": ("item__name_fi", "pk"),
    "status": ("status", "next_deadline_on", "pk"),
}


@dataclass(frozen=True)
class Filters:
    """What the address asks for; every part optional."""

    unit: Unit | None = None
    goal: Goal | None = None
    period: PlanPeriod | None = None
    days: int = 0
    sort: str = "deadline"
    page: int = 1

    @property
    def active(self) -> bool:
        """Tell whether anything narrows the list."""
        return bool(self.unit or self.goal or self.period or self.days)


def overdue_plans(scope: Scope, filters: Filters, today: date) -> "QuerySet[PeriodPlan]":
    """Return the overdue plans that match, sorted. `unit` means it, the units under it and its group's members."""
    plans = overdue(access.visible(scope, PeriodPlan), today)
    if filters.unit:
        units = access.unit_tree(scope).within(filters.unit.pk)
        plans = plans.filter(Exists(PlanUnit.objects.filter(plan=OuterRef("pk"), unit__in=units)))
    if filters.goal:
        plans = plans.filter(item__goal=filters.goal)
    if filters.period:
        plans = plans.filter(period=filters.period)
    if filters.days:
        plans = plans.filter(next_deadline_on__lte=today - timedelta(days=filters.days))
    return plans.order_by(*SORTS[filters.sort])


def bounded_count(plans: "QuerySet[Any]") -> int:
    """Return how many there are, at most COUNT_LIMIT + 1: an exact count of a huge list helps nobody."""
    return plans.order_by()[: COUNT_LIMIT + 1].count()


@dataclass(frozen=True)
class Choices:
    """What the filters offer."""

    units: list[Named]
    goals: list[Named]
    periods: list[Named]


def choices(scope: Scope) -> Choices:
    """Return the units, goals and periods of the person's municipalities; three queries."""
    periods = access.visible(scope, PlanPeriod)
    goals = access.visible(scope, Goal).filter(action_items__isnull=False).distinct().order_by("strategy", "number")
    return Choices(
        units=[Named(unit.pk, text_of(unit, "name")) for unit in access.visible(scope, Unit).order_by("name_fi")],
        goals=[Named(goal.pk, text_of(goal, "name")) for goal in goals],
        periods=[Named(period.pk, text_of(period, "name")) for period in periods],
    )
