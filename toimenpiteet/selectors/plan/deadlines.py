"""A plan's earliest open deadline: the rule behind the derived column of the overdue lists."""

from collections.abc import Iterable
from datetime import date

from toimenpiteet.calendar import deadline
from toimenpiteet.models import DateKind, PeriodPlan, Step


def moved(day: date, *, shift: bool) -> date:
    """Return the deadline as moved to a working day (act 150/1930, 5 §) when the strategy shifts its deadlines."""
    return deadline(day, shift=shift).due_on


def stated(due_on: date | None, end_year: int) -> date:
    """Return the last day of what is stated, or the end of the period's last year where nothing is."""
    return due_on or date(end_year, 12, 31)


def earliest_of(own: date, steps: Iterable[date], *, shift: bool) -> date:
    """Return the earliest of a plan's own deadline and the due days of its undone steps, moved to a working day."""
    return moved(min([own, *steps]), shift=shift)


def stated_deadline(plan: PeriodPlan) -> date:
    """Return the last day of the plan's due date, or of its period where no due date is stated."""
    return stated(plan.due_on, plan.period.end_year)


def earliest(plan: PeriodPlan) -> date:
    """Return what `next_deadline_on` of the plan has to be."""
    steps = Step.objects.filter(plan=plan, done=False, date_kind=DateKind.DUE).values_list("due_on", flat=True)
    days = [day for day in steps if day]
    return earliest_of(stated_deadline(plan), days, shift=plan.item.strategy.shift_deadlines)
