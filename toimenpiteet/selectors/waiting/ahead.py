"""The days ahead of a person: those of the rounds that ask their units, and when their plans and steps are due."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.models import PlanUnit, ReportingRound, Step
from toimenpiteet.models.actions import DateKind
from toimenpiteet.models.strategy import StrategyStatus
from toimenpiteet.selectors.rounds.counting import counts
from toimenpiteet.selectors.translated import Text, text_of
from toimenpiteet.selectors.waiting.waiting import of_my_units
from toimenpiteet.workflow import OPEN_VALUES

_BACK = timedelta(days=60)
_MOST = 500


@dataclass(frozen=True)
class DayAhead:
    """One day: `key` tells it from all others and stays when it moves; `path` leads to what is due."""

    key: str
    on: date
    title: Text
    path: str


def days_ahead(scope: Scope, today: date) -> list[DayAhead]:
    """Return the person's days, those of the last 60 days too, by day; three queries."""
    if scope.anonymous:
        return []
    found = [*_of_rounds(scope, today), *_of_plans(scope, today), *_of_steps(scope, today)]
    return sorted(found, key=lambda one: (one.on, one.key))[:_MOST]


def _of_rounds(scope: Scope, today: date) -> list[DayAhead]:
    mine = PlanUnit.objects.filter(plan__item__strategy=OuterRef("strategy"), unit__in=scope.own_units)
    rounds = access.visible(scope, ReportingRound).filter(
        Exists(mine), due_on__gte=today - _BACK, strategy__status=StrategyStatus.ADOPTED
    )
    found = []
    for asked in rounds.select_related("strategy__municipality").order_by("due_on"):
        if not counts(asked.status, asked.due_on, asked.strategy.rounds_from):
            continue
        strategy = text_of(asked.strategy, "name", asked.strategy.municipality.language)
        words = {"round": asked.occasion, "strategy": strategy.text}
        opens, due = _("%(round)s opens: %(strategy)s"), _("Answers are due, %(round)s: %(strategy)s")
        found.append(DayAhead(f"round-{asked.pk}-opens", asked.opens_on, Text(opens % words), "/odottaa/"))
        found.append(DayAhead(f"round-{asked.pk}", asked.due_on, Text(due % words), "/odottaa/"))
    return found


def _of_plans(scope: Scope, today: date) -> list[DayAhead]:
    plans = of_my_units(scope).filter(due_on__gte=today - _BACK).select_related("item__municipality")
    return [
        DayAhead(
            f"plan-{plan.pk}",
            plan.due_on,
            Text(_("Due: %(what)s") % {"what": text_of(plan.item, "name", plan.item.municipality.language).text}),
            f"/toimenpiteet/{plan.item_id}/",
        )
        for plan in plans.order_by("due_on", "pk")[:_MOST]
        if plan.due_on
    ]


def _of_steps(scope: Scope, today: date) -> list[DayAhead]:
    mine = PlanUnit.objects.filter(plan=OuterRef("plan"), unit__in=scope.own_units)
    steps = access.visible(scope, Step).filter(
        Exists(mine), plan__status__in=OPEN_VALUES, done=False, date_kind=DateKind.DUE, due_on__gte=today - _BACK
    )
    return [
        DayAhead(
            f"step-{step.pk}",
            step.due_on,
            Text(_("Step due: %(what)s") % {"what": text_of(step, "text", step.plan.municipality.language).text}),
            f"/toimenpiteet/{step.plan.item_id}/",
        )
        for step in steps.select_related("plan__municipality").order_by("due_on", "pk")[:_MOST]
        if step.due_on
    ]
