"""The only writer of the derived column behind the overdue lists; selectors.deadlines has the rule."""

from collections.abc import Iterable

from django.db.models import QuerySet

from toimenpiteet.models import PeriodPlan
from toimenpiteet.selectors.deadlines import earliest, moved, stated_deadline

__all__ = ["earliest", "moved", "refresh", "refresh_all", "stated_deadline"]


def refresh(plan: PeriodPlan) -> None:
    """Write the derived column; nobody's change, so neither history nor version moves."""
    day = earliest(plan)
    if plan.next_deadline_on != day:
        # A plain queryset: the model's own refuses what history does not see, and this it need not see.
        QuerySet(PeriodPlan).filter(pk=plan.pk).update(next_deadline_on=day)
        plan.next_deadline_on = day


def refresh_all(plans: Iterable[PeriodPlan]) -> None:
    """Write the derived column of every one of `plans`, as after a change of their period or strategy."""
    for plan in plans:
        refresh(plan)
