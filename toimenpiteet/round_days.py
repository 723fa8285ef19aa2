"""The days of a reporting round, from rules that are data: which day each falls on in a year, and where it moves. Pure.

A rule is a short text in one of five shapes (`parse_rule`). The default rules are those of a city's yearly rhythm; a
strategy's calendar replaces them one by one. A round belongs to the year of its status day: the annual report of 2026
is gathered in the winter of 2027, the budget for 2027 in the autumn of 2026.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from toimenpiteet.calendar import add_working_days, day_of_year, next_working_day, previous_working_day


class RoundKind(StrEnum):
    """The two occasions of a year."""

    ANNUAL_REPORT = "annual_report"
    BUDGET = "budget"


class Which(StrEnum):
    """Which day of a round, in the order in which they come."""

    STATUS_DAY = "status_day"
    OPENS = "opens"
    ANSWERS_DUE = "answers_due"
    REVIEW_ENDS = "review_ends"
    LOCK = "lock"
    AGENDA = "agenda"
    BOARD = "board"
    COUNCIL = "council"


class Weekday(StrEnum):
    """The weekdays on which bodies meet, Monday first."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"


NEEDED = (Which.STATUS_DAY, Which.OPENS, Which.ANSWERS_DUE)
"""The days without which there is no round."""
BODIES = frozenset({Which.BOARD, Which.COUNCIL})
AFTER_LOCK = frozenset({Which.AGENDA, *BODIES})
"""The days that may still move when the round is locked."""
_BACKWARD = frozenset({Which.LOCK, Which.AGENDA})

DEFAULTS: dict[RoundKind, dict[Which, str]] = {
    RoundKind.ANNUAL_REPORT: {
        Which.STATUS_DAY: "12-31",
        Which.OPENS: "+1 01-06",
        Which.ANSWERS_DUE: "last working-day 01",
        Which.REVIEW_ENDS: "+10 answers_due",
        Which.LOCK: "last working-day 02",
        Which.AGENDA: "-6 board",
        Which.BOARD: "last mon 03-28",
        Which.COUNCIL: "2 mon 06",
    },
    RoundKind.BUDGET: {
        Which.STATUS_DAY: "08-31",
        Which.OPENS: "first working-day 09",
        Which.ANSWERS_DUE: "+15 opens",
        Which.REVIEW_ENDS: "+10 answers_due",
        Which.LOCK: "+2 review_ends",
        Which.AGENDA: "-6 board",
        Which.BOARD: "last mon 10-27",
        Which.COUNCIL: "last mon 11-17",
    },
}
"""Which day each rule gives, unless the strategy's calendar has another one."""

LEGAL: dict[tuple[RoundKind, Which], tuple[int, int]] = {
    (RoundKind.ANNUAL_REPORT, Which.BOARD): (3, 31),
    (RoundKind.ANNUAL_REPORT, Which.COUNCIL): (6, 30),
    (RoundKind.BUDGET, Which.COUNCIL): (12, 31),
}
"""The last day that the law leaves a body, as month and day (Local Government Act 410/2015, 110, 113 and 114 §)."""

NEVER = "never"
"""The rule of a day that a round does not have, such as a council that the budget does not go to for its strategy."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that was read. What a shape does not need is 0 or ""; `number` 0 means the last one.

    `of`: "day" (month, day) · "working_day" (first or last of a month) · "after" (so many working days after, or
    before when negative, the day `other` or month and day) · "weekday" (the n-th of a month, or the last of it or up
    to a day) · "never".
    """

    of: str
    month: int = 0
    day: int = 0
    number: int = 0
    other: str = ""


_DAY = r"(?P<month>\d{2})-(?P<day>\d{2})"
_SHAPES = tuple(
    (of, re.compile(pattern, re.ASCII))
    for of, pattern in (
        ("never", NEVER),
        ("day", _DAY),
        ("working_day", r"(?P<number>first|last) working-day (?P<month>\d{2})"),
        ("after", rf"(?P<number>[+-][1-9]\d?) (?:(?P<other>{'|'.join(Which)})|{_DAY})"),
        ("weekday", rf"(?P<number>last|[1-4]) (?P<other>{'|'.join(Weekday)}) (?P<month>\d{{2}})"),
        ("weekday", rf"(?P<number>last) (?P<other>{'|'.join(Weekday)}) {_DAY}"),
    )
)
_NUMBERS = {"first": 1, "last": 0}


def parse_rule(text: str) -> Rule:
    """Read '12-31', 'last working-day 01', '+15 opens', '-6 board', '+1 01-06', '2 mon 06', 'last mon 03-28', 'never'.

    Raises ValueError: "rule_syntax" when the text is none of these, "rule_day" when no year has such a day.
    """
    for of, shape in _SHAPES:
        if found := shape.fullmatch(text):
            parts = {name: value for name, value in found.groupdict().items() if value}
            month, day = int(parts.get("month", 0)), int(parts.get("day", 0))
            if ("month" in parts and not 1 <= month <= 12) or ("day" in parts and not 1 <= day <= _LONGEST[month - 1]):
                raise ValueError("rule_day")
            number = parts.get("number", "0")
            return Rule(of, month, day, _NUMBERS[number] if number in _NUMBERS else int(number), parts.get("other", ""))
    raise ValueError("rule_syntax")


_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a round as its rule gives it and as it holds, moved to a working day where days move."""

    rule: str
    computed_on: date
    holds_on: date


def days_of(kind: RoundKind, year: int, rules: Mapping[Which, str], *, shift: bool) -> dict[Which, Day]:
    """Return the days of the round of `year`; `rules` replace DEFAULTS one by one, `shift` is the strategy's setting.

    A day that is counted from one that the round does not have is not there either. Raises ValueError: those of
    `parse_rule`, and "rule_ring" when days are counted from each other in a ring.
    """
    return _Days(kind, year, {**DEFAULTS[kind], **rules}, shift=shift).all()


class _Days:
    def __init__(self, kind: RoundKind, year: int, rules: Mapping[Which, str], *, shift: bool) -> None:
        self.kind, self.year, self.shift = kind, year, shift
        self.rules = rules
        self.found: dict[Which, Day | None] = {}

    def all(self) -> dict[Which, Day]:
        return {which: day for which in Which if (day := self.day(which, ())) is not None}

    def day(self, which: Which, asked: tuple[Which, ...]) -> Day | None:
        if which in asked:
            raise ValueError("rule_ring")
        if which not in self.found:
            self.found[which] = self._found(which, (*asked, which))
        return self.found[which]

    def _found(self, which: Which, asked: tuple[Which, ...]) -> Day | None:
        computed = self._computed(parse_rule(self.rules[which]), self._year_of(which), asked)
        if computed is None:
            return None
        return Day(self.rules[which], computed, held_on(self.kind, which, computed, shift=self.shift))

    def _year_of(self, which: Which) -> int:
        # The accounts of a year are drawn up, reviewed and decided on in the next one.
        later = self.kind is RoundKind.ANNUAL_REPORT and which is not Which.STATUS_DAY
        return self.year + later

    def _computed(self, rule: Rule, year: int, asked: tuple[Which, ...]) -> date | None:
        match rule.of:
            case "never":
                return None
            case "day":
                return day_of_year(year, rule.month, rule.day)
            case "working_day":
                first, last = date(year, rule.month, 1), day_of_year(year, rule.month, 31)
                return next_working_day(first) if rule.number else previous_working_day(last)
            case "after" if rule.other:
                start = self.day(Which(rule.other), asked)
                return None if start is None else add_working_days(start.holds_on, rule.number)
            case "after":
                return add_working_days(day_of_year(year, rule.month, rule.day), rule.number)
        return _weekday(rule, year)


def _weekday(rule: Rule, year: int) -> date:
    wanted = list(Weekday).index(Weekday(rule.other))
    if rule.number:
        first = date(year, rule.month, 1)
        return first + timedelta(days=(wanted - first.weekday()) % 7 + 7 * (rule.number - 1))
    last = day_of_year(year, rule.month, rule.day or 31)
    return last - timedelta(days=(last.weekday() - wanted) % 7)


def held_on(kind: RoundKind, which: Which, decided: date, *, shift: bool) -> date:
    """Return where a day that was decided on holds.

    The status day never moves; openings and answers move forward to a working day, lock and agenda backward; a body's
    day moves forward within its legal day, else backward.
    """
    if not shift or which is Which.STATUS_DAY:
        return decided
    forward = next_working_day(decided)
    if which in _BACKWARD:
        return previous_working_day(decided)
    legal = LEGAL.get((kind, which))
    if legal and decided <= day_of_year(decided.year, *legal) < forward:
        return previous_working_day(decided)
    return forward


def misplaced(days: Mapping[Which, date]) -> tuple[Which, Which] | None:
    """Return the first two days that come in the wrong order, or None; the status day may follow the opening."""
    asked_of = [which for which in Which if which in days and which is not Which.STATUS_DAY]
    pairs = [(Which.STATUS_DAY, Which.ANSWERS_DUE), *pairwise(asked_of)]
    return next(((a, b) for a, b in pairs if a in days and b in days and days[a] > days[b]), None)


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a calendar: `which` falls after `other` in the round of `year`; or no round can lack it."""

    which: Which
    other: Which | None = None
    year: int = 0


_TRIED = range(2021, 2049)
"""Years in which every weekday, leap year and most Easters come."""


def flaw(kind: RoundKind, rules: Mapping[Which, str]) -> Flaw | None:
    """Return what is wrong with the `rules` of a calendar, or None. Raises ValueError as `days_of`."""
    for year in _TRIED:
        found = {which: day.holds_on for which, day in days_of(kind, year, rules, shift=True).items()}
        if missing := next((which for which in NEEDED if which not in found), None):
            return Flaw(missing)
        if wrong := misplaced(found):
            return Flaw(*wrong, year)
    return None
