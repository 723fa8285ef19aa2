"""The days of a round: the table of default days counted by hand, the shapes of rules, and where days move."""

from datetime import date, timedelta

import pytest

from toimenpiteet.calendar import is_working_day, working_days_between
from toimenpiteet.round_days import DEFAULTS, RoundKind, Which, days_of, held_on, misplaced, parse_rule

pytestmark = pytest.mark.once

REPORT, BUDGET = RoundKind.ANNUAL_REPORT, RoundKind.BUDGET


def held(kind: RoundKind, year: int, *, shift: bool = True, **rules: str) -> dict[str, date]:
    found = days_of(kind, year, {Which(name): rule for name, rule in rules.items()}, shift=shift)
    return {which.value: day.holds_on for which, day in found.items()}


# Counted in a calendar with the holidays of 5 § of act 150/1930, beside the code: status day, opens, answers due,
# review ends, lock, agenda, board, council.
GOLDEN = {
    (REPORT, 2024): "2024-12-31 2025-01-07 2025-01-31 2025-02-14 2025-02-28 2025-03-14 2025-03-24 2025-06-09",
    (REPORT, 2025): "2025-12-31 2026-01-07 2026-01-30 2026-02-13 2026-02-27 2026-03-13 2026-03-23 2026-06-08",
    (REPORT, 2026): "2026-12-31 2027-01-07 2027-01-29 2027-02-12 2027-02-26 2027-03-12 2027-03-22 2027-06-14",
    (REPORT, 2027): "2027-12-31 2028-01-07 2028-01-31 2028-02-14 2028-02-29 2028-03-17 2028-03-27 2028-06-12",
    (REPORT, 2028): "2028-12-31 2029-01-08 2029-01-31 2029-02-14 2029-02-28 2029-03-16 2029-03-26 2029-06-11",
    (BUDGET, 2025): "2025-08-31 2025-09-01 2025-09-22 2025-10-06 2025-10-08 2025-10-17 2025-10-27 2025-11-17",
    (BUDGET, 2026): "2026-08-31 2026-09-01 2026-09-22 2026-10-06 2026-10-08 2026-10-16 2026-10-26 2026-11-16",
    (BUDGET, 2027): "2027-08-31 2027-09-01 2027-09-22 2027-10-06 2027-10-08 2027-10-15 2027-10-25 2027-11-15",
    (BUDGET, 2028): "2028-08-31 2028-09-01 2028-09-22 2028-10-06 2028-10-10 2028-10-13 2028-10-23 2028-11-13",
    (BUDGET, 2029): "2029-08-31 2029-09-03 2029-09-24 2029-10-08 2029-10-10 2029-10-12 2029-10-22 2029-11-12",
}


@pytest.mark.parametrize(("kind", "year"), list(GOLDEN))
def test_the_default_days_are_those_of_the_table(kind: RoundKind, year: int) -> None:
    assert " ".join(str(day) for day in held(kind, year).values()) == GOLDEN[kind, year]


@pytest.mark.parametrize("kind", RoundKind)
@pytest.mark.parametrize("year", range(2020, 2060))
def test_the_default_days_come_in_order_on_working_days_in_every_year(kind: RoundKind, year: int) -> None:
    found = days_of(kind, year, {}, shift=True)
    assert misplaced({which: day.holds_on for which, day in found.items()}) is None
    assert all(is_working_day(day.holds_on) for which, day in found.items() if which is not Which.STATUS_DAY)


def test_easter_monday_moves_the_board_within_the_legal_day() -> None:
    # 28.3.2016 was Easter Monday: the last Monday up to 28.3., and no working day; the accounts are ready by 31.3.
    board = days_of(REPORT, 2015, {}, shift=True)[Which.BOARD]
    assert (board.computed_on, board.holds_on) == (date(2016, 3, 28), date(2016, 3, 29))


# Where a day moves


@pytest.mark.parametrize(
    ("kind", "which", "rule", "year", "computed", "holds"),
    [
        # Openings and answers forward: the golden cases of deadlines.
        (REPORT, "answers_due", "06-30", 2028, date(2029, 6, 30), date(2029, 7, 2)),
        (BUDGET, "answers_due", "12-31", 2028, date(2028, 12, 31), date(2029, 1, 2)),
        (BUDGET, "answers_due", "12-24", 2026, date(2026, 12, 24), date(2026, 12, 28)),
        (REPORT, "answers_due", "05-01", 2026, date(2027, 5, 1), date(2027, 5, 3)),
        (BUDGET, "answers_due", "12-31", 2026, date(2026, 12, 31), date(2026, 12, 31)),
        (BUDGET, "opens", "08-01", 2026, date(2026, 8, 1), date(2026, 8, 3)),
        # Lock and agenda backward.
        (BUDGET, "lock", "10-10", 2026, date(2026, 10, 10), date(2026, 10, 9)),
        (REPORT, "agenda", "03-14", 2026, date(2027, 3, 14), date(2027, 3, 12)),
        # A body's day forward within its legal day, else backward.
        (REPORT, "council", "06-26", 2026, date(2027, 6, 26), date(2027, 6, 28)),
        (REPORT, "council", "06-30", 2028, date(2029, 6, 30), date(2029, 6, 29)),
        (BUDGET, "council", "12-31", 2028, date(2028, 12, 31), date(2028, 12, 29)),
        (REPORT, "board", "03-31", 2028, date(2029, 3, 31), date(2029, 3, 29)),
        # The status day never.
        (BUDGET, "status_day", "08-31", 2025, date(2025, 8, 31), date(2025, 8, 31)),
    ],
)
def test_a_day_moves_as_its_kind_does(
    kind: RoundKind, which: str, rule: str, year: int, computed: date, holds: date
) -> None:
    found = days_of(kind, year, {Which(which): rule}, shift=True)[Which(which)]
    assert (found.computed_on, found.holds_on) == (computed, holds)
    assert days_of(kind, year, {Which(which): rule}, shift=False)[Which(which)].holds_on == computed
    assert held_on(kind, Which(which), computed, shift=True) == holds


# The shapes of rules


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        ("02-29", date(2026, 3, 2)),  # 28.2.2026 is a Saturday
        ("first working-day 05", date(2026, 5, 4)),
        ("last working-day 12", date(2026, 12, 31)),
        ("last working-day 10", date(2026, 10, 30)),
        ("+15 opens", date(2026, 9, 22)),
        ("-1 opens", date(2026, 8, 31)),
        ("+1 06-19", date(2026, 6, 22)),
        ("-2 12-28", date(2026, 12, 22)),
        ("1 tue 09", date(2026, 9, 1)),
        ("4 fri 09", date(2026, 9, 25)),
        ("last wed 09", date(2026, 9, 30)),
        ("last mon 09-20", date(2026, 9, 14)),
    ],
)
def test_each_shape_gives_its_day(rule: str, day: date) -> None:
    assert held(BUDGET, 2026, answers_due=rule)["answers_due"] == day


def test_a_day_that_is_counted_from_another_follows_where_that_one_moved() -> None:
    found = held(BUDGET, 2029, opens="09-01", answers_due="+15 opens")
    assert working_days_between(found["opens"], found["answers_due"]) == 15
    assert found["opens"] == date(2029, 9, 3)


def test_a_day_that_never_comes_takes_along_what_is_counted_from_it() -> None:
    assert set(held(BUDGET, 2026)) - set(held(BUDGET, 2026, board="never")) == {"board", "agenda"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "rule_syntax"),
        ("31.12.", "rule_syntax"),
        ("0 mon 06", "rule_syntax"),
        ("5 mon 06", "rule_syntax"),
        ("2 mon 06-30", "rule_syntax"),
        ("last sat 06", "rule_syntax"),
        ("+0 opens", "rule_syntax"),
        ("15 opens", "rule_syntax"),
        ("+15 tomorrow", "rule_syntax"),
        ("last working-day", "rule_syntax"),
        ("12-31 ", "rule_syntax"),
        ("13-01", "rule_day"),
        ("00-10", "rule_day"),
        ("02-30", "rule_day"),
        ("last mon 04-31", "rule_day"),
        ("first working-day 13", "rule_day"),
    ],
)
def test_what_is_no_rule_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_rule(text)


def test_days_that_are_counted_from_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="rule_ring"):
        held(BUDGET, 2026, opens="-15 answers_due")


def test_each_day_of_each_kind_has_a_rule_that_is_one() -> None:
    assert {kind: set(rules) for kind, rules in DEFAULTS.items()} == {kind: set(Which) for kind in RoundKind}
    assert all(parse_rule(rule) for rules in DEFAULTS.values() for rule in rules.values())


@pytest.mark.parametrize("which", [which for which in Which if which not in {Which.STATUS_DAY, Which.COUNCIL}])
def test_days_in_the_wrong_order_are_found(which: Which) -> None:
    days = {name: day.holds_on for name, day in days_of(BUDGET, 2026, {}, shift=True).items()}
    after = list(Which)[list(Which).index(which) + 1]
    assert misplaced({**days, which: days[after] + timedelta(days=1)}) == (which, after)
    assert misplaced({**days, which: days[after]}) is None


def test_the_status_day_may_follow_the_opening_and_not_the_answers() -> None:
    days = {name: day.holds_on for name, day in days_of(BUDGET, 2026, {}, shift=True).items()}
    assert misplaced({**days, Which.STATUS_DAY: date(2026, 9, 10)}) is None
    assert misplaced({**days, Which.STATUS_DAY: date(2026, 9, 23)}) == (Which.STATUS_DAY, Which.ANSWERS_DUE)
