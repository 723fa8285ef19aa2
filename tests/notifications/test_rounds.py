"""Rounds made ahead from the calendar."""

from datetime import date

import pytest

from tests import make
from toimenpiteet.models import Actor, Door, ReportingRound, Strategy
from toimenpiteet.services.rounds import ensure_rounds, years_ahead

from . import build

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("kalenteri", Door.TASK)


def ensure(strategy: Strategy, *years: int) -> list[ReportingRound]:
    return ensure_rounds(strategy, years=years, actor=ACTOR, now=make.NOW)


def days(strategy: Strategy) -> dict[tuple[str, int], tuple[date, date]]:
    rounds = ReportingRound.objects.filter(strategy=strategy)
    return {(one.kind, one.year): (one.decided_on, one.due_on) for one in rounds}


def test_two_rounds_a_year_come_from_the_calendar() -> None:
    strategy = make.strategy(make.municipality())
    build.calendar(strategy)
    made = ensure(strategy, 2026, 2027)
    assert len(made) == 4
    first = next(one for one in made if (one.kind, one.year) == ("budget", 2026))
    assert (first.opens_on, first.due_on, first.status) == (date(2026, 11, 17), date(2026, 12, 31), "planned")
    assert first.body == "Kaupunginvaltuusto"
    history = first.history.get()
    assert (history.actor_name.text, history.door) == ("kalenteri", "task")


def test_making_them_again_changes_nothing() -> None:
    strategy = make.strategy(make.municipality())
    build.calendar(strategy)
    ensure(strategy, 2026)
    before = days(strategy)
    assert ensure(strategy, 2026) == []
    assert days(strategy) == before
    assert ReportingRound.history.count() == 2


def test_a_missing_round_is_added_beside_the_others() -> None:
    strategy = make.strategy(make.municipality())
    build.calendar(strategy)
    ensure(strategy, 2026)
    assert [(one.kind, one.year) for one in ensure(strategy, 2026, 2027)] == [("annual_report", 2027), ("budget", 2027)]


@pytest.mark.parametrize(
    ("entry", "year", "due"),
    [
        (("annual_report", 6, 30), 2029, date(2029, 7, 2)),
        (("budget", 12, 31), 2028, date(2029, 1, 2)),
        (("budget", 12, 24), 2026, date(2026, 12, 28)),
        (("annual_report", 5, 1), 2027, date(2027, 5, 3)),
        (("budget", 12, 31), 2026, date(2026, 12, 31)),
    ],
)
def test_the_day_as_decided_and_the_day_as_moved_are_both_kept(
    entry: tuple[str, int, int], year: int, due: date
) -> None:
    strategy = make.strategy(make.municipality())
    build.calendar(strategy, entry)
    ensure(strategy, year)
    assert days(strategy) == {(entry[0], year): (date(year, entry[1], entry[2]), due)}


def test_a_strategy_that_does_not_shift_keeps_the_decided_day() -> None:
    strategy = make.strategy(make.municipality(), shift_deadlines=False)
    build.calendar(strategy, ("budget", 12, 31))
    ensure(strategy, 2028)
    assert days(strategy) == {("budget", 2028): (date(2028, 12, 31), date(2028, 12, 31))}


def test_a_round_that_somebody_moved_stays_where_it_is() -> None:
    strategy = make.strategy(make.municipality())
    build.calendar(strategy)
    build.a_round(strategy, date(2026, 12, 15))
    ensure(strategy, 2026)
    assert days(strategy)["budget", 2026] == (date(2026, 12, 15), date(2026, 12, 15))


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ((None, None), [2026, 2027]),
        ((2020, 2030), [2026, 2027]),
        ((2027, 2030), [2027]),
        ((2020, 2026), [2026, 2027]),
        ((2020, 2025), [2026]),
        ((2018, 2024), []),
    ],
)
def test_rounds_run_as_long_as_the_strategy_and_its_last_report(
    years: tuple[int | None, int | None], expected: list[int]
) -> None:
    assert years_ahead(Strategy(start_year=years[0], end_year=years[1]), date(2026, 3, 1)) == expected


def test_a_tick_makes_them_for_adopted_strategies_only() -> None:
    owner = make.municipality()
    adopted, draft = make.strategy(owner), make.strategy(owner, status="draft")
    ended, without = make.strategy(owner, status="ended"), make.strategy(owner)
    for strategy in (adopted, draft, ended):
        build.calendar(strategy)
    assert {one.year for one in build.tick(make.NOW).rounds} == {2021, 2022}
    assert set(ReportingRound.objects.values_list("strategy", flat=True)) == {adopted.pk}
    assert build.tick(make.NOW).rounds == []
    assert not days(without)
