"""The overdue list with its filters, sorts and pages; the address says everything, so a filter is a link."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OrderBy, OuterRef, QuerySet, Value

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.languages import columns_for
from toimenpiteet.models import ActionItem, Goal, PeriodPlan, PlanPeriod, PlanUnit, Unit
from toimenpiteet.models.reading import columns_of
from toimenpiteet.models.sorting import by_text
from toimenpiteet.selectors.plan.lateness import late, longest_late, with_lateness
from toimenpiteet.selectors.translated import Named, in_alphabet, text_in
from toimenpiteet.workflow import Status

PAGE = 50
COUNT_LIMIT = 1000
LONGEST = "deadline"
"""The order of those first that are late the longest."""
_NAME = "item__name"
# What each order goes by; a minus before the key turns it round. Names go by the alphabet of the page.
SORTS: dict[str, tuple[str, ...]] = {
    LONGEST: ("late_since", "pk"),
    "goal": ("item__goal__number", "item__order", "pk"),
    "name": (_NAME, "pk"),
    "period": ("period__start_year", "late_since", "pk"),
    "status": ("status", "late_since", "pk"),
}


def order_by(sort: str) -> list[OrderBy]:
    """Return what to order by for a key of SORTS; `-key` is the order of `key` turned round."""
    columns = [by_text(name) if name == _NAME else F(name) for name in SORTS[sort.removeprefix("-")]]
    return [column.desc() if sort.startswith("-") else column.asc() for column in columns]


@dataclass(frozen=True)
class Filters:
    """What the address asks for; every part optional."""

    unit: Unit | None = None
    goal: Goal | None = None
    period: PlanPeriod | None = None
    status: Status | None = None
    days: int = 0
    sort: str = LONGEST
    page: int = 1

    @property
    def active(self) -> bool:
        """Tell whether anything narrows the list."""
        return bool(self.unit or self.goal or self.period or self.status or self.days)


def _narrowed(scope: Scope, filters: Filters) -> "QuerySet[PeriodPlan]":
    """Return the plans, late or not, that match; `unit` means it, the units under it and its group's members."""
    plans = access.visible(scope, PeriodPlan)
    if filters.unit:
        units = scope.units.within(filters.unit.pk)
        plans = plans.filter(Exists(PlanUnit.objects.filter(plan=OuterRef("pk"), unit__in=units)))
    if filters.goal:
        plans = plans.filter(item__goal=filters.goal)
    if filters.period:
        plans = plans.filter(period=filters.period)
    if filters.status:
        plans = plans.filter(status=filters.status.value)
    return plans


def keys_of(scope: Scope, filters: Filters, today: date, stop: int) -> list[int]:
    """Return the keys of the first `stop` late plans that match, in the order asked for; see ``longest_late``."""
    plans, days = _narrowed(scope, filters), max(1, filters.days)
    if filters.sort == LONGEST:
        return [pk for _since, pk in longest_late(plans, scope.municipalities, today, stop, days=days)]
    ordered = with_lateness(plans.filter(late(today, days=days)), today).order_by(*order_by(filters.sort))
    return [pk for (pk,) in columns_of(ordered[:stop], ["pk"])]


@dataclass(frozen=True)
class Page:
    """Which plans a page shows, in order; `count` is exact up to COUNT_LIMIT and one more beyond."""

    keys: list[int]
    count: int
    more: bool


def page_of(scope: Scope, filters: Filters, today: date) -> Page:
    """Return the page that is asked for.

    An exact count of a huge list helps nobody: the first plans are read by their keys alone, which also counts them.
    """
    start = (filters.page - 1) * PAGE
    keys = keys_of(scope, filters, today, max(COUNT_LIMIT, start + PAGE) + 1)
    window = keys[start : start + PAGE + 1]
    return Page(window[:PAGE], min(len(keys), COUNT_LIMIT + 1), len(window) > PAGE)


# What the filters offer


@dataclass(frozen=True)
class Choices:
    """What the filters offer."""

    units: list[Named]
    goals: list[Named]
    periods: list[Named]


_OFFERED = ["part", "first", "second", "pk", *columns_for("name")]
_LAST = 1 << 31


def _offered(rows: "QuerySet[Any]", part: int, first: Any, second: Any) -> "QuerySet[Any]":
    return columns_of(rows.order_by().annotate(part=Value(part), first=first, second=second), _OFFERED)


def _choices(scope: Scope) -> "QuerySet[Any]":
    used = Exists(ActionItem.objects.filter(goal=OuterRef("pk")))
    return _offered(access.visible(scope, Unit), 0, Value(0), Value(0)).union(
        _offered(access.visible(scope, Goal).filter(used), 1, F("strategy_id"), F("number")),
        _offered(access.visible(scope, PlanPeriod), 2, F("start_year"), F("order")),
        all=True,
    )


def choices(scope: Scope) -> Choices:
    """Return the units, goals and periods of the signed-in person's municipalities; one query."""
    found: dict[int, list[tuple[Any, ...]]] = {0: [], 1: [], 2: []}
    for part, first, second, pk, *texts in _choices(scope):
        name = text_in(texts)
        # Units by name, goals by strategy and number, periods by year.
        order = in_alphabet(name) if part == 0 else (first, _LAST if second is None else second)
        found[part].append((order, Named(pk, name)))
    return Choices(*([named for _, named in sorted(found[part], key=lambda one: one[0])] for part in (0, 1, 2)))
