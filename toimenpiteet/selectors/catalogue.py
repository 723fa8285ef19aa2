"""The lists that the API hands out: which rows, in which order, found by which words."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeVar

from django.db import connection, models
from django.db.models import Case, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, When

from toimenpiteet import access
from toimenpiteet.access import Scope, UnitTree
from toimenpiteet.languages import columns_for
from toimenpiteet.models import (
    ActionItem,
    Goal,
    Indicator,
    PeriodPlan,
    PlanPeriod,
    PlanUnit,
    Project,
    ReportingRound,
    Step,
    Strategy,
    Unit,
)
from toimenpiteet.selectors.plan import lateness

Model = TypeVar("Model", bound=models.Model)


class _List(NamedTuple):
    """How a list is read: its order, what is joined to its rows, and what belongs to them, each in its own order."""

    order: tuple[str, ...]
    along: tuple[str, ...] = ()
    below: Mapping[str, tuple[str, ...]] = {}


_LISTS: dict[type[models.Model], _List] = {
    Strategy: _List(("municipality_id", "order", "key"), ("municipality",), {"periods": ("start_year", "order")}),
    Goal: _List(
        ("strategy_id", "number", "order", "pk"),
        ("strategy__municipality", "theme__strategy__municipality", "owner__municipality"),
    ),
    # Goals are numbered in the order in which they were loaded, so that the index can give the order; the municipality
    # comes first because the index begins with it.
    ActionItem: _List(("municipality_id", "goal_id", "order", "pk")),
    PeriodPlan: _List(("item_id", "pk")),
    Step: _List(("plan_id", "order", "pk")),
    Unit: _List(
        ("municipality_id", "order", "key"),
        ("municipality",),
        {"aliases": ("pk",), "group_members": ("pk",), "handovers": ("place", "pk")},
    ),
    Project: _List(
        ("municipality_id", "order", "key"), ("municipality", "budget_line__municipality"), {"aliases": ("pk",)}
    ),
    Indicator: _List(
        ("strategy_id", "order", "pk"),
        ("strategy__municipality",),
        {"values": ("order", "pk"), "targets": ("order", "pk")},
    ),
    ReportingRound: _List(("due_on", "pk"), ("strategy__municipality",), {"days": ("holds_on", "pk")}),
}
_PARTS = dict.fromkeys(("themes", "values", "parts", "events", "follow_ups"), ("order", "pk"))


def listed(scope: Scope, model: type[Model]) -> "QuerySet[Model]":
    """Return the rows of `model` that exist for the caller, in the order of lists, with all that is shown of them."""
    order, along, below = _LISTS[model]
    return _with(access.visible(scope, model).order_by(*order).select_related(*along), below)


def in_full(strategies: "QuerySet[Strategy]") -> "QuerySet[Strategy]":
    """Return `strategies` with their parts."""
    return _with(strategies, _PARTS)


def _with(rows: "QuerySet[Model]", below: Mapping[str, tuple[str, ...]]) -> "QuerySet[Model]":
    for name, order in below.items():
        model: Any = rows.model._meta.get_field(name).related_model
        rows = rows.prefetch_related(Prefetch(name, model.objects.order_by(*order)))
    return rows


def linked_goals(scope: Scope, item_id: int) -> "QuerySet[Goal]":
    """Return the other goals that an item serves and that exist for the caller: one may be of another strategy."""
    return listed(scope, Goal).filter(item_links__item=item_id).order_by("item_links__pk")


def _current_status(today: date) -> Subquery:
    """Return where an item stands: its plan whose period holds today, else its last (DOMAIN.md, "An item's status")."""
    holds = Q(period__start_year__lte=today.year, period__end_year__gte=today.year)
    plans = PeriodPlan.objects.filter(item=OuterRef("pk"))
    first = plans.order_by(Case(When(holds, then=0), default=1), "-period__start_year", "-pk")
    return Subquery(first.values("status")[:1])


def narrow_items(
    rows: "QuerySet[ActionItem]",
    *,
    today: date,
    units: Iterable[int] | None = None,
    statuses: list[str] | None = None,
    period: PlanPeriod | None = None,
    late: bool | None = None,
) -> "QuerySet[ActionItem]":
    """Return those of `rows` that have what is wanted.

    `units` are responsible for a plan of the item. `statuses` is where the item stands, that is, its current plan.
    With a `period`, units, status and lateness are asked of the plan in that period.
    """
    plans = PeriodPlan.objects.filter(period=period) if period else PeriodPlan.objects.all()
    if units is not None:
        rows = _having(rows, responsible(plans, units))
    if statuses:
        rows = _having(rows, plans.filter(status__in=statuses))
    if statuses and not period:
        # Only asked of the items that have some plan in such a status: for each it is a query of its own.
        rows = rows.alias(current=_current_status(today)).filter(current__in=statuses)
    if late is not None:
        condition = _has(plans.filter(lateness.late(today)))
        rows = rows.filter(condition if late else ~condition)
    if period and not (units or statuses or late):
        rows = _having(rows, plans)
    return rows


def _has(plans: "QuerySet[PeriodPlan]") -> Exists:
    return Exists(plans.filter(item=OuterRef("pk")))


def _having(rows: "QuerySet[ActionItem]", plans: "QuerySet[PeriodPlan]") -> "QuerySet[ActionItem]":
    return rows.filter(_has(plans))


def responsible(plans: "QuerySet[PeriodPlan]", units: Iterable[int]) -> "QuerySet[PeriodPlan]":
    """Return those of `plans` for which one of `units` is responsible."""
    return plans.filter(pk__in=PlanUnit.objects.filter(unit__in=list(units)).values("plan"))


def units_within(scope: Scope, unit: Unit) -> frozenset[int]:
    """Return `unit`, the units under it, the members of it when it is a group, and their earlier names."""
    tree = scope.units if not scope.anonymous else UnitTree.load([unit.municipality_id])
    return tree.within(unit.pk)


def containing(rows: "QuerySet[Model]", words: str, *columns: str, plan_text: bool = False) -> "QuerySet[Model]":
    """Return those of `rows` that contain every one of the `words` in one of the translated `columns`.

    With `plan_text`, the text of an action item's plans counts too. Letters match whatever their case, also ä and ö.
    """
    for word in words.split():
        condition = _contains(word, [column for name in columns for column in columns_for(name)])
        if plan_text:
            texts = _contains(word, columns_for("text"))
            condition |= Q(_has(PeriodPlan.objects.filter(texts)))
        rows = rows.filter(condition)
    return rows


def spelled(rows: "QuerySet[Model]", words: str, alias: "QuerySet[Any]", link: str) -> "QuerySet[Model]":
    """Return those of `rows` whose name, or one of whose other spellings, contains every word."""
    names = containing(rows, words, "name").values("pk")
    spellings = alias
    for word in words.split():
        spellings = spellings.filter(_contains(word, ["text"]))
    return rows.filter(Q(pk__in=names) | Q(pk__in=spellings.values(link)))


def _contains(word: str, columns: list[str]) -> Q:
    # SQLite's LIKE knows no case beyond ASCII, its REGEXP is Python's; the word is escaped, so it cannot run wild.
    lookup, value = "icontains", word
    if connection.vendor == "sqlite":
        lookup, value = "iregex", re.escape(word)
    condition = Q()
    for column in columns:
        condition |= Q(**{f"{column}__{lookup}": value})
    return condition
