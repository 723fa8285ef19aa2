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
from toimenpiteet.selectors.units.successors import line_of
from toimenpiteet.selectors.waiting.waiting import directed
from toimenpiteet.workflow import OPEN_VALUES

WITHOUT_ROUND = timedelta(days=90)


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

    Signs of life are what the managers and contributors of a unit's plans did to them (selectors.history.signs).
    """
    since = opened_on or today - WITHOUT_ROUND
    plans = directed(scope).filter(status__in=OPEN_VALUES)
    units = _units(scope, plans, start_of_day(since))
    # Who no longer exists is not silent: what they left open is asked of who answers for it now.
    answers = {pk: line_of(unit, units, today)[-1] for pk, unit in units.items() if unit.owns}
    there = set(answers.values())
    silent = there - {now for pk, now in answers.items() if units[pk].heard}
    rows = [
        SilentUnit(unit, text_of(units[unit], "name"), count, None if last is None else (today - local_day(last)).days)
        for unit, count, last in _left_open(plans, {pk: now for pk, now in answers.items() if now in silent})
    ]
    return Silence(sorted(rows, key=_longest_first), len(there), since)


def _units(scope: Scope, plans: "QuerySet[PeriodPlan]", since: datetime) -> dict[int, Any]:
    """Return the units, each with whether it `owns` open plans and one of these was `heard` of since; one query."""
    heard = _owns(plans.filter(last_sign_at__gte=since))
    return {unit.pk: unit for unit in access.visible(scope, Unit).order_by().annotate(owns=_owns(plans), heard=heard)}


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


def _longest_first(row: SilentUnit) -> tuple[bool, int, tuple[str, str]]:
    return row.days is not None, -(row.days or 0), in_alphabet(row.name)
