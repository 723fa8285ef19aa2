"""Where a strategy's reporting stands: when the next round is due, and when the last one opened."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.calendar import RoundRule, rounds_of_year
from toimenpiteet.models import ReportingRound, Strategy
from toimenpiteet.models.prepared import columns_of


@dataclass(frozen=True)
class Rounds:
    """By strategy: the day the next round is due. And the day the last one opened anywhere, None before the first."""

    ends: dict[int, date]
    opened_on: date | None


def rounds(scope: Scope, today: date) -> Rounds:
    """Return where the reporting of the person's strategies stands on `today`; one query.

    Where no round is made yet, the deadlines of the strategy's calendar count.
    """
    ends: dict[int, list[date]] = defaultdict(list)
    rules: dict[int, set[RoundRule]] = defaultdict(set)
    opened: list[date] = []
    for strategy, kind, month, day, opens_on, due_on, status in _rows(scope):
        if kind:
            rules[strategy].add(RoundRule(kind, month, day))
        if opens_on and opens_on <= today:
            opened.append(opens_on)
        if due_on and due_on >= today and status not in ReportingRound.CLOSED:
            ends[strategy].append(due_on)
    for strategy, entries in rules.items():
        if strategy not in ends:
            ends[strategy] = _ahead(entries, today)
    return Rounds({strategy: min(days) for strategy, days in ends.items() if days}, max(opened, default=None))


def _rows(scope: Scope) -> Iterable[tuple[Any, ...]]:
    calendar = ("calendar__kind", "calendar__month", "calendar__day")
    dates = ("rounds__opens_on", "rounds__due_on", "rounds__status")
    return columns_of(access.visible(scope, Strategy).order_by(), ["pk", *calendar, *dates])


def _ahead(rules: Iterable[RoundRule], today: date) -> list[date]:
    entries = list(rules)
    dates = [
        dates.due_on for year in (today.year, today.year + 1) for dates in rounds_of_year(entries, year, shift=True)
    ]
    return [day for day in dates if day >= today]
