"""Overdue, defined once: an open plan or undone step past its deadline, an answer not given in a round."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from bench.city.guards import unguarded
from tests import make
from toimenpiteet.dates import distance_words
from toimenpiteet.models import AnswerDraft, PeriodPlan, ReportingRound, StatusReport
from toimenpiteet.selectors.plan import lateness
from toimenpiteet.selectors.plan.view import views
from toimenpiteet.services import audited
from toimenpiteet.workflow import CLOSED, OPEN, Status

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MONDAY = make.TODAY


@pytest.fixture
def world() -> make.World:
    return make.World()


def _due(plan: PeriodPlan, day: date | None) -> PeriodPlan:
    audited.change(plan, make.stamp(), due_on=day, due_precision="day" if day else "")
    return plan


def _on(day: date) -> set[PeriodPlan]:
    return set(PeriodPlan.objects.filter(lateness.late(day)))


def _why(plan: PeriodPlan, today: date) -> tuple[str, date] | None:
    """Return what the annotation says of a plan, and hold that the condition agrees with it."""
    found = lateness.with_lateness(PeriodPlan.objects.filter(pk=plan.pk), today).get()
    assert (plan in _on(today)) is (found.late_since is not None) is (found.late_because is not None)
    return (found.late_because, found.late_since) if found.late_since else None


def _put(plan: PeriodPlan, status: Status) -> None:
    with unguarded():
        audited.change(plan, make.stamp(), status=status.value)


@pytest.mark.parametrize("status", Status)
def test_an_open_plan_past_its_due_date_is_overdue_and_a_closed_one_is_not(world: make.World, status: Status) -> None:
    _due(world.plan, MONDAY)
    _put(world.plan, status)
    assert (world.plan in _on(MONDAY + DAY)) is (status in OPEN)
    assert (_why(world.plan, MONDAY + DAY) is None) is (status in CLOSED)


def test_a_deadline_holds_until_the_end_of_its_day(world: make.World) -> None:
    plan = _due(world.plan, MONDAY)
    assert [plan in _on(day) for day in (MONDAY - DAY, MONDAY, MONDAY + DAY)] == [False, False, True]


@pytest.mark.parametrize(
    ("due", "shift", "last"),
    [
        # 13.3.2021 is a Saturday; 24.12.2026 Christmas Eve, a Thursday (RELIABILITY.md, "Deadlines").
        (date(2021, 3, 13), True, date(2021, 3, 15)),
        (date(2021, 3, 13), False, date(2021, 3, 13)),
        (date(2026, 12, 24), True, date(2026, 12, 28)),
        (date(2029, 6, 30), True, date(2029, 7, 2)),
    ],
)
def test_a_deadline_on_a_day_off_holds_until_the_next_working_day(
    world: make.World, due: date, shift: bool, last: date
) -> None:
    audited.change(world.strategy, make.stamp(), shift_deadlines=shift)
    plan = _due(PeriodPlan.objects.get(pk=world.plan.pk), due)
    assert plan.next_deadline_on == last
    assert [plan in _on(day) for day in (last, last + DAY)] == [False, True]
    assert PeriodPlan.objects.get(pk=plan.pk).due_on == due


def test_without_a_due_date_the_period_end_counts(world: make.World) -> None:
    # 31.12.2030 is a Tuesday and a working day.
    assert world.plan not in _on(date(2030, 12, 31))
    assert world.plan in _on(date(2031, 1, 1))


def test_an_undone_step_past_its_due_date_makes_its_plan_overdue(world: make.World) -> None:
    step = make.step(world.plan, due_on=MONDAY, due_precision="day")
    make.step(world.plan)
    assert [world.plan in _on(day) for day in (MONDAY, MONDAY + DAY)] == [False, True]
    audited.change(step, make.stamp(), done=True, done_on=MONDAY)
    assert world.plan not in _on(MONDAY + DAY)


def test_the_earliest_of_all_deadlines_counts(world: make.World) -> None:
    _due(world.plan, MONDAY + 30 * DAY)
    later = make.step(world.plan, due_on=MONDAY + 10 * DAY, due_precision="day")
    make.step(world.plan, due_on=MONDAY + 20 * DAY, due_precision="day")
    assert PeriodPlan.objects.get(pk=world.plan.pk).next_deadline_on == MONDAY + 10 * DAY
    audited.remove(later, make.stamp())
    # 4.4.2021 is Easter Sunday, the Monday after it a holiday.
    assert PeriodPlan.objects.get(pk=world.plan.pk).next_deadline_on == date(2021, 4, 6)


def _round(world: make.World, due: date) -> ReportingRound:
    return audited.add(
        ReportingRound(
            strategy=world.strategy, kind="budget", year=2021, opens_on=due - 9 * DAY, decided_on=due, due_on=due
        ),
        make.stamp(),
    )


def _answer(world: make.World, said: str, **fields: Any) -> StatusReport:
    return audited.add(StatusReport(round=_round(world, MONDAY), plan=world.plan, said=said, **fields), make.stamp())


def test_silence_after_a_rounds_deadline_is_overdue(world: make.World) -> None:
    report = _answer(world, "nothing")
    assert [_why(world.plan, day) for day in (MONDAY, MONDAY + DAY)] == [None, ("answer", MONDAY)]
    audited.change(report, make.stamp(), said="unchanged", answered_at=make.NOW)
    assert world.plan not in _on(MONDAY + DAY)


@pytest.mark.parametrize("said", ["unchanged", "updated"])
@pytest.mark.parametrize("review", ["none", "accepted"])
def test_an_answer_is_an_answer(world: make.World, said: str, review: str) -> None:
    _answer(world, said, review=review, answered_at=make.NOW)
    assert world.plan not in _on(MONDAY + DAY)


def test_an_answer_that_was_given_back_is_silence_until_it_comes_again(world: make.World) -> None:
    report = _answer(world, "updated", review="returned", answered_at=make.NOW)
    assert _why(world.plan, MONDAY + DAY) == ("answer", MONDAY)
    audited.change(report, make.stamp(), review="none")
    assert world.plan not in _on(MONDAY + DAY)


def test_a_draft_is_silence(world: make.World) -> None:
    report = _answer(world, "nothing")
    AnswerDraft.objects.create(
        round=report.round, plan=world.plan, person=world.manager, text="Alkaa olla valmis", at=make.NOW
    )
    assert world.plan in _on(MONDAY + DAY)


@pytest.mark.parametrize(
    "fields",
    [
        {"said": "nothing", "review": "accepted"},
        {"said": "nothing", "review": "returned"},
        {"said": "nothing", "answered_at": make.NOW},
        {"said": "unchanged"},
        {"said": "silent", "answered_at": make.NOW},
        {"said": "unchanged", "review": "perhaps", "answered_at": make.NOW},
        {"said": "updated", "light": "at_risk", "cause": "Tekijä puuttuu", "answered_at": make.NOW},
        {"said": "updated", "light": "green", "answered_at": make.NOW},
    ],
)
def test_an_answer_that_contradicts_itself_is_refused_by_the_database(
    world: make.World, fields: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError):
        _answer(world, **fields)


@pytest.mark.parametrize("status", ReportingRound.Status)
def test_silence_is_lateness_until_the_round_is_locked_and_never_again(world: make.World, status: str) -> None:
    report = _answer(world, "nothing")
    make.brought(report.round, status)
    assert (world.plan in _on(MONDAY + 400 * DAY)) is (status not in {"locked", "published"})
    _why(world.plan, MONDAY + 400 * DAY)


def test_nobody_is_late_with_an_answer_on_a_closed_plan(world: make.World) -> None:
    _answer(world, "nothing")
    _put(world.plan, Status.COMPLETED)
    assert world.plan not in _on(MONDAY + DAY)


def test_a_plan_that_is_late_in_two_ways_is_listed_once(world: make.World) -> None:
    _due(world.plan, MONDAY)
    make.step(world.plan, due_on=MONDAY, due_precision="day")
    _answer(world, "nothing")
    assert list(PeriodPlan.objects.filter(lateness.late(MONDAY + DAY))) == [world.plan]


def test_of_several_reasons_the_oldest_is_told(world: make.World) -> None:
    _due(world.plan, MONDAY + 9 * DAY)
    assert _why(world.plan, MONDAY + 10 * DAY) == ("due", MONDAY + 9 * DAY)
    make.step(world.plan, due_on=MONDAY + 2 * DAY, due_precision="day")
    assert _why(world.plan, MONDAY + 10 * DAY) == ("step", MONDAY + 2 * DAY)
    _answer(world, "nothing")
    assert _why(world.plan, MONDAY + 10 * DAY) == ("answer", MONDAY)


def test_what_awaits_approval_is_late_on_the_directors_side(world: make.World) -> None:
    _due(world.plan, MONDAY)
    _put(world.plan, Status.AWAITING_APPROVAL)
    assert _why(world.plan, MONDAY + DAY) == ("approval", MONDAY)


@pytest.mark.parametrize(("end", "since"), [(2021, date(2021, 12, 31)), (2022, date(2023, 1, 2))])
def test_the_end_of_the_period_is_the_plans_own_day_also_when_it_moves(
    world: make.World, end: int, since: date
) -> None:
    # 31.12.2021 is a Friday, 31.12.2022 a Saturday.
    plan = make.plan(world.item, make.period(world.strategy, end, end))
    assert [_why(plan, day) for day in (since, since + DAY)] == [None, ("due", since)]


@pytest.mark.parametrize("days", [1, 2, 14, 365])
def test_exactly_so_many_days_late_is_late_by_so_many_days(world: make.World, days: int) -> None:
    _due(world.plan, MONDAY)
    quiet = make.plan(world.item, make.period(world.strategy, 2035, 2040))
    audited.add(StatusReport(round=_round(world, MONDAY), plan=quiet), make.stamp())
    for today, plans in ((MONDAY + days * DAY, {world.plan, quiet}), (MONDAY + (days - 1) * DAY, set())):
        assert set(PeriodPlan.objects.filter(lateness.late(today, days=days))) == plans
        longest = lateness.longest_late(PeriodPlan.objects.all(), {world.municipality.pk}, today, 10, days=days)
        assert longest == sorted((MONDAY, plan.pk) for plan in plans)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_the_longest_late_are_found_whatever_makes_them_late(world: make.World, limit: int) -> None:
    asked = _round(world, MONDAY + 2 * DAY)
    plans = [make.plan(make.action_item(world.goal, world.unit), world.period) for _ in range(4)]
    for plan, day in zip(plans, (4, 1, None, None), strict=True):
        _due(plan, MONDAY + day * DAY if day else None)
    for plan in (plans[0], plans[3]):
        audited.add(StatusReport(round=asked, plan=plan), make.stamp())
    longest = lateness.longest_late(PeriodPlan.objects.all(), {world.municipality.pk}, MONDAY + 9 * DAY, limit)
    expected = [(MONDAY + DAY, plans[1].pk), (MONDAY + 2 * DAY, plans[0].pk), (MONDAY + 2 * DAY, plans[3].pk)]
    assert longest == expected[:limit]


def test_the_list_is_one_query(world: make.World, django_assert_num_queries: Any) -> None:
    for number in range(5):
        _due(make.plan(make.action_item(world.goal, world.unit), world.period), MONDAY - number * DAY)
    with django_assert_num_queries(1):
        assert len(_on(MONDAY + DAY)) == 5


@pytest.mark.parametrize(
    ("status", "precision", "why"),
    [
        (Status.IN_PROGRESS, "day", "määräaika oli 30.11.2020"),
        (Status.IN_PROGRESS, "month", "määräaika oli marraskuussa 2020"),
        (Status.IN_PROGRESS, "season", "määräaika oli syksyllä 2020"),
        (Status.AWAITING_APPROVAL, "month", "odottaa johtajan hyväksyntää, määräaika oli marraskuussa 2020"),
        (Status.AWAITING_APPROVAL, "day", "odottaa johtajan hyväksyntää, määräaika oli 30.11.2020"),
    ],
)
def test_the_reason_keeps_the_precision_of_the_plans_own_date(
    world: make.World, status: Status, precision: str, why: str
) -> None:
    audited.change(world.plan, make.stamp(), due_on=date(2020, 11, 30), due_precision=precision)
    _put(world.plan, status)
    assert _said(world.plan) == why


def test_a_step_that_is_late_claims_no_date_of_the_plan(world: make.World) -> None:
    audited.change(world.plan, make.stamp(), due_on=date(2020, 12, 31), due_precision="year_end")
    make.step(world.plan, due_on=date(2020, 10, 31), due_precision="month")
    assert _said(world.plan) == "osatoimenpide on myöhässä, sen viimeinen päivä oli 2.11.2020"


def _said(plan: PeriodPlan) -> str:
    (view,) = views([plan.pk], MONDAY)
    assert view.late is not None
    return view.late.why


@pytest.mark.parametrize(
    ("day", "today", "words"),
    [
        (date(2020, 11, 30), date(2026, 11, 29), "5 vuotta myöhässä"),
        (date(2020, 11, 30), date(2026, 11, 30), "6 vuotta myöhässä"),
        (date(2020, 2, 29), date(2024, 2, 28), "3 vuotta myöhässä"),
        (date(2020, 11, 30), date(2022, 11, 29), "23 kuukautta myöhässä"),
        (date(2020, 12, 31), date(2021, 2, 27), "8 viikkoa myöhässä"),
        (date(2020, 12, 31), date(2021, 2, 28), "2 kuukautta myöhässä"),
        (date(2021, 7, 1), date(2021, 8, 30), "8 viikkoa myöhässä"),
        (date(2026, 11, 30), date(2020, 12, 1), "5 vuotta jäljellä"),
        (date(2026, 11, 30), date(2020, 11, 30), "6 vuotta jäljellä"),
        (date(2022, 11, 29), date(2020, 11, 30), "23 kuukautta jäljellä"),
    ],
)
def test_months_and_years_are_told_when_they_are_whole(day: date, today: date, words: str) -> None:
    assert distance_words(day, today) == words
