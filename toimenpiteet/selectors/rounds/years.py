"""One year of a strategy's reporting: the days of all its rounds in their order, and what each rule makes of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from toimenpiteet import labels
from toimenpiteet.dates import day_words
from toimenpiteet.models import CalendarEntry, ReportingRound, RoundDay, Strategy
from toimenpiteet.round_days import AFTER_LOCK, Day, RoundKind, Which, days_of
from toimenpiteet.round_moves import RoundStatus
from toimenpiteet.selectors.rounds.counting import counts
from toimenpiteet.selectors.rounds.days import DayRow, day_row


@dataclass(frozen=True)
class YearDay:
    """A day of a round that falls in the year; of one without a round, `unmade` says that it is what the rule gives.

    `basis` says where the source states the day; `default` is then the day that the default rule gives. `by_then` tells
    that its rule counts from a day that was moved since, `over` that its round was locked before the day came.
    """

    occasion: str
    day: DayRow
    on: date
    unmade: str
    basis: str
    default: str
    by_then: bool
    over: bool


@dataclass(frozen=True)
class Year:
    """A year's days by month; `before` and `after` are the years beside it, 0 where nothing can be there.

    `upcoming` is the next day that has not passed, None where it is not in this year.
    """

    year: int
    before: int
    after: int
    months: list[tuple[str, list[YearDay]]]
    upcoming: YearDay | None


def rules_of(entries: Iterable[CalendarEntry]) -> dict[RoundKind, dict[Which, str]]:
    """Return a strategy's own rules by kind of round; a kind without any is not there."""
    found: dict[RoundKind, dict[Which, str]] = defaultdict(dict)
    for entry in entries:
        found[RoundKind(entry.kind)][Which(entry.which)] = entry.rule
    return dict(found)


def covers(strategy: Strategy, year: int) -> bool:
    """Tell whether rounds of `year` belong to the strategy."""
    return (strategy.start_year or year) <= year <= (strategy.end_year or year)


def year_of(
    strategy: Strategy,
    calendar: Iterable[CalendarEntry],
    rounds: Sequence[ReportingRound],
    wanted: int,
    today: date,
) -> Year:
    """Return the year `wanted` of the strategy's `rounds` (0: this one), or the nearest that it has; no query.

    `calendar` are its rules, `rounds` all of them, with their days.
    """
    first, last = _bounds(strategy, rounds, today)
    year = min(max(wanted or today.year, first), last)
    days = sorted(_Days(strategy, calendar, rounds, year, today).all(), key=lambda one: (one.on, one.occasion))
    months = [(date_format(on, "F"), list(found)) for on, found in groupby(days, key=lambda one: one.on.replace(day=1))]
    upcoming = next((one for one in days if one.on >= today and not one.over), None) if year == today.year else None
    return Year(year, year - 1 if year > first else 0, year + 1 if year < last else 0, months, upcoming)


def _bounds(strategy: Strategy, rounds: Iterable[ReportingRound], today: date) -> tuple[int, int]:
    """Return the first and last year in which a round of the strategy can have days: the accounts come a year later."""
    last = strategy.end_year + 1 if strategy.end_year else today.year + 2
    first = strategy.start_year or min((row.opens_on.year for row in rounds), default=today.year)
    return min(first, last), last


class _Days:
    """The days in one year: those of rounds that were made, and those that rules give where none was."""

    def __init__(
        self,
        strategy: Strategy,
        calendar: Iterable[CalendarEntry],
        rounds: Sequence[ReportingRound],
        year: int,
        today: date,
    ) -> None:
        self.strategy, self.rounds, self.year, self.today = strategy, rounds, year, today
        self.entries = {(entry.kind, entry.which): entry for entry in calendar}
        self.rules = rules_of(self.entries.values())

    def all(self) -> Iterator[YearDay]:
        for of in self.rounds:
            moved = {row.which for row in of.days.all() if row.reason}
            closed = of.status in ReportingRound.CLOSED
            for row in of.days.all():
                if row.holds_on.year == self.year:
                    day = self._day(RoundKind(of.kind), of.year, row)
                    early = closed and Which(row.which) not in AFTER_LOCK and row.holds_on >= self.today
                    yield replace(day, by_then=bool(moved & set(row.rule.split())), over=early)
        made = {(row.kind, row.year) for row in self.rounds}
        # The accounts of the year before are drawn up in this one.
        for year in (self.year - 1, self.year):
            for kind in self.rules:
                if (kind, year) not in made and covers(self.strategy, year):
                    yield from self._by_rules(kind, year)

    def _by_rules(self, kind: RoundKind, year: int) -> Iterator[YearDay]:
        for which, day in days_of(kind, year, self.rules[kind], shift=self.strategy.shift_deadlines).items():
            if day.holds_on.year == self.year:
                yield self._day(kind, year, _unmade(which, day))

    def _day(self, kind: RoundKind, year: int, row: RoundDay) -> YearDay:
        entry = self.entries.get((kind, row.which))
        stated = entry if entry and entry.stated and entry.rule == row.rule else None
        default = self._default(kind, year, Which(row.which)) if stated else None
        return YearDay(
            labels.occasion(kind, year),
            day_row(row, self.today),
            row.holds_on,
            unmade="" if row.pk else self._unmade(kind, year),
            basis=stated.basis if stated else "",
            default=day_words(default.holds_on) if default and default.computed_on != row.computed_on else "",
            by_then=False,
            over=False,
        )

    def _unmade(self, kind: RoundKind, year: int) -> str:
        days = days_of(kind, year, self.rules[kind], shift=self.strategy.shift_deadlines)
        due_on = days[Which.ANSWERS_DUE].holds_on
        if due_on < self.today or not counts(RoundStatus.PLANNED, due_on, self.strategy.rounds_from):
            return _("no round was made")
        return _("by the rule; the round is not made yet")

    def _default(self, kind: RoundKind, year: int, which: Which) -> Day | None:
        return days_of(kind, year, {}, shift=self.strategy.shift_deadlines).get(which)


def _unmade(which: Which, day: Day) -> RoundDay:
    by_rule = {"rule": day.rule, "computed_on": day.computed_on, "decided_on": day.computed_on}
    return RoundDay(which=which.value, holds_on=day.holds_on, **by_rule)
