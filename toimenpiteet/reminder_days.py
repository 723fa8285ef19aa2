"""On which days people are reminded of a reporting round, and in which weeks of the year no mail leaves. Pure.

The settings are short texts that people type: days as "10, 3, 1", weeks as "1.7.–31.7.".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from toimenpiteet.calendar import (
    Quiet,
    add_working_days,
    day_of_year,
    is_quiet,
    next_mail_day,
    previous_mail_day,
    reminder_day,
)

JULY = "1.7.–31.7."
"""The quiet weeks of a city that has not chosen others."""
_MOST_DAYS, _LONGEST, _MOST_QUIET = 6, 60, 200
_WEEKS = re.compile(r"(\d{1,2})\.(\d{1,2})\. ?[-–] ?(\d{1,2})\.(\d{1,2})\.", re.ASCII)
_A_YEAR = tuple(date(2024, 1, 1) + timedelta(days=place) for place in range(366))


def parse_days(text: str) -> tuple[int, ...]:
    """Read numbers of working days, such as "10, 3, 1"; "" is none.

    Raises ValueError: "days_syntax" when something is no whole number from 1 to 60, "days_many" when they are over six.
    """
    numbers = [part.strip() for part in text.split(",")] if text.strip() else []
    if not all(number.isascii() and number.isdigit() and 1 <= int(number) <= _LONGEST for number in numbers):
        raise ValueError("days_syntax")
    if len(numbers) > _MOST_DAYS:
        raise ValueError("days_many")
    return tuple(sorted({int(number) for number in numbers}))


def parse_quiet(text: str) -> Quiet:
    """Read weeks of a year, such as "1.7.–31.7., 24.12.–1.1."; "" is none.

    Raises ValueError: "quiet_syntax" when the text is none of these, "quiet_day" for a day that no year has,
    "quiet_long" when more than 200 days of a year would be quiet.
    """
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    found = [_WEEKS.fullmatch(part) for part in parts]
    quiet = []
    for match in found:
        if match is None:
            raise ValueError("quiet_syntax")
        day, month, last_day, last_month = map(int, match.groups())
        if not (_is_day(month, day) and _is_day(last_month, last_day)):
            raise ValueError("quiet_day")
        quiet.append(((month, day), (last_month, last_day)))
    if sum(is_quiet(day, tuple(quiet)) for day in _A_YEAR) > _MOST_QUIET:
        raise ValueError("quiet_long")
    return tuple(quiet)


def _is_day(month: int, day: int) -> bool:
    return 1 <= month <= 12 and day >= 1 and day_of_year(2024, month, min(day, 31)).day == day


@dataclass(frozen=True, slots=True)
class Offsets:
    """When people are reminded of a round: on its day of opening, and so many working days before and after its day.

    `above` working days after it who leads the unit above is told, instead of the unit; None: nobody is.
    """

    on_opening: bool = True
    before: tuple[int, ...] = (1, 3, 10)
    after: tuple[int, ...] = (1, 5)
    above: int | None = 9


OPENING = "0"


@dataclass(frozen=True, slots=True)
class Stage:
    """One reminder of a round: its `name` is OPENING on that day, else the offset as "-10" or "+5"."""

    name: str
    on: date
    above: bool = False


def stages(opens_on: date, due_on: date, until: date | None, offsets: Offsets, quiet: Quiet = ()) -> list[Stage]:
    """Return the reminders of a round by day, one a day at most; none before `opens_on` or after `until`.

    Those before the day of answers move backward to a mail day, that of the opening and those after it forward. Of two
    that fall on one day the later one stays.
    """
    found = [Stage(OPENING, next_mail_day(opens_on, quiet))] if offsets.on_opening else []
    before = [Stage(f"-{days}", previous_mail_day(reminder_day(due_on, days), quiet)) for days in offsets.before[::-1]]
    found += [stage for stage in before if stage.on >= opens_on]
    found += [Stage(f"+{days}", next_mail_day(add_working_days(due_on, days), quiet)) for days in offsets.after]
    if offsets.above is not None:
        on = next_mail_day(add_working_days(due_on, offsets.above), quiet)
        found.append(Stage(f"+{offsets.above}", on, above=True))
    by_day = {stage.on: stage for stage in _in_order(found)}
    return [by_day[on] for on in sorted(by_day) if until is None or on <= until]


def _in_order(found: Iterable[Stage]) -> list[Stage]:
    """Return the stages in the order of what they are: the opening, before, after, above."""
    return sorted(found, key=lambda stage: (stage.above, int(stage.name) if stage.name != OPENING else -_LONGEST - 1))


def latest(found: Iterable[Stage], day: date) -> Stage | None:
    """Return the last of the reminders whose day has come on `day`: after an outage one goes, not all that were due."""
    return max((stage for stage in found if stage.on <= day), key=lambda stage: stage.on, default=None)
