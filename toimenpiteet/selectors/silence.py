"""Who is silent: responsible units with open plans of which nothing has been heard. Silent is not unchanged."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, QuerySet

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.calendar import local_day, start_of_day
from toimenpiteet.dates import day_words
from toimenpiteet.languages import columns_for
from toimenpiteet.models import PeriodPlan, PlanUnit, Unit
from toimenpiteet.models.prepared import columns_of
from toimenpiteet.selectors.waiting import directed
from toimenpiteet.selectors.words import Text, in_alphabet, text_in
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
    there = dict(_heard(scope, plans, start_of_day(since)))
    # Counted of the silent alone: of the others one sign is enough, and their plans may be many thousands.
    silent = PlanUnit.objects.filter(plan__in=plans, unit__in=[unit for unit, heard in there.items() if not heard])
    names = columns_for("unit__name")
    told = silent.order_by().values("unit_id", *names).annotate(plans=Count("pk"), last=Max("plan__last_sign_at"))
    rows = [
        SilentUnit(unit, text_in(texts), count, None if last is None else (today - local_day(last)).days)
        for unit, *texts, count, last in columns_of(told, ["unit_id", *names, "plans", "last"])
    ]
    return Silence(sorted(rows, key=_longest_first), len(there), since)


def _heard(scope: Scope, plans: "QuerySet[PeriodPlan]", since: datetime) -> "QuerySet[Any]":
    """Return the units that have open plans, each with whether one of these gave a sign since then; one query."""
    units = access.visible(scope, Unit).order_by().annotate(heard=_owns(plans.filter(last_sign_at__gte=since)))
    return columns_of(units.filter(_owns(plans)), ["pk", "heard"])


def _owns(plans: "QuerySet[PeriodPlan]") -> Exists:
    # One plan after the other, until one is found: a list of the plans would be made whole first.
    return Exists(PlanUnit.objects.filter(Exists(plans.filter(pk=OuterRef("plan"))), unit=OuterRef("pk")))


def _longest_first(row: SilentUnit) -> tuple[bool, int, tuple[str, str]]:
    return row.days is not None, -(row.days or 0), in_alphabet(row.name)
