"""Rounds made ahead from the calendar, and their days moved by a person."""

from datetime import date

import pytest
from django.core.management import call_command
from django.http import Http404
from django.utils.translation import override

from notifications.models import Reminder
from tests import make
from tests.notifications import build
from toimenpiteet import access, tasks
from toimenpiteet.models import Actor, CalendarEntry, Door, PeriodPlan, ReportingRound, RoundDay, Strategy, User
from toimenpiteet.selectors.history.integrity import verify
from toimenpiteet.selectors.plan.lateness import late
from toimenpiteet.selectors.rounds.asking import asking, reminder_stages
from toimenpiteet.selectors.rounds.days import day_row
from toimenpiteet.services import audited, changing
from toimenpiteet.services.errors import Forbidden, Invalid, Stale
from toimenpiteet.services.rounds import rounds
from toimenpiteet.services.rounds.rounds import ensure_rounds, make_ahead, years_ahead
from toimenpiteet.workflow import Role

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
    report = next(one for one in made if (one.kind, one.year) == ("annual_report", 2026))
    assert (report.opens_on, report.due_on) == (date(2027, 5, 18), date(2027, 6, 30))
    assert (history.actor_name.text, history.door) == ("kalenteri", "task")


def test_making_them_again_changes_nothing() -> None:
    strategy = make.strategy(make.municipality())
    build.calendar(strategy)
    ensure(strategy, 2026)
    before = days(strategy)
    assert ensure(strategy, 2026) == []
    assert days(strategy) == before
    assert ReportingRound.history.count() == 2


def test_rounds_before_the_day_from_which_they_count_are_not_made() -> None:
    strategy = make.strategy(make.municipality(), rounds_from=date(2027, 1, 1))
    build.calendar(strategy)
    made = ensure(strategy, 2025, 2026)
    assert [(one.kind, one.year) for one in made] == [("annual_report", 2026)]


def test_a_missing_round_is_added_beside_the_others() -> None:
    strategy = make.strategy(make.municipality())
    build.calendar(strategy)
    ensure(strategy, 2026)
    assert [(one.kind, one.year) for one in ensure(strategy, 2026, 2027)] == [("budget", 2027), ("annual_report", 2027)]


@pytest.mark.parametrize(
    ("entry", "year", "due"),
    [
        (("annual_report", 6, 30), 2028, date(2029, 7, 2)),
        (("budget", 12, 31), 2028, date(2029, 1, 2)),
        (("budget", 12, 24), 2026, date(2026, 12, 28)),
        (("annual_report", 5, 1), 2026, date(2027, 5, 3)),
        (("budget", 12, 31), 2026, date(2026, 12, 31)),
    ],
)
def test_the_day_as_decided_and_the_day_as_moved_are_both_kept(
    entry: tuple[str, int, int], year: int, due: date
) -> None:
    strategy = make.strategy(make.municipality())
    build.calendar(strategy, entry)
    ensure(strategy, year)
    # The annual report of a year is gathered in the next one.
    decided = date(year + (entry[0] == "annual_report"), entry[1], entry[2])
    assert days(strategy) == {(entry[0], year): (decided, due)}


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
        ((None, None), [2025, 2026, 2027]),
        ((2020, 2030), [2025, 2026, 2027]),
        ((2027, 2030), [2027]),
        ((2020, 2026), [2025, 2026]),
        ((2020, 2025), [2025]),
        ((2018, 2024), []),
    ],
)
def test_rounds_run_as_long_as_the_strategy_and_its_last_report(
    years: tuple[int | None, int | None], expected: list[int]
) -> None:
    assert years_ahead(Strategy(start_year=years[0], end_year=years[1]), date(2026, 3, 1)) == expected


def test_they_are_made_for_adopted_strategies_only_and_no_mail_with_them(mailoutbox: list[object]) -> None:
    owner = make.municipality()
    adopted, draft = make.strategy(owner), make.strategy(owner, status="draft")
    ended, without = make.strategy(owner, status="ended"), make.strategy(owner)
    for strategy in (adopted, draft, ended):
        build.calendar(strategy)
    made = make_ahead(make.NOW, door=Door.TASK)
    assert [(one.kind, one.year) for one in made] == [
        ("annual_report", 2020),
        ("budget", 2021),
        ("annual_report", 2021),
        ("budget", 2022),
        ("annual_report", 2022),
    ]
    assert set(ReportingRound.objects.values_list("strategy", flat=True)) == {adopted.pk}
    assert make_ahead(make.NOW, door=Door.TASK) == []
    assert not days(without)
    assert (mailoutbox, Reminder.objects.count()) == ([], 0)


def test_a_tick_of_the_mails_makes_no_rounds() -> None:
    strategy = make.strategy(make.municipality())
    build.calendar(strategy)
    build.tick(make.NOW)
    assert not days(strategy)


def test_the_task_and_the_command_make_them(capsys: pytest.CaptureFixture[str]) -> None:
    strategy = make.strategy(make.municipality())
    build.calendar(strategy)
    tasks.make_rounds()
    assert set(ReportingRound.history.values_list("door", flat=True)) == {"task"}
    call_command("make_rounds")
    assert capsys.readouterr().out == "Reporting rounds made: 0; opened or closed for answers: 0.\n"


def test_a_round_in_which_nobody_could_answer_any_more_is_not_made() -> None:
    strategy = make.strategy(make.municipality())
    build.calendar(strategy, ("budget", 3, 12), ("annual_report", 3, 15))
    # 15.3.2021 is the last day for the annual report of 2020; the budget's day was the Friday before.
    assert [(one.kind, one.year) for one in ensure(strategy, 2020, 2021)] == [
        ("annual_report", 2020),
        ("annual_report", 2021),
    ]


def test_a_strategy_without_rules_of_its_own_has_the_default_days() -> None:
    strategy = make.strategy(make.municipality())
    entry = CalendarEntry(strategy=strategy, kind="budget", which="board", rule="last mon 10-27", body_fi="Hallitus")
    audited.add(entry, make.stamp())
    [made] = ensure(strategy, 2026)
    found = {day.which: (day.rule, day.computed_on, day.decided_on, day.holds_on) for day in made.days.all()}
    assert len(found) == 8
    assert found["opens"][3] == made.opens_on == date(2026, 9, 1)
    assert found["answers_due"] == ("+15 opens", *[date(2026, 9, 22)] * 3)
    assert (made.decided_on, made.due_on, made.body) == (date(2026, 9, 22), date(2026, 9, 22), "Hallitus")
    assert found["council"][0] == "last mon 11-17"


# Moving a day


@pytest.fixture
def world() -> make.World:
    made = make.World()
    for kind, which, rule in (("annual_report", "board", "last mon 03-28"), ("budget", "board", "last mon 10-27")):
        audited.add(CalendarEntry(strategy=made.strategy, kind=kind, which=which, rule=rule), make.stamp())
    ensure(made.strategy, 2021)
    return made


def day_of(which: str, kind: str = "budget") -> RoundDay:
    return RoundDay.objects.get(which=which, round__kind=kind)


def move(person: User, day: RoundDay, to: date, reason: str = "Syysloma") -> RoundDay:
    stamp = audited.stamp(Actor.person(person, Door.PAGE), reason, make.NOW)
    scope = access.scope_of(person, make.TODAY)
    return rounds.move_day(day.pk, to, version=day.version, scope=scope, stamp=stamp)


def test_a_moved_day_keeps_the_old_one_in_sight_and_says_who_and_why(
    world: make.World, mailoutbox: list[object]
) -> None:
    # 25.9.2021 is a Saturday.
    moved = move(world.director, day_of("answers_due"), date(2021, 9, 25))
    moved.refresh_from_db()
    assert (moved.computed_on, moved.decided_on, moved.holds_on) == (
        date(2021, 9, 22),
        date(2021, 9, 25),
        date(2021, 9, 27),
    )
    assert moved.reason == "Syysloma"
    history = moved.history.latest("history_id")
    assert (history.history_user_id, history.history_change_reason) == (world.director.pk, "Syysloma")
    assert list(verify()) == []
    assert (mailoutbox, Reminder.objects.count()) == ([], 0)


def test_reminders_and_lateness_follow_the_day_of_answers_as_it_holds(world: make.World) -> None:
    asked_in = ReportingRound.objects.get(kind="budget")
    build.answer(world.plan, asked_in, "nothing")
    assert world.plan in PeriodPlan.objects.filter(late(date(2021, 9, 23)))
    move(world.director, day_of("answers_due"), date(2021, 9, 27))
    assert world.plan not in PeriodPlan.objects.filter(late(date(2021, 9, 23)))
    assert world.plan in PeriodPlan.objects.filter(late(date(2021, 9, 28)))
    make.brought(ReportingRound.objects.get(pk=asked_in.pk), "open")
    (one,) = asking(world.municipality)
    assert [stage.name for stage in reminder_stages(one, ()) if stage.on <= date(2021, 9, 24)][-1] == "-1"


def test_an_opening_moves_the_column_of_the_round(world: make.World) -> None:
    move(world.director, day_of("opens"), date(2021, 9, 4))
    assert ReportingRound.objects.get(kind="budget").opens_on == date(2021, 9, 6)
    assert list(verify()) == []


def test_a_body_meets_within_its_legal_day(world: make.World) -> None:
    # 26.6.2022 is a Sunday; the annual report is before the council by 30.6.
    assert move(world.director, day_of("council", "annual_report"), date(2022, 6, 26)).holds_on == date(2022, 6, 27)


@pytest.mark.parametrize(
    ("which", "to", "words"),
    [
        ("opens", date(2021, 9, 23), "Kierros avautuu"),
        ("answers_due", date(2021, 8, 31), "Vastaukset"),
        ("lock", date(2021, 10, 30), "lukitaan"),
        ("board", date(2021, 11, 16), "valtuusto"),
    ],
)
def test_days_out_of_their_order_are_refused_in_plain_words(
    world: make.World, which: str, to: date, words: str
) -> None:
    before = list(RoundDay.objects.order_by("pk").values())
    with override("fi"), pytest.raises(Invalid) as refused:
        move(world.director, day_of(which), to)
    assert words.casefold() in refused.value.message.casefold()
    assert "valitse toinen päivä" in refused.value.message.casefold()
    assert list(RoundDay.objects.order_by("pk").values()) == before


def test_only_the_director_moves_a_day_and_nobody_of_another_city(world: make.World) -> None:
    day, later = day_of("answers_due"), date(2021, 9, 23)
    for person in (world.manager, make.official(world.municipality, Role.ADMIN)):
        with pytest.raises(Forbidden):
            move(person, day, later)
    with pytest.raises(Http404):
        move(make.World().director, day, later)


def test_a_day_that_somebody_has_moved_meanwhile_is_not_moved_over(world: make.World) -> None:
    seen = day_of("answers_due")
    move(world.director, day_of("answers_due"), date(2021, 9, 23))
    with pytest.raises(Stale):
        move(world.director, seen, date(2021, 9, 24))


def test_after_the_lock_only_meetings_move(world: make.World) -> None:
    make.brought(ReportingRound.objects.get(kind="budget"), "locked")
    with pytest.raises(Invalid):
        move(world.director, day_of("answers_due"), date(2021, 9, 23))
    assert move(world.director, day_of("council"), date(2021, 11, 22)).holds_on == date(2021, 11, 22)
    # The page offers what would not be refused.
    offered = {
        which for which in ("opens", "answers_due", "lock", "council") if day_row(day_of(which), make.TODAY).moves
    }
    assert offered == {"council"}


def test_a_column_out_of_step_with_its_day_is_found(world: make.World) -> None:
    asked_in = ReportingRound.objects.get(kind="budget")
    audited.change(asked_in, make.stamp(), due_on=date(2021, 9, 30))
    assert [(one.model, one.pk, one.field) for one in verify()] == [("ReportingRound", asked_in.pk, "due_on")]


@pytest.mark.parametrize(
    ("rule", "words"),
    [("31.12.", "no rule"), ("02-30", "No year"), ("-1 opens", "come after"), ("+1 review_ends", "ring")],
)
def test_a_rule_that_would_not_do_is_refused_where_it_is_kept(world: make.World, rule: str, words: str) -> None:
    entry = CalendarEntry(strategy=world.strategy, kind="budget", which="answers_due", rule=rule)
    with override("en"), pytest.raises(Invalid, match=words) as refused:
        changing.add(entry, scope=access.scope_of(world.director, make.TODAY), stamp=make.stamp())
    assert refused.value.field == "rule"
