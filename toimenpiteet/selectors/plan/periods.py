"""The periods after a plan's own: into the first of them an open plan is carried over."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from toimenpiteet.models import PeriodPlan, PlanPeriod


def _after(strategy: Any, end_year: Any) -> "QuerySet[PlanPeriod]":
    return PlanPeriod.objects.filter(strategy=strategy, start_year__gt=end_year).order_by("start_year")


def later_period(plan: PeriodPlan) -> PlanPeriod | None:
    """Return the strategy's first period that starts after the plan's own ends, or None."""
    return _after(plan.period.strategy_id, plan.period.end_year).first()


def has_later() -> Exists:
    """Return, as a column of plans, whether there is such a period."""
    return Exists(_after(OuterRef("item__strategy"), OuterRef("period__end_year")))
