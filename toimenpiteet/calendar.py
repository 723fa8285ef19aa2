"""Which days count: working days, deadlines, mail hours, and dates of less than day precision.

Pure: time comes in as an argument. Instants are aware and leave here in UTC; which day it is, Europe/Helsinki decides.
"""

import calendar as _calendar
import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from holidays.constants import PUBLIC
from holidays.countries.finland import Finland

HELSINKI = ZoneInfo("Europe/Helsinki")
_ONE_DAY = timedelta(days=1)
MAIL_FROM, MAIL_UNTIL = time(8), time(16)


# Instants and days


def local_day(now: datetime) -> date:
    """Say which day it is in Europe/Helsinki at `now` (any time zone). Raises ValueError when `now` is naive."""
    return _utc(now).astimezone(HELSINKI).date()


def start_of_day(day: date) -> datetime:
    """Give the first instant of a Helsinki day, in UTC."""
    return _at(day, time.min)


def end_of_day(day: date) -> datetime:
    """Give the first instant after a Helsinki day, in UTC: an exclusive end, 23, 24 or 25 hours after the start."""
    return _at(day + _ONE_DAY, time.min)


def span_of_year(year: int) -> tuple[datetime, datetime]:
    """Give the first instant of a Helsinki year and the first after it, in UTC."""
    return start_of_day(date(year, 1, 1)), start_of_day(date(year + 1, 1, 1))


def is_past(day: date, now: datetime) -> bool:
    """Say whether the Helsinki day is over at `now`; a deadline holds until the end of its day.

    The same as `now >= end_of_day(day)`. Raises ValueError when `now` is naive.
    """
    return local_day(now) > day


def _utc(now: datetime) -> datetime:
    if now.utcoffset() is None:
        raise ValueError("naive_datetime")
    return now.astimezone(UTC)


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(_plain(day), clock, HELSINKI).astimezone(UTC)


def _plain(day: date) -> date:
    # A datetime is a date to Python and to mypy, but never equals one: every holiday would pass for a working day.
    if isinstance(day, datetime):
        raise TypeError("A day is wanted, not an instant: use local_day(now).")
    return day


def months_between(start: date, end: date) -> int:
    """Return how many whole months have passed from `start` to `end`, which is not before it.

    What began on a day that the last month lacks is whole on its last day: from 31.1. to 28.2. is a month.
    """
    begun = (end.year - start.year) * 12 + end.month - start.month
    last = _calendar.monthrange(end.year, end.month)[1]
    return begun - (end.day < min(start.day, last))


# Working days


class _Finland(Finland):
    # The library stops at 2100 and answers "no holidays" after it, silently.
    end_year = date.max.year


@lru_cache(maxsize=256)
def _days_off(year: int) -> frozenset[date]:
    # PUBLIC holds the days of 5 §, both eves too; the flag days are in other categories and are working days.
    return frozenset(_Finland(years=year, categories=PUBLIC))  # type: ignore[no-untyped-call]  # the library has no types


@lru_cache(maxsize=256)
def _working_days(year: int) -> tuple[date, ...]:
    first = date(year, 1, 1).toordinal()
    days = (date.fromordinal(first + i) for i in range(365 + _calendar.isleap(year)))
    return tuple(day for day in days if is_working_day(day))


def is_working_day(day: date) -> bool:
    """Say whether a day is a working day (arkipäivä) in Finland.

    It is not on Saturday, Sunday, a church holiday, New Year's Day, Independence Day, May Day, Christmas Eve or
    Midsummer Eve. Source: act 150/1930, 5 § as amended by 358/1966; earlier years had working Saturdays.
    Raises TypeError when given a datetime.
    """
    return _plain(day).weekday() < _calendar.SATURDAY and day not in _days_off(day.year)


def next_working_day(day: date) -> date:
    """Move forward to a working day; a working day stays."""
    while not is_working_day(day):
        day += _ONE_DAY
    return day


def previous_working_day(day: date) -> date:
    """Move backward to a working day; a working day stays."""
    while not is_working_day(day):
        day -= _ONE_DAY
    return day


def add_working_days(day: date, n: int) -> date:
    """Give the n-th working day after `day`, or before it when n is negative; 0 gives `day`, working or not.

    `day` itself is not counted (act 150/1930, 2 § and 4 §).
    """
    for _ in range(abs(n)):
        day = next_working_day(day + _ONE_DAY) if n > 0 else previous_working_day(day - _ONE_DAY)
    return day


def working_days_between(start: date, end: date) -> int:
    """Count the working days after `start` up to and including `end`; swapped arguments give the negative."""
    if end < start:
        return -working_days_between(end, start)
    whole_years = sum(len(_working_days(year)) for year in range(start.year, end.year))
    return whole_years + _working_days_so_far(end) - _working_days_so_far(start)


def _working_days_so_far(day: date) -> int:
    return bisect_right(_working_days(day.year), day)


def day_of_year(year: int, month: int, day: int) -> date:
    """Give a day of one year; one that the month lacks (29.2.) is the month's last day (as act 150/1930, 3 §)."""
    return date(year, month, min(day, _month_length(year, month)))


def _month_length(year: int, month: int) -> int:
    return _calendar.monthrange(year, month)[1]


# Deadlines and reminders


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline as decided and as it holds. Helsinki days; it ends at the end of `due_on`."""

    decided_on: date
    due_on: date

    @property
    def moved(self) -> bool:
        """Whether the two differ, so that a screen must show both."""
        return self.due_on != self.decided_on

    def is_past(self, now: datetime) -> bool:
        """Say whether the deadline is over at `now` (aware, else ValueError)."""
        return is_past(self.due_on, now)


def deadline(decided: date, *, shift: bool) -> Deadline:
    """Keep the decided day and, when `shift`, move the due day forward to a working day (act 150/1930, 5 §).

    The act binds only times set by law, so `shift` is a setting of the strategy.
    """
    return Deadline(decided, next_working_day(decided) if shift else decided)


def reminder_day(due_on: date, working_days_before: int) -> date:
    """Give the working day from which `working_days_before` working days are left, the due day included.

    Reminders move backward: 0 is the due day, or the last working day before it when that is not one. So the days of
    different numbers always differ, and `working_days_between(result, due_on)` is the number given.
    Raises ValueError when the number is negative.
    """
    if working_days_before < 0:
        raise ValueError("reminder_after_due")
    return add_working_days(previous_working_day(due_on), -working_days_before)


# Mail hours


@dataclass(frozen=True, slots=True)
class SendWindow:
    """One day's mail hours, in UTC; `closes_at` is the first instant that is too late."""

    opens_at: datetime
    closes_at: datetime


Quiet: TypeAlias = tuple[tuple[tuple[int, int], tuple[int, int]], ...]
"""Weeks of a year in which a city sends no mail: from a month and day to another, both included, also over New Year."""


def is_quiet(day: date, quiet: Quiet) -> bool:
    """Say whether a day lies in the quiet weeks."""
    at = (day.month, day.day)
    return any(first <= at <= last if first <= last else at >= first or at <= last for first, last in quiet)


def is_mail_day(day: date, quiet: Quiet = ()) -> bool:
    """Say whether mails may leave on a day: a working day outside the quiet weeks."""
    return is_working_day(day) and not is_quiet(day, quiet)


def next_mail_day(day: date, quiet: Quiet = ()) -> date:
    """Move forward to a day on which mails may leave; such a day stays."""
    while not is_mail_day(day, quiet):
        day += _ONE_DAY
    return day


def previous_mail_day(day: date, quiet: Quiet = ()) -> date:
    """Move backward to a day on which mails may leave; such a day stays."""
    while not is_mail_day(day, quiet):
        day -= _ONE_DAY
    return day


def send_window(when: datetime | date, quiet: Quiet = ()) -> SendWindow:
    """Give the mail hours that hold `when`, or else the next ones: from 8:00 to 16:00 in Helsinki on mail days.

    A plain date means the start of that Helsinki day. Raises ValueError when a datetime is naive.
    """
    now = _utc(when) if isinstance(when, datetime) else start_of_day(when)
    day = next_mail_day(local_day(now), quiet)
    window = _mail_hours(day)
    return window if now < window.closes_at else _mail_hours(next_mail_day(day + _ONE_DAY, quiet))


def next_send_time(when: datetime | date, quiet: Quiet = ()) -> datetime:
    """Give the earliest instant (UTC) at or after `when` at which a mail may go out; see `send_window`."""
    opens_at = send_window(when, quiet).opens_at
    return max(_utc(when), opens_at) if isinstance(when, datetime) else opens_at


def at_hour(day: date, hour: int) -> datetime:
    """Give the instant (UTC) at which a clock in Helsinki shows a whole hour of `day`."""
    return _at(day, time(hour))


def _mail_hours(day: date) -> SendWindow:
    return SendWindow(_at(day, MAIL_FROM), _at(day, MAIL_UNTIL))


# Dates of less than day precision


class Precision(StrEnum):
    """How exactly a document states a date."""

    DAY = "day"
    MONTH = "month"
    SEASON = "season"
    HALF = "half"
    YEAR_END = "year_end"
    YEAR = "year"


_NAMED_ENDS = {
    "spring": (5, 31, Precision.SEASON),
    "summer": (8, 31, Precision.SEASON),
    "autumn": (11, 30, Precision.SEASON),
    "h1": (6, 30, Precision.HALF),
    "h2": (12, 31, Precision.HALF),
    "end": (12, 31, Precision.YEAR_END),
}
# ASCII: elsewhere \d takes the digits of every script, and the same day would have many spellings.
_DUE_TEXT = re.compile(rf"(\d{{4}})(?:-(\d{{2}})(?:-(\d{{2}}))?|-({'|'.join(_NAMED_ENDS)}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Due:
    """The last day (in Helsinki) of what was stated, and how exactly it was stated."""

    last_day: date
    precision: Precision

    def is_past(self, now: datetime) -> bool:
        """Say whether all of what was stated is over at `now` (aware, else ValueError)."""
        return is_past(self.last_day, now)


def parse_due(text: str) -> Due:
    """Read '2020-11-30', '2021-06', '2021-autumn', '2021-h1', '2021-end' or '2021'.

    Days and months are those of ISO 8601 (RFC 3339 full-date); the words are our own.
    Raises ValueError: "due_syntax" when the text is none of these, "due_day" when the day does not exist.
    """
    match = _DUE_TEXT.fullmatch(text)
    if match is None:
        raise ValueError("due_syntax")
    year, month, day, name = match.groups()
    try:
        return _named_due(int(year), name) if name else _numbered_due(int(year), month, day)
    except ValueError as error:
        raise ValueError("due_day") from error


def format_due(due: Due) -> str:
    """Write a date so that `parse_due` reads it back the same.

    Raises ValueError ("due_day") when its last day does not end what its precision says, as 15 June ends no month.
    """
    year = f"{due.last_day.year:04d}"
    texts = [year, f"{year}-{due.last_day.month:02d}", due.last_day.isoformat()]
    for text in texts + [f"{year}-{name}" for name in _NAMED_ENDS]:
        if parse_due(text) == due:
            return text
    raise ValueError("due_day")


def due_around(day: date, precision: Precision) -> Due:
    """Return the date of `precision` that `day` lies in, as people choose a day in a calendar and mean its month.

    Raises ValueError ("due_day") in winter, which is no season of one year.
    """
    ends = sorted((month, last) for month, last, named in _NAMED_ENDS.values() if named == precision)
    match precision:
        case Precision.DAY:
            return Due(day, precision)
        case Precision.MONTH:
            return Due(day.replace(day=_month_length(day.year, day.month)), precision)
        case Precision.SEASON if day.month in {1, 2, 12}:
            raise ValueError("due_day")
        case Precision.YEAR:
            return Due(date(day.year, 12, 31), precision)
    return Due(min(end for month, last in ends if (end := date(day.year, month, last)) >= day), precision)


def _named_due(year: int, name: str) -> Due:
    month, day, precision = _NAMED_ENDS[name]
    return Due(date(year, month, day), precision)


def _numbered_due(year: int, month: str | None, day: str | None) -> Due:
    if month is None:
        return Due(date(year, 12, 31), Precision.YEAR)
    if day is None:
        return Due(date(year, int(month), _month_length(year, int(month))), Precision.MONTH)
    return Due(date(year, int(month), int(day)), Precision.DAY)
