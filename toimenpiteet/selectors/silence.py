"""Who is silent: responsible units with open plans of which nothing has been heard. Silent is not unchanged."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Max, QuerySet

from toimenpiteet.access import Scope
from toimenpiteet.calendar import local_day
from toimenpiteet.dates import day_words
from toimenpiteet.models import Comment, Door, PeriodPlan, PlanUnit, StatusChange, Step
from toimenpiteet.models.prepared import columns_of
from toimenpiteet.selectors.waiting import directed
from toimenpiteet.selectors.words import Text, columns_for, in_alphabet, text_in
from toimenpiteet.workflow import OPEN_VALUES

WITHOUT_ROUND = timedelta(days=90)
# What loads write is no sign of life.
_LOADS = (Door.IMPORT.value, Door.COMMAND.value)


@dataclass(frozen=True)
class SilentUnit:
    """A silent unit: how many of its plans are open, and days since the last sign of life (None: never any)."""

    pk: int
    name: Text
    plans: int
    days: int | None


@dataclass(frozen=True)
class Silence:
    """The silent units, the longest silent first, of `units` that have open plans; since which day."""

    silent: list[SilentUnit]
    units: int
    since: date

    @property
    def since_words(self) -> str:
        """Return the day in words."""
        return day_words(self.since)


def silence(scope: Scope, today: date, opened_on: date | None) -> Silence:
    """Return which units are silent since the last round opened, or for 90 days where none has; two queries.

    A sign of life is anything that anybody did on a plan for which the unit is responsible: a move, a ticked step, a
    comment, an edit.
    """
    since = opened_on or today - WITHOUT_ROUND
    plans: dict[int, list[int]] = defaultdict(list)
    names: dict[int, Sequence[str]] = {}
    links = PlanUnit.objects.filter(plan__in=_open(scope)).order_by()
    for unit, plan, *texts in columns_of(links, ["unit_id", "plan_id", *columns_for("unit__name")]):
        plans[unit].append(plan)
        names[unit] = texts
    signs = _last_signs(scope)
    last = {unit: max((signs[plan] for plan in of if plan in signs), default=None) for unit, of in plans.items()}
    silent = [unit for unit, at in last.items() if at is None or local_day(at) < since]
    rows = [
        SilentUnit(unit, text_in(names[unit]), len(plans[unit]), None if at is None else (today - local_day(at)).days)
        for unit in silent
        for at in [last[unit]]
    ]
    return Silence(sorted(rows, key=_longest_first), len(plans), since)


def _longest_first(row: SilentUnit) -> tuple[bool, int, tuple[str, str]]:
    return row.days is not None, -(row.days or 0), in_alphabet(row.name)


def _open(scope: Scope) -> "QuerySet[PeriodPlan]":
    return directed(scope).filter(status__in=OPEN_VALUES)


def _last_signs(scope: Scope) -> dict[int, datetime]:
    """Return when somebody last did something on each open plan; one query."""
    plans = _open(scope).values("pk")
    moves = StatusChange.objects.filter(plan__in=plans).exclude(door__in=_LOADS)
    comments = Comment.objects.filter(plan__in=plans)
    steps = Step.history.filter(plan__in=plans).exclude(door__in=_LOADS)
    edits = PeriodPlan.history.filter(id__in=plans).exclude(door__in=_LOADS)
    parts = [_last(moves, "plan_id", "at"), _last(comments, "plan_id", "at")]
    parts += [_last(steps, "plan_id", "history_date"), _last(edits, "id", "history_date")]
    found: dict[int, datetime] = {}
    for plan, at in parts[0].union(*parts[1:], all=True):
        found[plan] = max(at, found.get(plan, at))
    return found


def _last(rows: "QuerySet[Any]", plan: str, at: str) -> "QuerySet[Any]":
    found: QuerySet[Any] = rows.order_by().values(of_plan=F(plan)).annotate(last=Max(at)).values_list("of_plan", "last")
    return found
