"""The calendar against a table of days written by hand, the golden cases and the clock changes."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest

from toimenpiteet.calendar import (
    HELSINKI,
    Due,
    Precision,
    SendWindow,
    add_working_days,
    deadline,
    end_of_day,
    is_past,
    is_working_day,
    local_day,
    next_send_time,
    next_working_day,
    previous_working_day,
    reminder_day,
    send_window,
    start_of_day,
    working_days_between,
)

pytestmark = pytest.mark.once


# Every day from Monday to Friday that is not a working day, as day.month of each year. Written by hand from the
# Finnish almanac, not computed: New Year's Day, Epiphany, Good Friday, Easter Monday, May Day, Ascension Day,
# Midsummer Eve, Independence Day, Christmas Eve, Christmas Day and Boxing Day, where they fall on a weekday.
def _is_open(window: SendWindow, now: datetime) -> bool:
    return window.opens_at <= now < window.closes_at


WEEKDAYS_OFF = {
    2020: "1.1 6.1 10.4 13.4 1.5 21.5 19.6 24.12 25.12",
    2021: "1.1 6.1 2.4 5.4 13.5 25.6 6.12 24.12",
    2022: "6.1 15.4 18.4 26.5 24.6 6.12 26.12",
    2023: "6.1 7.4 10.4 1.5 18.5 23.6 6.12 25.12 26.12",
    2024: "1.1 29.3 1.4 1.5 9.5 21.6 6.12 24.12 25.12 26.12",
    2025: "1.1 6.1 18.4 21.4 1.5 29.5 20.6 24.12 25.12 26.12",
    2026: "1.1 6.1 3.4 6.4 1.5 14.5 19.6 24.12 25.12",
    2027: "1.1 6.1 26.3 29.3 6.5 25.6 6.12 24.12",
    2028: "6.1 14.4 17.4 1.5 25.5 23.6 6.12 25.12 26.12",
    2029: "1.1 30.3 2.4 1.5 10.5 22.6 6.12 24.12 25.12 26.12",
    2030: "1.1 19.4 22.4 1.5 30.5 21.6 6.12 24.12 25.12 26.12",
    2031: "1.1 6.1 11.4 14.4 1.5 22.5 20.6 24.12 25.12 26.12",
}
# How many such days the almanac office of the University of Helsinki counts in a year.
# https://www.sttinfo.fi/tiedote/70637565/ (2024-2031), https://yle.fi/uutiset/3-12562785 (2022)
COUNTED = {2022: 7, 2024: 10, 2025: 10, 2026: 9, 2027: 8, 2028: 9, 2029: 10, 2030: 10, 2031: 10}

MONDAY, SUNDAY = date(2027, 3, 1), date(2027, 3, 7)


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]


def year_days(year: int) -> list[date]:
    return days(date(year, 1, 1), date(year, 12, 31))


def table_of(year: int) -> set[date]:
    pairs = (text.split(".") for text in WEEKDAYS_OFF[year].split())
    return {date(year, int(month), int(day)) for day, month in pairs}


def helsinki(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=HELSINKI, fold=fold)  # type: ignore[misc, arg-type]  # numbers of a day and a time


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]  # numbers of a day and a time


class TestWorkingDays:
    @pytest.mark.parametrize("year", WEEKDAYS_OFF)
    def test_every_day_agrees_with_the_table(self, year: int) -> None:
        off = table_of(year)
        wrong = [day for day in year_days(year) if is_working_day(day) != (day.weekday() < 5 and day not in off)]
        assert wrong == []

    @pytest.mark.parametrize(("year", "count"), COUNTED.items())
    def test_the_table_has_as_many_days_as_the_almanac_office_counts(self, year: int, count: int) -> None:
        assert len({day for day in table_of(year) if day.weekday() < 5}) == count

    @pytest.mark.parametrize("year", [2101, 2150, 9999])
    def test_the_fixed_days_are_known_long_after_the_library_ends(self, year: int) -> None:
        for month, day in [(1, 1), (1, 6), (5, 1), (12, 6), (12, 24), (12, 25), (12, 26)]:
            assert not is_working_day(date(year, month, day))

    @pytest.mark.parametrize(
        "day",
        [date(2025, 2, 28), date(2025, 6, 4), date(2025, 11, 6), date(2026, 12, 31), date(2027, 3, 25)],
        ids=["Kalevala Day", "flag day of the defence forces", "svenska dagen", "New Year's Eve", "Maundy Thursday"],
    )
    def test_flag_days_and_half_holidays_are_working_days(self, day: date) -> None:
        assert is_working_day(day)

    def test_an_instant_is_not_taken_for_a_day(self) -> None:
        for function in (is_working_day, next_working_day, previous_working_day, start_of_day, end_of_day):
            with pytest.raises(TypeError):
                function(helsinki(2026, 12, 24, 9))

    def test_next_and_previous_are_the_nearest(self) -> None:
        for day in year_days(2028):
            following, preceding = next_working_day(day), previous_working_day(day)
            assert preceding <= day <= following
            assert is_working_day(preceding)
            assert is_working_day(following)
            assert (preceding == day == following) is is_working_day(day)
            between = days(preceding, following)[1:-1]
            assert not any(is_working_day(other) for other in between)

    def test_christmas_and_easter_are_crossed_both_ways(self) -> None:
        assert next_working_day(date(2024, 12, 24)) == date(2024, 12, 27)
        assert previous_working_day(date(2024, 12, 26)) == date(2024, 12, 23)
        assert add_working_days(date(2025, 4, 17), 1) == date(2025, 4, 22)
        assert add_working_days(date(2025, 4, 22), -1) == date(2025, 4, 17)


class TestWorkingDayArithmetic:
    NUMBERS = (-260, -30, -2, -1, 0, 1, 2, 5, 30, 260)

    def test_adding_from_a_day_off_does_not_count_that_day(self) -> None:
        assert add_working_days(SUNDAY, 1) == date(2027, 3, 8)
        assert add_working_days(SUNDAY, -1) == date(2027, 3, 5)
        assert add_working_days(SUNDAY, 0) == SUNDAY

    def test_adding_back_returns_to_a_working_day(self) -> None:
        for day in filter(is_working_day, year_days(2028)):
            for n in self.NUMBERS:
                assert add_working_days(add_working_days(day, n), -n) == day

    def test_counting_undoes_adding(self) -> None:
        for day in filter(is_working_day, year_days(2028)):
            for n in self.NUMBERS:
                assert working_days_between(day, add_working_days(day, n)) == n

    def test_counting_forward_undoes_adding_from_any_day(self) -> None:
        for day in year_days(2028):
            assert working_days_between(day, add_working_days(day, 30)) == 30

    def test_counting_agrees_with_looking_at_each_day(self) -> None:
        start = date(2027, 12, 20)
        for end in days(start, date(2029, 1, 10)):
            expected = sum(is_working_day(day) for day in days(start, end)[1:])
            assert working_days_between(start, end) == expected
            assert working_days_between(end, start) == -expected

    def test_counts_add_up(self) -> None:
        first, last = date(2026, 12, 24), date(2031, 1, 6)
        whole = working_days_between(first, last)
        for middle in days(first, last)[::7]:
            assert working_days_between(first, middle) + working_days_between(middle, last) == whole

    def test_start_is_outside_and_end_inside(self) -> None:
        assert working_days_between(MONDAY, MONDAY) == 0
        assert working_days_between(MONDAY, MONDAY + timedelta(days=1)) == 1
        assert working_days_between(MONDAY, SUNDAY) == 4
        assert working_days_between(SUNDAY, MONDAY) == -4


class TestInstants:
    def test_the_day_turns_at_midnight_in_helsinki(self) -> None:
        assert local_day(utc(2026, 1, 1, 21, 59, 59)) == date(2026, 1, 1)
        assert local_day(utc(2026, 1, 1, 22)) == date(2026, 1, 2)
        assert local_day(utc(2026, 7, 1, 20, 59, 59)) == date(2026, 7, 1)
        assert local_day(utc(2026, 7, 1, 21)) == date(2026, 7, 2)

    def test_any_time_zone_is_understood(self) -> None:
        tokyo = timezone(timedelta(hours=9))
        assert local_day(datetime(2026, 1, 2, 6, 59, tzinfo=tokyo)) == date(2026, 1, 1)

    @pytest.mark.parametrize(
        ("day", "end", "hours"),
        [
            (date(2026, 3, 28), utc(2026, 3, 28, 22), 24),
            (date(2026, 3, 29), utc(2026, 3, 29, 21), 23),
            (date(2026, 10, 24), utc(2026, 10, 24, 21), 24),
            (date(2026, 10, 25), utc(2026, 10, 25, 22), 25),
            (date(2028, 12, 31), utc(2028, 12, 31, 22), 24),
        ],
    )
    def test_a_day_ends_at_midnight_over_clock_changes(self, day: date, end: datetime, hours: int) -> None:
        assert end_of_day(day) == end
        assert end_of_day(day).tzinfo is UTC
        assert end_of_day(day) - start_of_day(day) == timedelta(hours=hours)

    def test_days_meet_without_gap_or_overlap(self) -> None:
        for day, following in pairwise(year_days(2026)):
            assert end_of_day(day) == start_of_day(following)

    @pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 12, 31)])
    def test_a_day_is_past_only_after_its_end(self, day: date) -> None:
        end = end_of_day(day)
        assert not is_past(day, end - timedelta(microseconds=1))
        assert is_past(day, end)

    def test_is_past_works_at_the_end_of_the_calendar(self) -> None:
        assert not is_past(date.max, utc(2026, 1, 1))

    def test_naive_instants_are_refused(self) -> None:
        naive = datetime(2026, 1, 1, 12)  # noqa: DTZ001  # a naive time is what is refused
        due = deadline(MONDAY, shift=True)
        calls = (
            local_day,
            send_window,
            next_send_time,
            due.is_past,
            Due(MONDAY, Precision.DAY).is_past,
            lambda now: is_past(MONDAY, now),
        )
        for call in calls:
            with pytest.raises(ValueError, match="naive"):
                call(naive)


class TestDeadlines:
    @pytest.mark.parametrize(
        ("decided", "due"),
        [
            (date(2029, 6, 30), date(2029, 7, 2)),
            (date(2028, 12, 31), date(2029, 1, 2)),
            (date(2026, 12, 24), date(2026, 12, 28)),
            (date(2027, 5, 1), date(2027, 5, 3)),
            (date(2026, 12, 31), date(2026, 12, 31)),
            (date(2026, 6, 19), date(2026, 6, 22)),
            (date(2027, 12, 6), date(2027, 12, 7)),
        ],
    )
    def test_a_deadline_moves_forward_to_a_working_day(self, decided: date, due: date) -> None:
        shifted, kept = deadline(decided, shift=True), deadline(decided, shift=False)
        assert (shifted.decided_on, shifted.due_on, shifted.moved) == (decided, due, due != decided)
        assert (kept.decided_on, kept.due_on, kept.moved) == (decided, decided, False)

    def test_a_moved_deadline_holds_until_the_end_of_the_later_day(self) -> None:
        due = deadline(date(2029, 6, 30), shift=True)
        assert not due.is_past(helsinki(2029, 7, 2, 23, 59, 59))
        assert due.is_past(helsinki(2029, 7, 3))

    @pytest.mark.parametrize(
        ("due", "before", "reminder"),
        [
            (date(2026, 12, 28), 1, date(2026, 12, 23)),
            (date(2026, 12, 31), 3, date(2026, 12, 28)),
            (date(2026, 12, 31), 4, date(2026, 12, 23)),
            (date(2029, 6, 30), 0, date(2029, 6, 29)),
            (date(2029, 6, 30), 1, date(2029, 6, 28)),
            (date(2029, 1, 2), 1, date(2028, 12, 29)),
        ],
    )
    def test_reminders_move_backward(self, due: date, before: int, reminder: date) -> None:
        assert reminder_day(due, before) == reminder

    def test_reminders_are_different_working_days_and_leave_what_they_say(self) -> None:
        for due in year_days(2028):
            reminders = [reminder_day(due, before) for before in range(12)]
            assert all(is_working_day(day) and day <= due for day in reminders)
            assert [working_days_between(day, due) for day in reminders] == list(range(12))

    def test_a_reminder_after_the_due_day_is_refused(self) -> None:
        with pytest.raises(ValueError, match="reminder"):
            reminder_day(MONDAY, -1)


class TestMailHours:
    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            (helsinki(2027, 3, 1, 7, 59, 59), helsinki(2027, 3, 1, 8)),
            (helsinki(2027, 3, 1, 8), helsinki(2027, 3, 1, 8)),
            (helsinki(2027, 3, 1, 15, 59, 59), helsinki(2027, 3, 1, 15, 59, 59)),
            (helsinki(2027, 3, 1, 16), helsinki(2027, 3, 2, 8)),
            (helsinki(2027, 3, 5, 16), helsinki(2027, 3, 8, 8)),
            (helsinki(2026, 12, 23, 16), helsinki(2026, 12, 28, 8)),
            (helsinki(2028, 12, 29, 23), helsinki(2029, 1, 2, 8)),
            # Already Monday in Helsinki, still Sunday in UTC.
            (utc(2027, 3, 7, 22, 30), utc(2027, 3, 8, 6)),
        ],
    )
    def test_mails_wait_for_the_mail_hours(self, now: datetime, expected: datetime) -> None:
        assert next_send_time(now) == expected
        assert next_send_time(now).tzinfo is UTC

    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            (utc(2026, 3, 27, 14), utc(2026, 3, 30, 5)),
            (helsinki(2026, 3, 29, 2, 59), utc(2026, 3, 30, 5)),
            (helsinki(2026, 3, 29, 4), utc(2026, 3, 30, 5)),
            (utc(2026, 10, 23, 13), utc(2026, 10, 26, 6)),
            (helsinki(2026, 10, 25, 3, 30), utc(2026, 10, 26, 6)),
            (helsinki(2026, 10, 25, 3, 30, fold=1), utc(2026, 10, 26, 6)),
            (utc(2027, 3, 26, 10), utc(2027, 3, 30, 5)),
        ],
        ids=["spring Friday", "before gap", "after gap", "autumn Friday", "first 3:30", "second 3:30", "Easter"],
    )
    def test_clock_changes_keep_the_wall_clock(self, now: datetime, expected: datetime) -> None:
        assert next_send_time(now) == expected
        assert expected.astimezone(HELSINKI).hour == 8

    @pytest.mark.parametrize("first", [date(2026, 3, 26), date(2026, 10, 22), date(2026, 12, 22)])
    def test_every_quarter_hour_agrees_with_a_plain_search(self, first: date) -> None:
        quarters = [start_of_day(first) + timedelta(minutes=15 * i) for i in range(8 * 96)]
        working = [now for now in quarters if is_working_day(local_day(now))]
        allowed = [now for now in working if 8 <= now.astimezone(HELSINKI).hour < 16]
        for now in quarters:
            expected = next((other for other in allowed if other >= now), None)
            if expected is not None:
                assert next_send_time(now) == expected
                assert _is_open(send_window(now), now) is (now == expected)

    def test_a_plain_day_means_its_start(self) -> None:
        assert next_send_time(MONDAY) == helsinki(2027, 3, 1, 8)
        assert next_send_time(SUNDAY) == helsinki(2027, 3, 8, 8)
        assert send_window(SUNDAY) == send_window(start_of_day(SUNDAY))

    def test_a_window_is_eight_hours_in_utc(self) -> None:
        window = send_window(helsinki(2026, 7, 1, 12))
        assert (window.opens_at, window.closes_at) == (utc(2026, 7, 1, 5), utc(2026, 7, 1, 13))
        assert window.opens_at.tzinfo is window.closes_at.tzinfo is UTC
        assert _is_open(window, utc(2026, 7, 1, 5))
        assert not _is_open(window, utc(2026, 7, 1, 13))
