"""Where the plans of an item that were carried over go on, and what those continue that others left: both ways."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.languages import columns_for
from toimenpiteet.models import PeriodPlan, PlanSuccessor
from toimenpiteet.models.reading import columns_of
from toimenpiteet.selectors.plan.view import PlanView
from toimenpiteet.selectors.translated import Named, Text, text_in
from toimenpiteet.workflow import Status


@dataclass(frozen=True)
class Relative:
    """A plan on the other side: its item, and its key, None where the item has none there any more."""

    item: Named
    plan: int | None


@dataclass(frozen=True)
class Lineage:
    """How the plan `plan` goes on in a `period`, or what it continues from one; `own` is its own item.

    A plan that goes on in several items is `split`; one that goes on, with others or with the past of the item, in a
    single one is `merged` with it, and so is that one.
    """

    plan: int
    own: int
    period: Text
    relatives: list[Relative]
    onward: bool
    split: bool = False
    merged: bool = False

    @property
    def alone(self) -> bool:
        """Tell whether nothing but its own item is on the other side."""
        return [one.item.pk for one in self.relatives] == [self.own]


class _Plan(NamedTuple):
    """A plan that goes on, or in which one does."""

    item: Named
    pk: int
    period: Text
    start: int
    end: int


class _Way(NamedTuple):
    """That the plan `source` goes on in the item `target`."""

    source: _Plan
    target: Named


def named_as_successor() -> Exists:
    """Return, as a column of items, whether a plan was named to go on there."""
    return Exists(PlanSuccessor.objects.filter(item=OuterRef("pk")))


def lineage(scope: Scope, item: Named, rows: Sequence[PlanView], *, named: bool) -> list[Lineage]:
    """Return, for the plans `rows` of an item, where each goes on and what each continues, the earlier period first.

    `named` is the item's ``named_as_successor``. One query where it is true or a plan goes on in other items, and one
    more for these.
    """
    own = [_Plan(item, row.pk, row.period_name, *row.period_years) for row in rows]
    elsewhere = {thing.pk for row in rows for thing in row.continues_in} - {item.pk}
    named_in = access.visible(scope, PlanSuccessor).filter(item__in={item.pk, *elsewhere})
    ways = _ways(named_in) if named or elsewhere else []
    plain = [
        _Way(plan, item)
        for plan, row in zip(own, rows, strict=True)
        if row.status is Status.CARRIED_OVER and not row.continues_in
    ]
    known = _Known([*plain, *ways], {item.pk: own} | (_plans(scope, elsewhere) if elsewhere else {}))
    return [line for plan in own for line in (*known.behind(plan), *known.ahead(plan))]


def onward(scope: Scope, strategy: int, rows: Iterable[PlanView]) -> dict[int, list[Lineage]]:
    """Return, for those of `rows` for which items were named, where each goes on, by plan; one query.

    `rows` are all plans of a strategy, those of an item by their periods.
    """
    plans: dict[int, list[_Plan]] = defaultdict(list)
    for row in rows:
        plans[row.item_id].append(_Plan(row.item, row.pk, row.period_name, *row.period_years))
    ways = _ways(access.visible(scope, PlanSuccessor).filter(plan__item__strategy=strategy))
    known = _Known(ways, plans)
    return {way.source.pk: list(known.ahead(way.source)) for way in ways}


class _Known:
    """The `ways` that lead from plans to items, and the plans of each of those items, the earliest first."""

    def __init__(self, ways: Sequence[_Way], plans: dict[int, list[_Plan]]) -> None:
        self.ways, self.plans = ways, plans

    def _reached(self, way: _Way) -> _Plan | None:
        later = (plan for plan in self.plans.get(way.target.pk, []) if plan.start > way.source.end)
        return next(later, None)

    def _into(self, plan: _Plan) -> list[_Plan]:
        """Return the plans that go on in `plan`."""
        to_item = (way for way in self.ways if way.target.pk == plan.item.pk)
        return [way.source for way in to_item if (there := self._reached(way)) and there.pk == plan.pk]

    def _merged(self, plan: _Plan) -> bool:
        """Tell whether `plan` continues the work of several items: others', or another's beside its own past."""
        items = {source.item.pk for source in self._into(plan)}
        past = any(earlier.start < plan.start for earlier in self.plans[plan.item.pk])
        return len(items | ({plan.item.pk} if past else set())) > 1

    def ahead(self, plan: _Plan) -> Iterator[Lineage]:
        """Yield in which items `plan` goes on, together those of one period."""
        found = [(way.target, self._reached(way)) for way in self.ways if way.source.pk == plan.pk]
        by_period: dict[Text, list[Relative]] = defaultdict(list)
        for item, there in found:
            # In its own item, where nothing later is left, there is nothing to lead to.
            if there or item.pk != plan.item.pk:
                by_period[there.period if there else Text("")].append(Relative(item, there.pk if there else None))
        split = len(found) > 1
        merged = not split and any(there and self._merged(there) for _item, there in found)
        for period, relatives in by_period.items():
            yield Lineage(plan.pk, plan.item.pk, period, relatives, onward=True, split=split, merged=merged)

    def behind(self, plan: _Plan) -> Iterator[Lineage]:
        """Yield what `plan` continues, together those of one period."""
        by_period: dict[Text, list[Relative]] = defaultdict(list)
        for source in self._into(plan):
            by_period[source.period].append(Relative(source.item, source.pk))
        merged = bool(by_period) and self._merged(plan)
        for period, relatives in by_period.items():
            yield Lineage(plan.pk, plan.item.pk, period, relatives, onward=False, merged=merged)


# Reading

_OF_PLAN = ("item_id", "pk", "period__start_year", "period__end_year", "municipality__language")
_NAMES = ("item__name", "period__name")
_PLAN = [*_OF_PLAN, *(column for name in _NAMES for column in columns_for(name))]


def _plan(row: Sequence[Any]) -> _Plan:
    item, pk, start, end, own, *names = row
    half = len(names) // 2
    return _Plan(Named(item, text_in(names[:half], own)), pk, text_in(names[half:], own), start, end)


def _ways(successors: "QuerySet[PlanSuccessor]") -> list[_Way]:
    """Return which plans were named to go on where; one query."""
    rows = successors.order_by("plan_id", "order", "pk")
    names = columns_for("item__name")
    columns = ["item_id", "plan__municipality__language", *names, *(f"plan__{column}" for column in _PLAN)]
    rest = 2 + len(names)
    return [
        _Way(_plan(row[rest:]), Named(row[0], text_in(row[2:rest], row[1])))
        for row in map(tuple, columns_of(rows, columns))
    ]


def _plans(scope: Scope, items: Iterable[int]) -> dict[int, list[_Plan]]:
    rows = access.visible(scope, PeriodPlan).filter(item__in=items).order_by("period__start_year", "pk")
    found: dict[int, list[_Plan]] = {}
    for row in columns_of(rows, _PLAN):
        plan = _plan(row)
        found.setdefault(plan.item.pk, []).append(plan)
    return found
