"""How a municipality stands, in numbers."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from notifications.models import Reminder
from toimenpiteet.models import PeriodPlan, StatusReport
from toimenpiteet.models.reporting import SILENT
from toimenpiteet.models.strategy import StrategyStatus
from toimenpiteet.selectors.plan.lateness import late
from toimenpiteet.workflow import Status

if TYPE_CHECKING:
    from notifications.situation import Situation

_A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """What is late, has no answer in a round that asks, waits for approval; which mails failed within a week."""

    late: int
    silent: int
    approvals: int
    failed: int


def anything(situation: "Situation") -> bool:
    """Tell whether there is anything to say; four queries at most."""
    return any(rows.exists() for rows in _rows(situation))


def stands(situation: "Situation") -> Week:
    """Return how it stands now; four queries."""
    return Week(*(rows.count() for rows in _rows(situation)))


def _rows(situation: "Situation") -> "tuple[QuerySet[Any], ...]":
    here, day = situation.municipality, situation.day
    plans = PeriodPlan.objects.filter(municipality=here, item__strategy__status=StrategyStatus.ADOPTED)
    silent = StatusReport.objects.filter(SILENT, round__in=list(situation.rounds), round__due_on__lt=day)
    failed = Reminder.objects.filter(municipality=here, state=Reminder.State.FAILED)
    return (
        plans.filter(late(day)),
        silent,
        plans.filter(status=Status.AWAITING_APPROVAL.value),
        failed.filter(settled_at__gt=situation.now - _A_WEEK),
    )
