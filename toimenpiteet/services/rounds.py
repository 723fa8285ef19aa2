"""Reporting rounds, made ahead from the strategy's calendar."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import pgettext

from toimenpiteet.calendar import RoundDates, RoundRule, rounds_of_year
from toimenpiteet.languages import columns_for
from toimenpiteet.models import Actor, CalendarEntry, ReportingRound, Stamp, Strategy
from toimenpiteet.services import record


def years_ahead(strategy: Strategy, today: date) -> list[int]:
    """Return this year and the next, as far as the strategy runs; its last annual report is given the year after."""
    first, last = strategy.start_year or 0, (strategy.end_year or today.year) + 1
    return [year for year in (today.year, today.year + 1) if first <= year <= last]


@transaction.atomic
def ensure_rounds(strategy: Strategy, *, years: Iterable[int], actor: Actor, now: datetime) -> list[ReportingRound]:
    """Make the rounds that the strategy's calendar asks for in `years` and that are not there; return the new ones.

    Safe to run at any time and from several processes: the strategy's row is locked first. Rounds that exist stay as
    they are, also when the calendar has changed since: somebody may have moved them for a reason.
    """
    strategy = record.lock(Strategy.objects.all(), strategy.pk)
    entries = {entry.kind: entry for entry in CalendarEntry.objects.filter(strategy=strategy)}
    rules = [RoundRule(entry.kind, entry.month, entry.day) for entry in entries.values()]
    there = set(ReportingRound.objects.filter(strategy=strategy).values_list("kind", "year"))
    stamp = record.stamp(actor, pgettext("reason", "Made ahead from the strategy's calendar"), now)
    return [
        _add(strategy, entries[dates.kind], dates, stamp)
        for year in sorted(set(years))
        for dates in rounds_of_year(rules, year, shift=strategy.shift_deadlines)
        if (dates.kind, dates.year) not in there
    ]


def _add(strategy: Strategy, entry: CalendarEntry, dates: RoundDates, stamp: Stamp) -> ReportingRound:
    made = ReportingRound(
        strategy=strategy,
        kind=dates.kind,
        year=dates.year,
        opens_on=dates.opens_on,
        decided_on=dates.decided_on,
        due_on=dates.due_on,
    )
    for column in columns_for("body"):
        setattr(made, column, getattr(entry, column))
    return record.add(made, stamp)
