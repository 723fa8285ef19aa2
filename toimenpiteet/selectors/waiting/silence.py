"""Who is silent: responsible units with open plans of which nothing has been heard. Silent is not unchanged."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Case, Count, Exists, F, Max, OuterRef, QuerySet, Value, When

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.calendar import local_day, start_of_day
from toimenpiteet.dates import day_words
from toimenpiteet.models import PeriodPlan, PlanUnit, Unit
from toimenpiteet.models.reading import columns_of
from toimenpiteet.selectors.translated import Text, in_alphabet, text_of
from toimenpiteet.selectors.units.asked import is_asked, whom_to_ask
from toimenpiteet.selectors.units.successors import line_of
from toimenpiteet.selectors.waiting.waiting import directed
from toimenpiteet.workflow import OPEN_VALUES

WITHOUT_ROUND = timedelta(days=90)


@dataclass(frozen=True)
class SilentUnit:
    """A silent unit: how many of its plans are open, and days since the last sign of life (None: never any).

    `nobody` tells that there is nobody to ask: neither a manager nor a mailbox.
    """

    pk: int
    name: Text
    plans: int
    days: int | None
    nobody: bool


@dataclass(frozen=True)
class Silence:
    """The silent units, the longest silent first, of `units` that are asked and have open plans; since which day."""

    silent: list[SilentUnit]
    units: int
    since: date

    @property
    def since_words(self) -> str:
        """Return the day in words."""
        return day_words(self.since)


def silence(scope: Scope, today: date, opened_on: date | None) -> Silence:
    """Return which units are silent since the last round opened, or for 90 days where none has; two queries.

    Those that are not asked in rounds are not silent. For units without a mailbox three queries more tell whether there
    is anybody to ask. Signs of life are what the managers and contributors of a unit's plans did to them
    (selectors.history.signs).
    """
    since = opened_on or today - WITHOUT_ROUND
    plans = directed(scope).filter(status__in=OPEN_VALUES)
    units = _units(scope, plans, start_of_day(since))
    # Who no longer exists is not silent: what they left open is asked of who answers for it now.
    answers = {pk: line_of(unit, units, today)[-1] for pk, unit in units.items() if unit.owns}
    there = {now for now in answers.values() if units[now].is_asked}
    silent = there - {now for pk, now in answers.items() if units[pk].heard}
    nobody = _with_nobody(scope, [units[pk] for pk in silent], today)
    rows = [
        SilentUnit(unit, text_of(units[unit], "name"), count, last and (today - local_day(last)).days, unit in nobody)
        for unit, count, last in _left_open(plans, {pk: now for pk, now in answers.items() if now in silent})
    ]
    return Silence(sorted(rows, key=_longest_first), len(there), since)


def _units(scope: Scope, plans: "QuerySet[PeriodPlan]", since: datetime) -> dict[int, Any]:
    """Return the units, each with whether it `is_asked`, `owns` open plans, and one was `heard` of since; one query."""
    told = {"owns": _owns(plans), "heard": _owns(plans.filter(last_sign_at__gte=since)), "is_asked": is_asked()}
    return {unit.pk: unit for unit in access.visible(scope, Unit).order_by().annotate(**told)}


def _with_nobody(scope: Scope, units: list[Unit], today: date) -> set[int]:
    """Return which of `units` have nobody to ask."""
    lonely = {unit.pk: unit.municipality_id for unit in units if not unit.email}
    if not lonely:
        return set()
    found = whom_to_ask(scope, lonely, set(lonely.values()), today)
    return {unit for unit, contacts in found.items() if not contacts}


def _left_open(plans: "QuerySet[PeriodPlan]", answers: dict[int, int]) -> "QuerySet[Any]":
    """Return who answers, for how many `plans`, and their last sign; `answers` tells who does for each unit."""
    # Counted of the silent alone: of the others one sign is enough, and their plans may be many thousands.
    links = PlanUnit.objects.filter(plan__in=plans, unit__in=list(answers)).order_by()
    moved = [When(unit=pk, then=Value(now)) for pk, now in answers.items() if pk != now]
    told = links.annotate(now=Case(*moved, default=F("unit_id"), output_field=BigIntegerField())).values("now")
    return columns_of(
        told.annotate(plans=Count("plan", distinct=True), last=Max("plan__last_sign_at")), ["now", "plans", "last"]
    )


def _owns(plans: "QuerySet[PeriodPlan]") -> Exists:
    # One plan after the other, until one is found: a list of the plans would be made whole first.
    return Exists(PlanUnit.objects.filter(Exists(plans.filter(pk=OuterRef("plan"))), unit=OuterRef("pk")))


def _longest_first(row: SilentUnit) -> tuple[bool, int, tuple[object, ...]]:
    return row.days is not None, -(row.days or 0), in_alphabet(row.name)
