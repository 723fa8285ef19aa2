"""What the record says of the answers of a round: who said each, and which due dates have moved."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.db.models import QuerySet

from toimenpiteet import labels
from toimenpiteet.answers import Said
from toimenpiteet.models import AnswerCorrection, PeriodPlan, StatusChange, StatusReport, Strategy
from toimenpiteet.models.reading import columns_of
from toimenpiteet.selectors.history.words import who_words
from toimenpiteet.workflow import PROPOSAL, Role, Status


@dataclass(frozen=True)
class Sayer:
    """Who said an answer: in which role (``workflow.Role``), under which recorded name, on whose behalf ('': none).

    `person` is the key of whose role it was, 0 where nobody's.
    """

    role: str
    name: str
    on_behalf: str
    person: int = 0
    COLUMNS: ClassVar[tuple[str, ...]] = (
        *("acted_as", "actor_name__text", "on_behalf_name__text"),
        *("actor_name__person_id", "on_behalf_name__person_id"),
    )

    @classmethod
    def of(cls, role: str, name: str, on_behalf: str | None, own: int | None, other: int | None) -> "Sayer":
        """Return who wrote a row of the record, given what it holds in COLUMNS."""
        return cls(role, name, on_behalf or "", other or own or 0)

    def unnamed(self) -> "Sayer":
        """Return the role alone, as everybody may read it."""
        return Sayer(self.role, "", "")

    @property
    def who(self) -> str:
        """Return who it was, and for whom, empty where that is not for the reader."""
        return who_words(self.name, self.on_behalf) if self.name else ""

    @property
    def words(self) -> str:
        """Return the name and the role, as far as they are known."""
        return ", ".join(text for text in (self.who, str(labels.ROLE[Role(self.role)]) if self.role else "") if text)

    def __str__(self) -> str:
        return self.words


def who_said(round_id: int, plans: Collection[int] | None = None) -> dict[int, Sayer]:
    """Return, by plan, who said the last answer of a round, about all plans or some; one query."""
    rows: QuerySet[Any] = StatusReport.history.filter(round_id=round_id).exclude(said=Said.NOTHING)
    if plans is not None:
        rows = rows.filter(plan_id__in=plans)
    columns = ["plan_id", "answered_at", "history_date", *Sayer.COLUMNS]
    said = {}
    for plan, answered, at, *who in columns_of(rows.order_by("version"), columns):
        # What the review wrote later repeats the answer's columns: an answer is told by the time that it was given.
        if answered == at:
            said[plan] = Sayer.of(*who)
    return said


def who_corrected(reports: Collection[int]) -> dict[int, Sayer]:
    """Return, by correction, who said the corrections of some answers; one query."""
    rows: QuerySet[Any] = AnswerCorrection.history.filter(report_id__in=reports)
    return {pk: Sayer.of(*who) for pk, *who in columns_of(rows, ["id", *Sayer.COLUMNS])}


def first_due(plans: Collection[int]) -> dict[int, date]:
    """Return the due date that each of `plans` had first, where it had one; one query.

    One that was given later, and beyond the period, has moved from the period's end, which held until then.
    """
    rows: QuerySet[Any] = PeriodPlan.history.filter(id__in=plans, due_on__isnull=False).order_by("id", "-version")
    first = columns_of(rows, ["id", "version", "due_on", "period__end_year"])
    return {pk: due_on if version == 1 else min(due_on, date(end, 12, 31)) for pk, version, due_on, end in first}


def achieved(strategy: Strategy) -> dict[int, str]:
    """Return the words with which each plan that is done, or said to be, was proposed as completed; one query."""
    done = [Status.COMPLETED.value, Status.AWAITING_APPROVAL.value]
    moves = StatusChange.objects.filter(plan__item__strategy=strategy, plan__status__in=done, move=PROPOSAL)
    return dict(columns_of(moves.order_by("at", "pk"), ["plan_id", "comment"]))
