"""The only writer of the columns that follow from other rows; their rules are selectors' (deadlines, history.signs).

``audited`` calls `before` and `follow` with every row that it writes. What they write is nobody's change: neither
history nor version moves, and verify_history computes it again.
"""

from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet

from toimenpiteet.models import Audited, PeriodPlan, PlanPeriod, Stamp, Step, Strategy
from toimenpiteet.selectors.history.signs import is_sign, last_signs, plan_column
from toimenpiteet.selectors.plan.deadlines import earliest, moved, stated_deadline

# What moves the deadlines of plans.
_DATES: dict[type[Audited], set[str]] = {
    PeriodPlan: {"due_on", "period"},
    Step: {"due_on", "date_kind", "done", "plan"},
    PlanPeriod: {"end_year"},
    Strategy: {"shift_deadlines"},
}


def before(obj: Audited, stamp: Stamp) -> set[str]:
    """Set the derived columns of a row that is about to be written; return those that are to be saved with it."""
    if isinstance(obj, PeriodPlan) and obj._state.adding:
        obj.next_deadline_on = moved(stated_deadline(obj), shift=obj.item.strategy.shift_deadlines)
    column = plan_column(type(obj))
    if not column or not is_sign(stamp):
        return set()
    if isinstance(obj, PeriodPlan):
        obj.last_sign_at = max(obj.last_sign_at or stamp.at, stamp.at)
        return {"last_sign_at"}
    earlier = Q(last_sign_at__isnull=True) | Q(last_sign_at__lt=stamp.at)
    QuerySet(PeriodPlan).filter(earlier, pk=getattr(obj, column)).update(last_sign_at=stamp.at)
    return set()


def follow(obj: Audited, changed: Collection[str] | None = None) -> None:
    """Bring up to date what follows from `obj`, of which the columns `changed` were written (None: it came or went)."""
    names = {name.removesuffix("_id") for name in changed or ()}
    if isinstance(obj, Step) and changed is None and obj.due_on:
        refresh([obj.plan])
    elif names & _DATES.get(type(obj), set()):
        refresh(_plans(obj))


def _plans(obj: Audited) -> Iterable[PeriodPlan]:
    if isinstance(obj, PeriodPlan):
        return [obj]
    if isinstance(obj, Step):
        return [obj.plan]
    within = {"period": obj} if isinstance(obj, PlanPeriod) else {"item__strategy": obj}
    return PeriodPlan.objects.filter(**within).select_related("period", "item__strategy")


def refresh(plans: Iterable[PeriodPlan]) -> None:
    """Write the next deadline of each of `plans` where it is not what the dates make it."""
    for plan in plans:
        day = earliest(plan)
        if plan.next_deadline_on != day:
            # A plain queryset: the model's own refuses what history does not see, and this it need not see.
            QuerySet(PeriodPlan).filter(pk=plan.pk).update(next_deadline_on=day)
            plan.next_deadline_on = day


def refresh_sign(plan: PeriodPlan) -> None:
    """Write the last sign that the record tells of, as after a sign was taken back."""
    plan.last_sign_at = max((at for _, at in last_signs(plan.pk)), default=None)
    QuerySet(PeriodPlan).filter(pk=plan.pk).update(last_sign_at=plan.last_sign_at)
