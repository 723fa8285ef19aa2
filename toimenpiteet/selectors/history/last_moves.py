"""The last move of each plan in words: who made it, when, and what they wrote."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from toimenpiteet.calendar import end_of_day
from toimenpiteet.dates import moment_words
from toimenpiteet.models import PeriodPlan, StatusChange
from toimenpiteet.models.reading import columns_of
from toimenpiteet.selectors.history.words import move_sentence, who_words
from toimenpiteet.workflow import TAKE_BACK, Status, headway

_SENT_BACK = "send_back"
_COLUMNS = ["plan_id", "move", "comment", "at", "actor_name__text", "on_behalf_name__text"]


@dataclass(frozen=True)
class LastMove:
    """What was done last to a plan's status, as a sentence that names who; `comment` is in their own words."""

    move: str
    sentence: str
    comment: str
    at: str

    @property
    def sent_back(self) -> bool:
        """Tell whether the plan was sent back to be continued, and nobody has moved it since."""
        return self.move == _SENT_BACK


def last_moves(plans: Collection[int]) -> dict[int, LastMove]:
    """Return the last move of each of `plans` that was moved at all; one query."""
    rows = _standing().filter(plan__in=plans).order_by("plan_id", "plan_version")
    # Of each plan the last row stays.
    found = {plan: row for plan, *row in columns_of(rows, _COLUMNS)} if plans else {}
    return {plan: _last(*row) for plan, row in found.items()}


def headways(plans: "QuerySet[PeriodPlan]", since: date) -> Counter[int]:
    """Return how many of `plans` have come further since the end of a day (1), and fallen back (-1); one query.

    Of each plan the status that it had then is compared with the one that it has, so what was taken back is no change.
    """
    moves = StatusChange.objects.filter(at__gte=end_of_day(since))
    # The moves of a plan are written one after the other, so the first has the least key.
    first = moves.order_by().values("plan").annotate(first=Min("pk")).values("first")
    moved = StatusChange.objects.filter(pk__in=first, plan__in=plans.order_by().values("pk")).order_by()
    found: Counter[int] = Counter()
    for before, after, count in moved.values_list("from_status", "plan__status").annotate(Count("pk")):
        found[headway(Status(before), Status(after))] += count
    return found


def _standing() -> "QuerySet[StatusChange]":
    """Return the moves that stand: what was taken back does not count, and neither does the taking back."""
    return StatusChange.objects.filter(undone_by__isnull=True).exclude(move=TAKE_BACK)


def _last(move: str, comment: str, at: datetime, who: str, on_behalf: str | None) -> LastMove:
    return LastMove(move, move_sentence(move, who_words(who, on_behalf or "")), comment, moment_words(at))


def sent_back() -> Q:
    """Return which plans were sent back to be continued and not moved since, for a query of plans."""
    later = _standing().filter(plan=OuterRef("plan"), plan_version__gt=OuterRef("plan_version"))
    last = _standing().filter(~Exists(later), plan=OuterRef("pk"), move=_SENT_BACK)
    return Q(Exists(last), status=Status.IN_PROGRESS.value)
