"""Late, defined once (docs/domain.md, "Overdue"): why and since when; every list, count, page, mail and API asks here.

Late is an open plan whose due date (or period end) is past; that has a step not done past its due date; or whose answer
was not given when a round's day for answers passed, until that round is locked. What awaits approval is late on the
director's side. Days are those of Europe/Helsinki and hold until they end.

The first two meet in ``PeriodPlan.next_deadline_on``, which has an index, as the answers that are missing have.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Least, NullIf

from toimenpiteet import labels
from toimenpiteet.calendar import Precision, local_day
from toimenpiteet.dates import day_words, distance_words, due_words
from toimenpiteet.models import PeriodPlan, ReportingRound, StatusReport
from toimenpiteet.models.reading import columns_of
from toimenpiteet.models.reporting import SILENT
from toimenpiteet.selectors.plan.deadlines import moved
from toimenpiteet.workflow import OPEN_VALUES, LateBecause, Status

_DAY = timedelta(days=1)
_NEVER = Value(date.max, DateField())


@dataclass(frozen=True)
class Lateness:
    """Why a plan or step is late on `today`, and since which day: the one that passed.

    `stated` is that day in words where its source gives no day but a month, a season or a year; else ''.
    """

    because: LateBecause
    since: date
    today: date
    stated: str = ""

    @property
    def days(self) -> int:
        """Return how many days late it is, counted from the day that passed; at least 1."""
        return (self.today - self.since).days

    @property
    def distance(self) -> str:
        """Return how late it is in words, such as '2 weeks late'."""
        return distance_words(self.since, self.today)

    @property
    def why(self) -> str:
        """Return why and since when in words, such as 'no answer since 1.3.2021'."""
        return str(labels.LATE[self.because]) % {"day": self.stated or day_words(self.since)}


# In the database


def late(today: date, *, days: int = 1) -> Q:
    """Return the condition that a plan is late on `today`, by at least `days` days."""
    last = today - days * _DAY
    return Q(Q(next_deadline_on__lte=last) | Q(Exists(_unanswered(last).filter(plan=OuterRef("pk")))), _OPEN)


def late_of_many(today: date) -> Q:
    """Return the same condition as ``late`` for very many plans: what is silent is read once, not for each plan."""
    last = today - _DAY
    return Q(Q(next_deadline_on__lte=last) | Q(pk__in=_unanswered(last).values("plan")), _OPEN)


def with_lateness(plans: "QuerySet[PeriodPlan]", today: date) -> "QuerySet[Any]":
    """Annotate `late_because` (a LateBecause) and `late_since` (a day) on `plans`; both None where one is not late."""
    return plans.annotate(late_since=_since(today)).annotate(late_because=_BECAUSE)


def longest_late(
    plans: "QuerySet[PeriodPlan]", municipalities: Collection[int], today: date, limit: int, *, days: int = 1
) -> list[tuple[date, int]]:
    """Return since when, and the keys, of the `limit` of `plans` that are late the longest, at least `days` days.

    `municipalities` are those that the plans belong to. The longest late of all are among the longest late by date and
    the longest late by silence, so that of a hundred thousand plans few are read: two queries, and one for each day on
    which the answers of a round were due that is not locked.
    """
    last = today - days * _DAY
    by_date = plans.filter(_OPEN, next_deadline_on__lte=last).order_by("next_deadline_on", "pk")
    found: dict[int, date] = dict(columns_of(by_date[:limit], ["pk", "next_deadline_on"]))
    for day, plan in _longest_silent(plans, municipalities, last, limit):
        found[plan] = min(day, found.get(plan, day))
    return sorted((since, plan) for plan, since in found.items())[:limit]


def _longest_silent(
    plans: "QuerySet[PeriodPlan]", municipalities: Collection[int], last: date, limit: int
) -> Iterator[tuple[date, int]]:
    rounds: dict[date, list[int]] = defaultdict(list)
    asked = ReportingRound.objects.filter(_passed(last), strategy__municipality__in=municipalities)
    for pk, day in columns_of(asked.order_by("due_on"), ["pk", "due_on"]):
        rounds[day].append(pk)
    there = plans.filter(_OPEN).order_by().values("pk")
    seen: set[int] = set()
    for day, keys in rounds.items():
        reports = StatusReport.objects.filter(SILENT, round__in=keys, plan__in=there).order_by("plan_id")
        silent = [plan for (plan,) in columns_of(reports[:limit], ["plan_id"])]
        yield from ((day, plan) for plan in silent)
        seen.update(silent)
        if len(seen) >= limit:
            return


_OPEN = Q(status__in=OPEN_VALUES)


def _unanswered(last: date) -> "QuerySet[StatusReport]":
    """Return the answers that are missing since `last` or an earlier day."""
    return StatusReport.objects.filter(SILENT, _passed(last, "round__"))


def _passed(last: date, to_round: str = "") -> Q:
    """Return the condition that answers of a round were due on `last` or before, and that it is not locked."""
    return Q(**{f"{to_round}due_on__lte": last}) & ~Q(**{f"{to_round}status__in": ReportingRound.CLOSED})


def _since(today: date) -> Any:
    """Return the earliest of the days that passed."""
    asked = _unanswered(today - _DAY).filter(plan=OuterRef("pk")).order_by("round__due_on").values("round__due_on")
    deadline = Case(When(next_deadline_on__lt=today, then=F("next_deadline_on")), default=_NEVER)
    earliest = NullIf(Least(deadline, Coalesce(Subquery(asked[:1]), _NEVER)), _NEVER)
    return Case(When(_OPEN, then=earliest), output_field=DateField())


# The plan's own day is the earliest when it is not behind the earliest of all, which is moved to a working day.
_OWN_DAY = (
    Q(due_on__lte=F("next_deadline_on"))
    | Q(due_on=None, next_deadline_on__year__gt=F("period__end_year"))
    | Q(due_on=None, next_deadline_on__year=F("period__end_year"), next_deadline_on__month=12, next_deadline_on__day=31)
)
_BECAUSE = Case(
    When(late_since=None, then=None),
    When(status=Status.AWAITING_APPROVAL.value, then=Value(LateBecause.APPROVAL.value)),
    When(late_since__lt=F("next_deadline_on"), then=Value(LateBecause.ANSWER.value)),
    When(_OWN_DAY, then=Value(LateBecause.DUE.value)),
    default=Value(LateBecause.STEP.value),
    output_field=CharField(),
)


# Of what is read


def lateness(
    because: str | None, since: date | None, today: date, due_on: date | None, precision: str
) -> Lateness | None:
    """Return what ``with_lateness`` found of a plan, whose own due date is `due_on`; None where it is not late."""
    if not because or not since:
        return None
    late = Lateness(LateBecause(because), since, today)
    # A step or an answer that is late before the plan's own date says nothing of that date.
    own = late.because in {LateBecause.DUE, LateBecause.APPROVAL}
    if not own or due_on is None or due_on > since or precision == Precision.DAY:
        return late
    return replace(late, stated=due_words(due_on, precision))


def answer_is_late(asked: ReportingRound, answered_at: datetime | None, today: date, *, waited_for: bool) -> bool:
    """Tell whether an answer came after its round's day of answers, or has not come though that day is past.

    `waited_for` tells that nothing is said of an open plan, or that its answer was given back. After the lock only what
    came late is late.
    """
    if answered_at is not None and local_day(answered_at) > asked.due_on:
        return True
    return waited_for and asked.due_on < today and asked.status not in ReportingRound.CLOSED


def step_lateness(due_on: date | None, today: date, *, waited_for: bool, shift: bool) -> Lateness | None:
    """Return since when a step is late; `waited_for` tells that it is not done and its plan open, None if it is not.

    `shift` is the strategy's choice whether deadlines move to a working day.
    """
    if not waited_for or due_on is None:
        return None
    day = moved(due_on, shift=shift)
    return Lateness(LateBecause.STEP, day, today) if day < today else None
