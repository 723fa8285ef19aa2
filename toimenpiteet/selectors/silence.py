"""Who is silent: responsible units with open plans of which nothing has been heard. Silent is not unchanged."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max

from toimenpiteet.access import Scope
from toimenpiteet.calendar import local_day
from toimenpiteet.dates import day_words
from toimenpiteet.languages import columns_for
from toimenpiteet.models import PlanUnit
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
    """Return which units are silent since the last round opened, or for 90 days where none has; one query.

    Signs of life are what the managers and contributors of a unit's plans did to them (selectors.signs).
    """
    since = opened_on or today - WITHOUT_ROUND
    names = columns_for("unit__name")
    of_unit = PlanUnit.objects.filter(plan__in=directed(scope).filter(status__in=OPEN_VALUES)).order_by()
    heard = of_unit.values("unit_id", *names).annotate(plans=Count("pk"), last=Max("plan__last_sign_at"))
    rows = [
        SilentUnit(unit, text_in(texts), plans, None if last is None else (today - local_day(last)).days)
        for unit, *texts, plans, last in columns_of(heard, ["unit_id", *names, "plans", "last"])
    ]
    silent = [row for row in rows if row.days is None or row.days > (today - since).days]
    return Silence(sorted(silent, key=_longest_first), len(rows), since)


def _longest_first(row: SilentUnit) -> tuple[bool, int, tuple[str, str]]:
    return row.days is not None, -(row.days or 0), in_alphabet(row.name)
