"""A plan as a card of a list: what one needs to decide, without its steps; two queries, however many cards."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery

from toimenpiteet import access, labels
from toimenpiteet.access import Scope
from toimenpiteet.dates import day_words, distance_words
from toimenpiteet.models import PeriodPlan, PlanPeriod, PlanUnit, Step
from toimenpiteet.selectors.plan.lateness import Lateness, lateness, with_lateness
from toimenpiteet.selectors.rows import MoveRow, Named, move_rows
from toimenpiteet.selectors.words import Text, text_of
from toimenpiteet.workflow import CLOSED, TRANSITIONS, Role, Status, Transition, available


@dataclass(frozen=True)
class CardRow:
    """One plan of a list; its steps are read when somebody opens them."""

    pk: int
    version: int
    item_id: int
    item_name: Text
    goal_number: int | None
    period_name: Text
    status: Status
    status_label: str
    deadline: str
    distance: str
    late: Lateness | None
    units: list[Named]
    steps_done: int
    steps_all: int
    moves: list[MoveRow]

    @property
    def open_moves(self) -> list[MoveRow]:
        """Return the moves that are open to the person."""
        return [move for move in self.moves if move.open]


def card_rows(keys: Sequence[int], scope: Scope, today: date) -> list[CardRow]:
    """Return the plans of `keys`, which came out of ``access``, in that order; two queries, none without keys."""
    if not keys:
        return []
    units: dict[int, list[Any]] = defaultdict(list)
    for link in PlanUnit.objects.filter(plan__in=keys).select_related("unit").order_by("plan", "order"):
        units[link.plan_id].append(link.unit)
    around = ("item__goal", "item__strategy__municipality", "period")
    last = PlanPeriod.objects.filter(strategy=OuterRef("item__strategy")).order_by("-start_year")
    plans = (
        with_lateness(PeriodPlan.objects.filter(pk__in=keys), today)
        .select_related(*around)
        .annotate(
            last_start=Subquery(last.values("start_year")[:1]),
            steps_done=_steps(done=True),
            steps_all=_steps(),
        )
    )
    found = {plan.pk: _row(plan, units[plan.pk], scope, today) for plan in plans}
    return [found[key] for key in keys if key in found]


def _steps(**conditions: Any) -> Subquery:
    steps = Step.objects.filter(plan=OuterRef("pk")).order_by().values("plan")
    return Subquery(steps.annotate(count=Count("pk", filter=Q(**conditions))).values("count"))


def _row(plan: Any, units: list[Any], scope: Scope, today: date) -> CardRow:
    own = plan.item.strategy.municipality.language
    roles = access.roles_on(scope, plan, [unit.pk for unit in units])
    status = Status(plan.status)
    return CardRow(
        pk=plan.pk,
        version=plan.version,
        item_id=plan.item_id,
        item_name=text_of(plan.item, "name", own),
        goal_number=plan.item.goal.number,
        period_name=text_of(plan.period, "name", own),
        status=status,
        status_label=str(labels.STATUS[status]),
        deadline=day_words(plan.next_deadline_on),
        distance="" if status in CLOSED else distance_words(plan.late_since or plan.next_deadline_on, today),
        late=lateness(plan.late_because, plan.late_since, today),
        units=[Named(unit.pk, text_of(unit, "name", own)) for unit in units],
        steps_done=plan.steps_done or 0,
        steps_all=plan.steps_all or 0,
        moves=move_rows(status, roles, later_period=plan.last_start > plan.period.end_year),
    )


# What can be done to many at once


@dataclass(frozen=True)
class BulkMove:
    """A move that is open for at least one of the plans shown."""

    name: str
    label: str
    comment_required: bool


def moves_of(rows: Iterable[CardRow], chosen: str = "") -> list[BulkMove]:
    """Return the moves that are open for at least one of `rows`, and the `chosen` one, in the order of the workflow."""
    names = {chosen, *(move.name for row in rows for move in row.open_moves)}
    return [_bulk(move) for move in TRANSITIONS if move.name in names]


def moves_of_director() -> list[BulkMove]:
    """Return every move that a director may make on a plan that is still open."""
    names = {move.name for status in set(Status) - CLOSED for move in available(status, {Role.DIRECTOR})}
    return [_bulk(move) for move in TRANSITIONS if move.name in names]


def _bulk(move: Transition) -> BulkMove:
    return BulkMove(move.name, str(labels.MOVE[move.name]), move.comment_required)
