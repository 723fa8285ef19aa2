"""How far the strategies have come, in numbers."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.models import PeriodPlan
from toimenpiteet.selectors.overdue import past_deadline
from toimenpiteet.selectors.words import Text, columns_for, text_in
from toimenpiteet.workflow import Status


@dataclass(frozen=True)
class Progress:
    """One strategy's plans: all, completed, under way and overdue."""

    strategy_id: int
    name: Text
    all: int
    completed: int
    under_way: int
    overdue: int


_UNDER_WAY = (Status.IN_PROGRESS.value, Status.ON_HOLD.value, Status.AWAITING_APPROVAL.value)


def progress(scope: Scope, today: date) -> list[Progress]:
    """Return the strategies that have plans, by name; one query."""
    rows = (
        access.visible(scope, PeriodPlan)
        .order_by()
        .values_list("item__strategy_id", *columns_for("item__strategy__name"))
        .annotate(
            every=Count("pk"),
            completed=Count("pk", filter=Q(status=Status.COMPLETED.value)),
            under_way=Count("pk", filter=Q(status__in=_UNDER_WAY)),
            overdue=Count("pk", filter=past_deadline(today)),
        )
    )
    found = [Progress(pk, text_in((fi, sv, en)), *numbers) for pk, fi, sv, en, *numbers in rows]
    return sorted(found, key=lambda one: one.name.text.casefold())
