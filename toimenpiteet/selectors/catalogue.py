"""The lists that the API hands out: which rows, in which order, found by which words."""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from toimenpiteet import access
from toimenpiteet.access import Scope, UnitTree
from toimenpiteet.folding import words_in
from toimenpiteet.models import (
    ActionItem,
    Goal,
    Indicator,
    PeriodPlan,
    Project,
    ReportingRound,
    Step,
    Strategy,
    Unit,
)
from toimenpiteet.models.finding import holds, says

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
_PARTS = dict.fromkeys(("themes", "values", "parts", "events", "follow_ups", "followed_decisions"), ("order", "pk"))


def listed(scope: Scope, model: type[Model], **only: int) -> "QuerySet[Model]":
    """Return the rows of `model` that exist for the caller, in the order of lists, with all that is shown of them.

    `only` one of them by its `pk`, where that is given.
    """
    order, along, below = _LISTS[model]
    return _with(access.visible(scope, model).filter(**only).order_by(*order).select_related(*along), below)


def bounded_count(rows: "QuerySet[Any]", limit: int) -> int:
    """Return how many `rows` there are, at most `limit`: counting 100,000 takes longer than all else in a request."""
    return rows.order_by()[:limit].count()


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


def units_within(scope: Scope, unit: Unit) -> frozenset[int]:
    """Return `unit`, the units under it, the members of it when it is a group, and their earlier names."""
    tree = scope.units if not scope.anonymous else UnitTree.load([unit.municipality_id])
    return tree.within(unit.pk)


def containing(rows: "QuerySet[Model]", words: str, *columns: str, plan_text: bool = False) -> "QuerySet[Model]":
    """Return those of `rows` that contain every one of the `words` in one of the translated `columns`.

    With `plan_text`, the text of an action item's plans counts too. Letters match as ``folding`` has it.
    """
    for word in words_in(words):
        condition = says(columns, word)
        if plan_text:
            condition |= Q(Exists(PeriodPlan.objects.filter(says(["text"], word), item=OuterRef("pk"))))
        rows = rows.filter(condition)
    return rows


def spelled(rows: "QuerySet[Model]", words: str, alias: "QuerySet[Any]", link: str) -> "QuerySet[Model]":
    """Return those of `rows` whose name, or one of whose other spellings, contains every word."""
    names = containing(rows, words, "name").values("pk")
    spellings = alias
    for word in words_in(words):
        spellings = spellings.filter(holds(["text"], word))
    return rows.filter(Q(pk__in=names) | Q(pk__in=spellings.values(link)))
