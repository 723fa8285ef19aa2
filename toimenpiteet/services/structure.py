"""What makes up a strategy: added, changed and removed by those who keep the structure, or loaded from a file.

One way for all of these, since they have no rules of their own beyond the database's; what has rules (a plan's
status, a step's being done) has a service of its own and is refused here. Derived deadlines follow.
"""

from typing import Any, TypeVar

from toimenpiteet.models import Audited, PeriodPlan, PlanPeriod, Stamp, Step, Strategy, UnauditedChange
from toimenpiteet.services import deadlines, record
from toimenpiteet.workflow import INITIAL

Structure = TypeVar("Structure", bound=Audited)

# What moves the derived deadline of plans.
_DATES = {"due_on", "period", "period_id", "end_year", "shift_deadlines"}
_NOT_HERE: dict[type[Audited], set[str]] = {
    PeriodPlan: {"status", "next_deadline_on", "version"},
    Step: {"done", "done_on", "version"},
}


def add(obj: Structure, stamp: Stamp) -> Structure:
    """Insert `obj` with its first history row; a plan starts as not started, a step as not done.

    Raises UnauditedChange when it claims more: statuses are set by services.plans alone.
    """
    if isinstance(obj, PeriodPlan):
        if obj.status != INITIAL:
            raise UnauditedChange("A plan starts as not_started; move it with services.plans.")
        own = deadlines.stated_deadline(obj)
        obj.next_deadline_on = deadlines.moved(own, shift=obj.item.strategy.shift_deadlines)
    if isinstance(obj, Step) and obj.done:
        raise UnauditedChange("A step starts as not done; tick it with services.plans.")
    record.add(obj, stamp)
    if isinstance(obj, Step) and obj.due_on:
        deadlines.refresh(obj.plan)
    return obj


def change(obj: Audited, stamp: Stamp, **values: Any) -> list[str]:
    """Set `values` on a locked, fresh `obj`; return the names of the changed fields. Saves only what differs.

    Raises UnauditedChange for a field that another service owns.
    """
    refused = _NOT_HERE.get(type(obj), {"version"}) & values.keys()
    if refused:
        raise UnauditedChange(f"{', '.join(sorted(refused))}: change it with services.plans.")
    changed = record.change(obj, stamp, **values)
    if _DATES & set(changed):
        _refresh(obj)
    return changed


def remove(obj: Audited, stamp: Stamp) -> None:
    """Delete `obj`; raises ProtectedError while something hangs on it. Its history says who and why."""
    plan = obj.plan if isinstance(obj, Step) else None
    record.remove(obj, stamp)
    if plan:
        deadlines.refresh(plan)


def _refresh(obj: Audited) -> None:
    plans = PeriodPlan.objects.select_related("period", "item__strategy")
    if isinstance(obj, PeriodPlan):
        deadlines.refresh(obj)
    elif isinstance(obj, Step):
        deadlines.refresh(obj.plan)
    elif isinstance(obj, PlanPeriod):
        deadlines.refresh_all(plans.filter(period=obj))
    elif isinstance(obj, Strategy):
        deadlines.refresh_all(plans.filter(item__strategy=obj))
