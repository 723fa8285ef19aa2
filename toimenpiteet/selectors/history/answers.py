"""What the record says of the answers of a round: in which role each was said, and which due dates have moved."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import QuerySet

from toimenpiteet.answers import Said
from toimenpiteet.models import PeriodPlan, StatusReport
from toimenpiteet.models.reading import columns_of


def roles_of_answers(round_id: int) -> dict[int, str]:
    """Return, by plan, in which role (``workflow.Role``) the last answer of a round was said; one query."""
    rows: QuerySet[Any] = StatusReport.history.filter(round_id=round_id).exclude(said=Said.NOTHING)
    # What the review wrote later repeats the answer's columns: an answer is told by the time that it was given.
    said = {}
    for plan, answered, at, role in columns_of(
        rows.order_by("version"), ["plan_id", "answered_at", "history_date", "acted_as"]
    ):
        if answered == at:
            said[plan] = role
    return said


def first_due(plans: Collection[int]) -> dict[int, date]:
    """Return the due date that each of `plans` had first, where it had one; one query."""
    rows: QuerySet[Any] = PeriodPlan.history.filter(id__in=plans, due_on__isnull=False).order_by("id", "-version")
    return dict(columns_of(rows, ["id", "due_on"]))
