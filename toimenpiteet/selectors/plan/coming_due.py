"""Which open plans and steps are due in some working days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F

from toimenpiteet.calendar import Quiet, add_working_days, next_working_day, previous_mail_day, reminder_day
from toimenpiteet.models import Municipality, PeriodPlan, Step
from toimenpiteet.models.actions import DateKind
from toimenpiteet.models.strategy import StrategyStatus
from toimenpiteet.workflow import OPEN_VALUES


@dataclass(frozen=True)
class Coming:
    """A plan, or one of its steps, that is due on a day."""

    plan_id: int
    step_id: int | None
    due_on: date


def coming_due(municipality: Municipality, day: date, quiet: Quiet) -> Iterator[Coming]:
    """Return what is due within the working days that its strategy says, moved backward to a mail day; two queries."""
    strategy = {"strategy__municipality": municipality, "strategy__status": StrategyStatus.ADOPTED}
    there = {f"item__{name}": value for name, value in strategy.items()} | {"item__strategy__remind_due__isnull": False}
    last = next_working_day(add_working_days(day, 60)) + timedelta(days=60)
    plans = PeriodPlan.objects.filter(**there, status__in=OPEN_VALUES, due_on__gte=day, due_on__lte=last)
    for plan, due_on, ahead in plans.values_list("pk", "due_on", "item__strategy__remind_due"):
        if due_on and ahead and _has_come(due_on, ahead, day, quiet):
            yield Coming(plan, None, due_on)
    inside = {f"plan__{name}": value for name, value in there.items()}
    steps = Step.objects.filter(
        **inside, plan__status__in=OPEN_VALUES, done=False, date_kind=DateKind.DUE, due_on__gte=day, due_on__lte=last
    )
    ahead_of = F("plan__item__strategy__remind_due")
    for pk, plan, due_on, ahead in steps.values_list("pk", "plan_id", "due_on", ahead_of):
        if due_on and _has_come(due_on, ahead, day, quiet):
            yield Coming(plan, pk, due_on)


def _has_come(due_on: date, ahead: int, day: date, quiet: Quiet) -> bool:
    return previous_mail_day(reminder_day(due_on, ahead), quiet) <= day
