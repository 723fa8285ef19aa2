"""What is still open of a plan period, and what a move of many plans would do: for the end of the period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, QuerySet, Value, When
from django.utils.translation import gettext as _

from toimenpiteet import access, labels
from toimenpiteet.access import Scope
from toimenpiteet.languages import columns_for
from toimenpiteet.models import PeriodPlan, PlanPeriod
from toimenpiteet.models.reading import columns_of
from toimenpiteet.selectors.plan.moves import BulkMove, moves_of_director
from toimenpiteet.selectors.plan.view import CARD, PlanView, existing, views
from toimenpiteet.selectors.translated import Named, Text, named_of, text_in, text_of
from toimenpiteet.workflow import BY_NAME, OPEN_VALUES, Refusal, Status

CLOSING = ("carry_over", "approve", "discontinue")
"""The moves by which a plan leaves its period."""
# What waits for the director alone comes first.
_ORDER = (Status.AWAITING_APPROVAL, Status.IN_PROGRESS, Status.ON_HOLD, Status.NOT_STARTED)


@dataclass(frozen=True)
class Standing:
    """How many open plans of a period stand in one status; `chosen` tells that only these are shown."""

    status: Status
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class ClosingPage:
    """A period and how many of its plans are open; `later` names the period after it, empty where there is none."""

    pk: int
    name: Text
    strategy: Named
    municipality: Named
    ended: bool
    later: Text
    standing: list[Standing]

    @property
    def total(self) -> int:
        """Return how many plans are open."""
        return sum(one.count for one in self.standing)


def closing_page(scope: Scope, period_id: int, today: date, status: str = "") -> ClosingPage:
    """Return the state of a period; raises Http404. Whether the person may close it is the door's to ask."""
    periods = access.visible(scope, PlanPeriod).select_related("strategy__municipality")
    period = access.get(scope, periods, pk=period_id)
    strategy, own = period.strategy, period.strategy.municipality.language
    later = PlanPeriod.objects.filter(strategy=strategy, start_year__gt=period.end_year).order_by("start_year").first()
    return ClosingPage(
        pk=period.pk,
        name=text_of(period, "name", own),
        strategy=named_of(strategy, own),
        municipality=named_of(strategy.municipality, own),
        ended=period.end_year < today.year,
        later=text_of(later, "name", own) if later else Text(""),
        standing=_standing(scope, period_id, status),
    )


def _standing(scope: Scope, period_id: int, status: str) -> list[Standing]:
    rows = open_of_period(scope, period_id).order_by().values_list("status").annotate(count=Count("pk"))
    counted = dict(rows)
    return [
        Standing(one, str(labels.STATUS[one]), counted[one.value], one.value == status)
        for one in _ORDER
        if counted.get(one.value)
    ]


def open_of_period(scope: Scope, period_id: int, status: str = "") -> "QuerySet[PeriodPlan]":
    """Return the open plans of a period, or those in one `status`: what waits for the director first."""
    plans = access.visible(scope, PeriodPlan).filter(period=period_id, status__in=[status] if status else OPEN_VALUES)
    turn = Case(*(When(status=one.value, then=Value(at)) for at, one in enumerate(_ORDER)))
    return plans.order_by(turn, "item__goal__number", "item__goal_id", "item__order", "item_id")


def keys_of_period(scope: Scope, period_id: int, status: str = "") -> "QuerySet[Any]":
    """Return the keys of the open plans of a period, as ``open_of_period``."""
    return open_of_period(scope, period_id, status).values_list("pk", flat=True)


def closing_moves() -> list[BulkMove]:
    """Return the moves by which plans leave a period."""
    return [move for move in moves_of_director() if move.name in CLOSING]


# What would happen


@dataclass(frozen=True)
class Planned:
    """What a move would do to a plan: `refusal` says why not, `onward` where it goes on; empty where there is none."""

    row: PlanView
    refusal: str = ""
    onward: str = ""


def planned(scope: Scope, chosen: Mapping[int, int], name: str, today: date) -> list[Planned]:
    """Return what the move `name` would do to each of the `chosen` plans, by the version that the person saw.

    In the order given, without those that do not exist for the person. Nothing is done.
    """
    rows = views(existing(scope, list(chosen)), today, CARD, scope)
    onward = _onward(rows) if name in BY_NAME and BY_NAME[name].needs_later_period else {}
    return [Planned(row, _refusal(row, chosen[row.pk], name), onward.get(row.pk, "")) for row in rows]


def _refusal(row: PlanView, seen: int, name: str) -> str:
    if row.version != seen:
        return _("Somebody changed it after you opened the list. Look at it and choose it again.")
    move = next((move for move in row.moves if move.name == name), None)
    if move is not None:
        return move.why_not
    instead = ", ".join(move.label for move in row.open_moves)
    now = _("What you can do now: %(moves)s.") % {"moves": instead} if instead else ""
    return f"{labels.REFUSAL[Refusal.WRONG_STATUS]} {now}".strip()


def _onward(rows: list[PlanView]) -> dict[int, str]:
    """Return in words where each plan would go on: in a plan that its item has, or in a new one; two queries."""
    columns = ["item_id", "period__start_year", *columns_for("period__name")]
    plans = PeriodPlan.objects.filter(item__in={row.item_id for row in rows}).order_by("period__start_year")
    there: list[Any] = list(columns_of(plans, columns))
    periods = PlanPeriod.objects.filter(strategy__in={row.strategy_id for row in rows}).order_by("start_year")
    all_periods: list[Any] = list(columns_of(periods, ["strategy_id", "start_year", *columns_for("name")]))
    found = {}
    for row in rows:
        if name := _first_after(there, row.item_id, row.period_years[1]):
            found[row.pk] = _("has a plan in the period %(period)s already") % {"period": name}
        elif name := _first_after(all_periods, row.strategy_id, row.period_years[1]):
            found[row.pk] = _("gets a plan in the period %(period)s") % {"period": name}
    return found


def _first_after(rows: list[Any], owner: int, end_year: int) -> str:
    later = (text_in(names).text for of, start, *names in rows if of == owner and start > end_year)
    return next(later, "")


# Where something is left


@dataclass(frozen=True)
class EndedPeriod:
    """A period that is over and has something open."""

    pk: int
    name: Text
    strategy: Text


def ended_periods(plans: Sequence[int], today: date) -> list[EndedPeriod]:
    """Return the periods that are over among those of open `plans`, the oldest first; one query, none without plans.

    `plans` came out of ``access``. What is open of a period that is over is late: the longest late plans tell of it,
    and nobody counts through a whole city.
    """
    if not plans:
        return []
    names = [*columns_for("period__name"), *columns_for("item__strategy__name")]
    ended = PeriodPlan.objects.filter(pk__in=plans, period__end_year__lt=today.year)
    rows = columns_of(ended.order_by("period__end_year", "period_id"), ["period_id", "period__end_year", *names])
    half = len(names) // 2
    return [EndedPeriod(pk, text_in(found[:half]), text_in(found[half:])) for pk, _year, *found in dict.fromkeys(rows)]
