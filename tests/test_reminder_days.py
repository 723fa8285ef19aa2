"""On which days people are reminded: tables counted by hand, and a slow model of the rules over twenty years."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toimenpiteet.calendar import Quiet, is_working_day
from toimenpiteet.reminder_days import JULY, Offsets, Stage, latest, parse_days, parse_quiet, stages

pytestmark = pytest.mark.once
DAY = timedelta(days=1)
# Counted by hand in the calendar of 5 § of act 150/1930: the opening, 10, 3 and 1 working days before, 1, 5, 9 after.
BY_HAND = {
    # The default round of the budget.
    (date(2026, 9, 1), date(2026, 9, 22)): "1.9. 8.9. 17.9. 21.9. 23.9. 29.9. 5.10.",
    # Over Christmas: 24.–26.12., 1.1. and 6.1. are off.
    (date(2026, 11, 30), date(2026, 12, 31)): "30.11. 15.12. 28.12. 30.12. 4.1. 11.1. 15.1.",
    # Opened on a Saturday, due after Easter (26.3.–29.3. are off): the tenth day before lies on the opening.
    (date(2027, 3, 13), date(2027, 4, 1)): "15.3. 16.3. 25.3. 31.3. 2.4. 8.4. 14.4.",
    # So short that ten and three days before lie before the opening.
    (date(2026, 9, 1), date(2026, 9, 3)): "1.9. 2.9. 4.9. 10.9. 16.9.",
    # Due on the Monday after July, which is quiet: ten days before it lies in June, before the opening.
    (date(2027, 7, 1), date(2027, 8, 2)): "2.8. 3.8. 9.8. 13.8.",
}


def days(found: list[Stage]) -> str:
    return " ".join(f"{stage.on.day}.{stage.on.month}." for stage in found)


@pytest.mark.parametrize("opens_on, due_on", BY_HAND)  # noqa: PT006  # as the keys
def test_the_days_are_those_counted_by_hand(opens_on: date, due_on: date) -> None:
    found = stages(opens_on, due_on, None, Offsets(), parse_quiet(JULY))
    assert days(found) == BY_HAND[opens_on, due_on]
    assert [stage.above for stage in found] == [False] * (len(found) - 1) + [True]


def test_none_comes_when_the_review_has_ended() -> None:
    found = stages(date(2026, 9, 1), date(2026, 9, 22), date(2026, 9, 28), Offsets(), ())
    assert days(found) == "1.9. 8.9. 17.9. 21.9. 23.9."


def test_a_city_chooses_other_days_or_none() -> None:
    found = stages(date(2026, 9, 1), date(2026, 9, 22), None, Offsets(False, (2,), (), None), ())
    assert days(found) == "18.9."
    assert stages(date(2026, 9, 1), date(2026, 9, 22), None, Offsets(False, (), (), None), ()) == []


# The slow model: it walks through the calendar day by day, and knows nothing of the module but its promise.


def working_days(start: date, end: date) -> int:
    return sum(is_working_day(start + place * DAY) for place in range(1, (end - start).days + 1))


def may_leave(day: date, quiet: Quiet) -> bool:
    in_quiet = False
    for first, last in quiet:
        place = (day.month, day.day)
        in_quiet = in_quiet or (first <= place <= last if first <= last else place >= first or place <= last)
    return is_working_day(day) and not in_quiet


def walk(day: date, step: timedelta, quiet: Quiet) -> date:
    while not may_leave(day, quiet):
        day += step
    return day


def slowly(  # noqa: C901  # one walk, in one place
    opens_on: date, due_on: date, until: date | None, of: Offsets, quiet: Quiet
) -> dict[date, tuple[int, bool]]:
    """Return by day which offset is told then, the opening being -1000; the later one of two."""
    found: list[tuple[int, bool, date]] = []
    if of.on_opening:
        found.append((-1000, False, walk(opens_on, DAY, quiet)))
    for before in of.before:
        day = due_on
        while not (is_working_day(day) and working_days(day, due_on) == before):
            day -= DAY
        day = walk(day, -DAY, quiet)
        if day >= opens_on:
            found.append((-before, False, day))
    for after, above in [*((after, False) for after in of.after), *([(of.above, True)] if of.above else [])]:
        day = due_on + DAY
        while not (is_working_day(day) and working_days(due_on, day) == after):
            day += DAY
        found.append((after, above, walk(day, DAY, quiet)))
    by_day: dict[date, tuple[int, bool]] = {}
    for offset, above, day in sorted(found, key=lambda one: (one[1], one[0])):
        if until is None or day <= until:
            by_day[day] = (offset, above)
    return by_day


OPENINGS = st.dates(date(2025, 1, 1), date(2045, 12, 31))
NUMBERS = st.lists(st.integers(1, 30), max_size=4, unique=True).map(lambda some: tuple(sorted(some)))
OFFSETS = st.builds(Offsets, st.booleans(), NUMBERS, NUMBERS, st.none() | st.integers(1, 30))
QUIET = st.sampled_from(["", JULY, "24.12.–1.1.", "1.7.–31.7., 24.12.–6.1.", "22.6.–15.8."]).map(parse_quiet)


@given(OPENINGS, st.integers(0, 90), st.none() | st.integers(0, 40), OFFSETS, QUIET)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_they_are_those_of_a_slow_model_over_twenty_years(
    opens_on: date, lasts: int, review: int | None, of: Offsets, quiet: Quiet
) -> None:
    due_on = opens_on + lasts * DAY
    until = None if review is None else due_on + review * DAY
    found = stages(opens_on, due_on, until, of, quiet)
    told = {stage.on: (-1000 if stage.name == "0" else int(stage.name), stage.above) for stage in found}
    assert told == slowly(opens_on, due_on, until, of, quiet)
    assert [stage.on for stage in found] == sorted(told)
    assert all(stage.on >= opens_on and may_leave(stage.on, quiet) for stage in found)
    for day in (opens_on - DAY, opens_on, due_on, due_on + 20 * DAY):
        held = latest(found, day)
        assert (held.on if held else None) == max((on for on in told if on <= day), default=None)


@pytest.mark.parametrize(
    ("text", "read"),
    [("10, 3, 1", (1, 3, 10)), ("1,1, 5", (1, 5)), ("", ()), ("  ", ()), ("60", (60,))],
)
def test_days_are_read_as_they_are_typed(text: str, read: tuple[int, ...]) -> None:
    assert parse_days(text) == read


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        *((text, "days_syntax") for text in ("0", "61", "-3", "1;2", "kolme", "1,,2", "²", "1.5")),
        ("1,2,3,4,5,6,7", "days_many"),
    ],
)
def test_days_that_are_none_are_refused(text: str, flaw: str) -> None:
    with pytest.raises(ValueError, match=flaw):
        parse_days(text)


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        *((text, "quiet_syntax") for text in ("heinäkuu", "1.7", "1.7.–", "1.7.-31.7.;", "1.7.–31.7. 24.12.–1.1.")),
        *((text, "quiet_day") for text in ("1.13.–2.13.", "31.6.–1.7.", "0.7.–31.7.", "1.7.–32.7.", "30.2.–1.3.")),
        *((text, "quiet_long") for text in ("1.1.–31.12.", "2.1.–1.1.", "1.1.–31.5., 1.8.–31.12.")),
    ],
)
def test_weeks_that_are_none_are_refused(text: str, flaw: str) -> None:
    with pytest.raises(ValueError, match=flaw):
        parse_quiet(text)


def test_weeks_over_new_year_are_read() -> None:
    assert parse_quiet("1.7.-31.7., 24.12. – 1.1.") == (((7, 1), (7, 31)), ((12, 24), (1, 1)))
