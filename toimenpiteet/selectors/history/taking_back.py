"""Whether a person may take back the last move of a plan, until when, and why not (docs/domain.md, "Taking back")."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from toimenpiteet import access, labels
from toimenpiteet.access import Scope
from toimenpiteet.change_requests import ChangeKind
from toimenpiteet.dates import time_words
from toimenpiteet.models import Audited, ChangeRequest, PeriodPlan, PlanSuccessor, ReportingRound, StatusChange
from toimenpiteet.selectors.plan.successors import depended_on
from toimenpiteet.workflow import TAKE_BACK, TAKE_BACK_WITHIN, Refusal, Status, why_not_take_back


@dataclass(frozen=True)
class TakingBack:
    """The `last` move of a plan, at `now`; `refusal` is why the person may not take it back, None when they may."""

    last: StatusChange
    refusal: Refusal | None
    now: datetime
    name: str = TAKE_BACK

    @property
    def plan_id(self) -> int:
        """Return the key of the plan."""
        return self.last.plan_id

    @property
    def open(self) -> bool:
        """Tell whether the person may take it back."""
        return self.refusal is None

    @property
    def refused(self) -> bool:
        """Tell whether there is a move to take back, and the person may not."""
        return self.refusal not in {None, Refusal.NOTHING_TO_TAKE_BACK}

    @property
    def until(self) -> datetime:
        """Return the last instant at which it may be taken back."""
        return self.last.at + TAKE_BACK_WITHIN

    @property
    def until_words(self) -> str:
        """Return that instant as a time of day."""
        return time_words(self.until)

    @property
    def minutes_left(self) -> int:
        """Return how many minutes are left, begun ones counted."""
        return -(-(self.until - self.now) // timedelta(minutes=1))

    @property
    def target(self) -> Status:
        """Return the status that would stand again."""
        return Status(self.last.from_status)

    @property
    def target_label(self) -> str:
        """Return that status in words."""
        return str(labels.STATUS[self.target])

    @property
    def label(self) -> str:
        """Return what the button says."""
        return str(labels.MOVE[TAKE_BACK])

    @property
    def why_not(self) -> str:
        """Return the refusal in words; empty when there is none."""
        return str(labels.REFUSAL[self.refusal]) if self.refusal else ""


def takings_back(scope: Scope, plans: Mapping[int, Collection[int] | None], now: datetime) -> dict[int, TakingBack]:
    """Return, for each of the `plans` that was ever moved, how its last move stands for the person at `now`.

    `plans` gives for each key its responsible units, or None where they are to be read. One query, and a few for each
    move that the person made within the time.
    """
    after = StatusChange.objects.filter(plan=OuterRef("plan"), plan_version__gt=OuterRef("plan_version"))
    latest = StatusChange.objects.filter(~Exists(after), plan__in=list(plans)).select_related("plan__period")
    return {
        last.plan_id: TakingBack(last, _why_not(scope, last, plans[last.plan_id], now), now)
        for last in latest.order_by()
    }


def _why_not(scope: Scope, last: StatusChange, units: Collection[int] | None, now: datetime) -> Refusal | None:
    own = scope.user is not None and last.actor_id == scope.user.pk
    roles = access.roles_on(scope, last.plan, units) if own else frozenset()
    refusal = why_not_take_back(last.move, own=own, since=now - last.at, roles=roles)
    return refusal or _since(last)


def _since(last: StatusChange) -> Refusal | None:
    """Return what has happened since the `last` move that keeps it from being taken back."""
    if last.plan.version != last.plan_version or _happened([last.plan_id], last.at):
        return Refusal.CHANGED_SINCE
    made = plans_made(last)
    if made and (_happened(made, last.at) or depended_on(made, last.plan_id)):
        return Refusal.LATER_PLAN_USED
    if (last.to_status == Status.DISCONTINUED and _decided(last)) or _gone(last):
        return Refusal.CHANGED_SINCE
    return Refusal.ROUND_LOCKED if _round_locked(last) else None


def _decided(last: StatusChange) -> bool:
    """Tell whether the plan ended by a decision on a change request, with which that stands."""
    return ChangeRequest.objects.filter(plan=last.plan_id, kind=ChangeKind.ENDING, decided_at=last.at).exists()


def plans_made(last: StatusChange) -> list[int]:
    """Return the plans in a later period that a move made: those of a carrying over, as long as it stands."""
    if last.to_status != Status.CARRIED_OVER:
        return []
    named = PlanSuccessor.objects.filter(plan=last.plan_id, made_plan__isnull=False)
    made = list(named.values_list("made_plan_id", flat=True))
    return made if last.made_plan_id is None else [last.made_plan_id, *made]


def left_by_reopening(last: StatusChange) -> list[Any]:
    """Return, as rows of the history, where the plan went on that the `last` move reopened, if that was named."""
    if last.from_status != Status.CARRIED_OVER:
        return []
    rows = PlanSuccessor.history.filter(plan_id=last.plan_id, history_type="-", history_date=last.at)
    return list(rows.order_by("order", "history_id"))


def _gone(last: StatusChange) -> bool:
    """Tell whether an item in which the plan went on until it was reopened has no later plan any more."""
    items = {row.item_id for row in left_by_reopening(last)}
    later = PeriodPlan.objects.filter(item__in=items, period__start_year__gt=last.plan.period.end_year)
    return bool(items) and items != set(later.values_list("item_id", flat=True))


def parts_of_plan() -> Iterator[tuple[type[Audited], str]]:
    """Yield every tracked table whose rows belong to a plan, with the column that says to which."""
    for relation in PeriodPlan._meta.related_objects:
        if issubclass(relation.related_model, Audited):
            yield relation.related_model, relation.field.attname


def _happened(plans: Collection[int], at: datetime) -> bool:
    """Tell whether anything is recorded of one of `plans` or its parts after `at`; one query."""
    tables: list[tuple[type[Audited], str]] = [(PeriodPlan, "id"), *parts_of_plan()]
    rows = [
        model.history.filter(**{f"{column}__in": plans}, history_date__gt=at).order_by().values_list("history_date")
        for model, column in tables
    ]
    return bool(rows[0].union(*rows[1:], all=True).exists())


def _round_locked(last: StatusChange) -> bool:
    """Tell whether a round of the plan's strategy was locked after the move, which it therefore counts."""
    closed = ReportingRound.history.filter(status__in=ReportingRound.CLOSED)
    before = closed.filter(id=OuterRef("id"), history_date__lte=last.at)
    since = closed.filter(strategy_id=last.plan.period.strategy_id, history_date__gt=last.at)
    return bool(since.filter(~Exists(before)).exists())
