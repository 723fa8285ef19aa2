"""Overdue, defined once (DOMAIN.md, "Overdue"): every list, mail, report and API asks here.

An open plan whose due date (or period end) is past; a step not done past its due date; an answer not given when the
round's deadline has passed. The first two meet in ``PeriodPlan.next_deadline_on``, which has the index.
"""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from toimenpiteet.models import PeriodPlan, StatusReport
from toimenpiteet.models.reporting import SILENT
from toimenpiteet.workflow import OPEN_VALUES


def unanswered(today: date) -> Exists:
    """Return the condition that some round's deadline has passed without an answer from the plan."""
    return Exists(StatusReport.objects.filter(SILENT, plan=OuterRef("pk"), round__due_on__lt=today))


def past_deadline(today: date) -> Q:
    """Return the condition that an open plan or one of its undone steps is past its deadline on `today`."""
    return Q(status__in=OPEN_VALUES, next_deadline_on__lt=today)


def late(today: date) -> Q:
    """Return the condition that a plan is overdue on `today`, for filters and annotations."""
    return past_deadline(today) | Q(unanswered(today), status__in=OPEN_VALUES)


def overdue(plans: "QuerySet[PeriodPlan]", today: date) -> "QuerySet[PeriodPlan]":
    """Return those of `plans` that are overdue on `today` (Europe/Helsinki)."""
    return plans.filter(late(today))


def is_overdue(plan: PeriodPlan, today: date) -> bool:
    """Tell whether a loaded plan is past a deadline; unanswered rounds need the database, see ``overdue``."""
    return plan.status in OPEN_VALUES and plan.next_deadline_on < today
