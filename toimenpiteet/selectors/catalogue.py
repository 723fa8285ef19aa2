"""The lists that the API hands out: which rows, in which order, found by which words."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, When

from toimenpiteet import access
from toimenpiteet.access import Scope, UnitTree
from toimenpiteet.languages import columns_for
from toimenpiteet.models import (
    ActionItem,
    PeriodPlan,
    PlanPeriod,
    PlanUnit,
    Unit,
)
from toimenpiteet.selectors.plan import lateness

Model = TypeVar("Model", bound=models.Model)


def items(scope: Scope) -> "QuerySet[ActionItem]":
    """Return the action items that exist for the caller, in the order of the plan.

    Goals are numbered in the order in which they were loaded, so that the index can give the order; the municipality
    comes first because the index begins with it.
    """
    return access.visible(scope, ActionItem).order_by("municipality_id", "goal_id", "order", "pk")


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
