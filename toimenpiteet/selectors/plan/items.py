"""Action items in lists: which of them; their own few columns, and their plans as PlanView gives them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet

from toimenpiteet.access import Scope
from toimenpiteet.languages import columns_for
from toimenpiteet.models import ActionItem, PeriodPlan, PlanPeriod, PlanUnit, StatusReport, User
from toimenpiteet.models.reading import Statement, columns_of
from toimenpiteet.selectors.catalogue import listed
from toimenpiteet.selectors.plan.lateness import late as is_late
from toimenpiteet.selectors.plan.view import Part, PlanView, current, standing, views_of_items
from toimenpiteet.selectors.translated import Named, Text, text_in

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class ItemView:
    """One action item: finished values, texts in the active language. `current` is where it stands (docs/domain.md)."""

    pk: int
    version: int
    key: str
    source: str
    doubt: str
    strategy_id: int
    goal: Named
    goal_number: int | None
    name: Text
    keywords: Text
    lead_unit: Named
    lead_stated: bool
    plans: list[PlanView]
    current: PlanView | None


def item_views(items: "QuerySet[ActionItem]", today: date, parts: frozenset[Part]) -> list[ItemView]:
    """Return `items`, which came out of ``access``, in their order; one query, and those of ``views_of_items``."""
    return _views(columns_of(items, _COLUMNS), today, parts)


def all_item_views(scope: Scope, start: int, stop: int, today: date, parts: frozenset[Part]) -> list[ItemView]:
    """Return the items that exist for the caller from one place up to another, by a Statement."""
    return _views(_ALL.rows(_who(scope), start, stop), today, parts)


def item_count(scope: Scope, limit: int) -> int:
    """Return how many items exist for the caller, at most `limit`, by a Statement."""
    return sum(row[0] for row in _COUNT.rows(_who(scope), limit))


def narrow_items(
    rows: "QuerySet[M]",
    *,
    today: date,
    units: Iterable[int] | None = None,
    statuses: list[str] | None = None,
    period: PlanPeriod | None = None,
    late: bool | None = None,
    answered: "QuerySet[StatusReport] | None" = None,
) -> "QuerySet[M]":
    """Return those of `rows`, which are items or plans, whose item has what is wanted.

    `units` are responsible for a plan of the item. `statuses` is where the item stands, that is, its current plan.
    `answered` are answers, one of them for a plan of the item. With a `period`, all is asked of its plan then.
    """
    plans = PeriodPlan.objects.filter(period=period) if period else PeriodPlan.objects.all()
    plans = plans.filter(item=OuterRef("pk" if rows.model is ActionItem else "item"))
    if units is not None:
        rows = rows.filter(Exists(responsible(plans, units)))
    if statuses:
        asked = plans.filter(status__in=statuses)
        rows = rows.filter(Exists(asked if period else asked.filter(standing(today))))
    if late is not None:
        condition = Exists(plans.filter(is_late(today)))
        rows = rows.filter(condition if late else ~condition)
    if answered is not None:
        rows = rows.filter(Exists(plans.filter(pk__in=answered.order_by().values("plan"))))
    if period and not (units or statuses or late or answered is not None):
        rows = rows.filter(Exists(plans))
    return rows


def responsible(plans: "QuerySet[PeriodPlan]", units: Iterable[int]) -> "QuerySet[PeriodPlan]":
    """Return those of `plans` for which one of `units` is responsible."""
    return plans.filter(pk__in=PlanUnit.objects.filter(unit__in=list(units)).values("plan"))


_PLAIN = [
    *("pk", "version", "key", "source", "doubt", "strategy_id", "goal_id", "goal__number", "lead_unit_id"),
    *("lead_stated", "municipality__language"),
]
_NAMES = {name: columns_for(name) for name in ("name", "keywords", "goal__name", "lead_unit__name")}
_COLUMNS = [*_PLAIN, *(column for columns in _NAMES.values() for column in columns)]


def _who(scope: Scope) -> frozenset[int] | None:
    return None if scope.anonymous else scope.municipalities


def _all(who: frozenset[int] | None) -> "QuerySet[ActionItem]":
    # Made of nothing else, the list can depend on nothing else: see Statement.
    return listed(Scope() if who is None else Scope(user=User(), municipalities=who), ActionItem)


_ALL = Statement(lambda who, start, stop: _all(who)[start:stop], _COLUMNS)
_COUNT = Statement(lambda who, limit: _all(who).order_by()[:limit], ["pk"], "SELECT COUNT(*) FROM ({}) AS listed")


def _views(rows: Iterable[Sequence[Any]], today: date, parts: frozenset[Part]) -> list[ItemView]:
    read = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    plans = views_of_items([row["pk"] for row in read], today, parts)
    return [_view(row, plans[row["pk"]], today) for row in read]


def _view(row: dict[str, Any], plans: list[PlanView], today: date) -> ItemView:
    own = row["municipality__language"]
    name, keywords, goal, lead_unit = (text_in([row[column] for column in columns], own) for columns in _NAMES.values())
    return ItemView(
        **{column: row[column] for column in ("pk", "version", "key", "source", "doubt", "strategy_id", "lead_stated")},
        goal=Named(row["goal_id"], goal),
        goal_number=row["goal__number"],
        name=name,
        keywords=keywords,
        lead_unit=Named(row["lead_unit_id"], lead_unit),
        plans=plans,
        current=current(plans, today),
    )
