"""What a responsible unit still has open before the deadline of a reporting round."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from toimenpiteet import labels
from toimenpiteet.calendar import Precision
from toimenpiteet.dates import distance_words, due_words
from toimenpiteet.models import PeriodPlan, PlanUnit, ReportingRound, StatusReport, Step
from toimenpiteet.models.reporting import SILENT
from toimenpiteet.selectors.plan.lateness import Lateness, lateness, with_lateness
from toimenpiteet.selectors.words import Text, text_of
from toimenpiteet.workflow import OPEN_VALUES, Status

# What awaits approval waits for the director: the unit has done its part.
WAITS_FOR_UNIT = [status for status in OPEN_VALUES if status != Status.AWAITING_APPROVAL]


@dataclass(frozen=True)
class OpenRow:
    """One plan as a list of open things shows it: finished values in the active language."""

    plan_id: int
    item_id: int
    name: Text
    goal: Text
    period: Text
    due: str
    next_step: str
    distance: str
    late: Lateness | None
    status: str
    deadline_on: date
    units: dict[int, Text] = field(default_factory=dict)


def waiting_in(asked_in: ReportingRound) -> "QuerySet[PeriodPlan]":
    """Return the plans that still wait for a responsible unit in a round.

    Open and not awaiting approval, of a period that has begun by the round's year, and without an answer in the round.
    An answer that was returned is asked for again.
    """
    answered = StatusReport.objects.filter(~SILENT, round=asked_in, plan=OuterRef("pk"))
    return PeriodPlan.objects.filter(
        ~Exists(answered),
        item__strategy=asked_in.strategy_id,
        status__in=WAITS_FOR_UNIT,
        period__start_year__lte=asked_in.year,
    )


def units_asked(asked_in: ReportingRound) -> frozenset[int]:
    """Return the units (of the strategy's municipality) that plans waiting in the round name; one query."""
    own = asked_in.strategy.municipality_id
    links = PlanUnit.objects.filter(plan__in=waiting_in(asked_in), unit__municipality=own).order_by()
    return frozenset(links.values_list("unit_id", flat=True).distinct())


def open_rows(asked_in: ReportingRound, units: Collection[int], today: date) -> list[OpenRow]:
    """Return what waits in the round for `units`, most urgent first; each row says which of them it names.

    Four queries, however many rows.
    """
    named: dict[int, dict[int, Text]] = defaultdict(dict)
    own = asked_in.strategy.municipality.language
    links = PlanUnit.objects.filter(plan__in=waiting_in(asked_in), unit__in=units).select_related("unit")
    for link in links.order_by("order"):
        named[link.plan_id][link.unit_id] = text_of(link.unit, "name", own)
    plans = (
        with_lateness(PeriodPlan.objects.filter(pk__in=list(named)), today)
        .select_related("item__goal", "item__strategy__municipality", "period")
        .prefetch_related(Prefetch("steps", Step.objects.filter(done=False, due_on__isnull=False).order_by("due_on")))
        .order_by("next_deadline_on", "item__goal__number", "item__order", "pk")
    )
    return [_row(plan, named[plan.pk], today) for plan in plans]


def _row(plan: Any, units: dict[int, Text], today: date) -> OpenRow:
    own = plan.item.strategy.municipality.language
    return OpenRow(
        plan_id=plan.pk,
        item_id=plan.item_id,
        name=text_of(plan.item, "name", own),
        goal=_goal(plan, own),
        period=text_of(plan.period, "name", own),
        due=_due(plan),
        next_step=_next_step(plan),
        distance=distance_words(plan.late_since or plan.next_deadline_on, today),
        late=lateness(plan.late_because, plan.late_since, today),
        status=str(labels.STATUS[Status(plan.status)]),
        deadline_on=plan.next_deadline_on,
        units=units,
    )


def _goal(plan: PeriodPlan, own: str) -> Text:
    goal = text_of(plan.item.goal, "name", own)
    number = plan.item.goal.number
    return goal if number is None else Text(f"{number}. {goal}", goal.lang)


def _due(plan: PeriodPlan) -> str:
    if plan.due_on:
        return due_words(plan.due_on, plan.due_precision)
    return due_words(date(plan.period.end_year, 12, 31), Precision.YEAR_END)


def _next_step(plan: PeriodPlan) -> str:
    """Return when the next step is due in words, where that comes before the plan's own due date."""
    own = plan.due_on or date(plan.period.end_year, 12, 31)
    step = next(iter(plan.steps.all()), None)
    if step is None or step.due_on is None or step.due_on >= own:
        return ""
    return due_words(step.due_on, step.due_precision)
