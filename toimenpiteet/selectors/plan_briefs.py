"""A plan in one line: on the pages of goals, projects and units."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from toimenpiteet import access, labels
from toimenpiteet.access import Scope
from toimenpiteet.dates import day_words, distance_words
from toimenpiteet.models import ActionItem, PeriodPlan
from toimenpiteet.selectors.plan.lateness import Lateness, lateness, with_lateness
from toimenpiteet.selectors.rows import Named
from toimenpiteet.selectors.words import Text, text_of
from toimenpiteet.workflow import CLOSED, Status


@dataclass(frozen=True)
class PlanBrief:
    """One plan; `distance` is empty where nothing is waited for."""

    pk: int
    item: Named
    goal_number: int | None
    goal: Named
    period: Text
    status: str
    status_label: str
    distance: str
    deadline: str
    late: Lateness | None


@dataclass(frozen=True)
class ItemBrief:
    """An action item with its lead unit and its plans, one for each period that has one."""

    pk: int
    name: Text
    lead: Named
    doubt: str
    plans: list[PlanBrief]


def in_plan_order(plans: "QuerySet[PeriodPlan]") -> "QuerySet[PeriodPlan]":
    """Return `plans` in the order of the document."""
    return plans.order_by("item__goal__number", "item__goal", "item__order", "item", "period__start_year")


def plan_briefs(plans: "QuerySet[PeriodPlan]", today: date) -> list[PlanBrief]:
    """Return `plans` as lines, in their order; one query."""
    rows = with_lateness(plans, today).select_related("item__goal", "item__strategy__municipality", "period")
    return [_brief(plan, today) for plan in rows]


def _brief(plan: Any, today: date) -> PlanBrief:
    own = plan.item.strategy.municipality.language
    status = Status(plan.status)
    return PlanBrief(
        pk=plan.pk,
        item=Named(plan.item_id, text_of(plan.item, "name", own)),
        goal_number=plan.item.goal.number,
        goal=Named(plan.item.goal_id, text_of(plan.item.goal, "name", own)),
        period=text_of(plan.period, "name", own),
        status=status.value,
        status_label=str(labels.STATUS[status]),
        distance="" if status in CLOSED else distance_words(plan.late_since or plan.next_deadline_on, today),
        deadline=day_words(plan.next_deadline_on),
        late=lateness(plan.late_because, plan.late_since, today),
    )


def item_briefs(scope: Scope, items: Iterable[ActionItem], own: str, today: date) -> list[ItemBrief]:
    """Return loaded `items` (with their lead unit) and their plans; one query."""
    listed = list(items)
    plans: dict[int, list[PlanBrief]] = defaultdict(list)
    wanted = access.visible(scope, PeriodPlan).filter(item__in=[item.pk for item in listed])
    for plan in plan_briefs(wanted.order_by("item", "period__start_year"), today) if listed else []:
        plans[plan.item.pk].append(plan)
    return [
        ItemBrief(
            item.pk,
            text_of(item, "name", own),
            Named(item.lead_unit_id, text_of(item.lead_unit, "name", own)),
            item.doubt,
            plans[item.pk],
        )
        for item in listed
    ]
