"""In which action items a plan may go on, and which carried-over plans go on in an item."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.languages import columns_for
from toimenpiteet.models import ActionItem, PeriodPlan
from toimenpiteet.models.reading import columns_of
from toimenpiteet.selectors.plan.view import PlanView
from toimenpiteet.selectors.translated import Named, Text, numbered, text_in
from toimenpiteet.workflow import Status

# An item whose last plan has come to this has ended, until that is reopened or a later plan is made.
_ENDED = [Status.COMPLETED.value, Status.DISCONTINUED.value]


def _ended() -> "QuerySet[ActionItem]":
    newest = PeriodPlan.objects.filter(item=OuterRef("pk")).order_by("-period__start_year", "-pk")
    return ActionItem.objects.annotate(last=Subquery(newest.values("status")[:1])).filter(last__in=_ENDED).order_by()


def ended_among(items: Collection[int]) -> frozenset[int]:
    """Return those of `items` in which nothing goes on: their last plan is completed or discontinued."""
    return frozenset(_ended().filter(pk__in=items).values_list("pk", flat=True)) if items else frozenset()


def depended_on(made: Collection[int], plan: int) -> bool:
    """Tell whether one of the plans `made` is all that another carried-over plan than `plan` goes on in."""
    of_item = PeriodPlan.objects.filter(item=OuterRef(OuterRef("item"))).exclude(pk__in=made)
    later = of_item.filter(period__start_year__gt=OuterRef("period__end_year"))
    others = PeriodPlan.objects.filter(status=Status.CARRIED_OVER).exclude(pk=plan)
    into = Q(successors__item=OuterRef("item")) | Q(successors=None, item=OuterRef("item"))
    there = others.filter(into, period__end_year__lt=OuterRef("period__start_year"))
    stranded = there.filter(~Exists(later))
    return PeriodPlan.objects.filter(Exists(stranded.order_by()), pk__in=made).exists()


# To choose from


@dataclass(frozen=True)
class Choices:
    """The action items of a goal in which a plan may go on, in the document's order."""

    goal: Text
    items: list[Named]


def choices(scope: Scope, plan: PlanView) -> list[Choices]:
    """Return the action items of the plan's strategy that have not ended, by goal; its own is not among them."""
    rows = access.visible(scope, ActionItem).filter(strategy=plan.strategy_id).exclude(pk=plan.item_id)
    going = rows.exclude(pk__in=_ended().values("pk"))
    ordered = going.order_by(F("goal__number").asc(nulls_last=True), "goal_id", "order", "pk")
    columns = ["pk", "goal__number", "municipality__language", *columns_for("goal__name"), *columns_for("name")]
    found = groupby((_choice(row) for row in columns_of(ordered, columns)), key=itemgetter(0))
    return [Choices(goal, [item for _goal, item in of_goal]) for goal, of_goal in found]


def _choice(row: Sequence[Any]) -> tuple[Text, Named]:
    pk, number, own, *names = row
    half = len(names) // 2
    return numbered(number, text_in(names[:half], own)), Named(pk, text_in(names[half:], own))
