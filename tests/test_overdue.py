"""Overdue, defined once: an open plan or undone step past its deadline, an answer not given in a round."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from tests import make
from toimenpiteet.models import AnswerDraft, PeriodPlan, ReportingRound, StatusReport, guards
from toimenpiteet.selectors.overdue import is_overdue, overdue
from toimenpiteet.services import deadlines, record, structure
from toimenpiteet.workflow import CLOSED, OPEN, Status

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MONDAY = make.TODAY


@pytest.fixture
def world() -> make.World:
    return make.World()


def _due(plan: PeriodPlan, day: date | None) -> PeriodPlan:
    structure.change(plan, make.stamp(), due_on=day, due_precision="day" if day else "")
    return plan


def _on(day: date) -> set[PeriodPlan]:
    return set(overdue(PeriodPlan.objects.all(), day))


def _put(plan: PeriodPlan, status: Status) -> None:
    from django.db import connection

    guards.remove(connection)
    record.change(plan, make.stamp(), status=status.value)
    guards.install(connection)


@pytest.mark.parametrize("status", Status)
def test_an_open_plan_past_its_due_date_is_overdue_and_a_closed_one_is_not(world: make.World, status: Status) -> None:
    _due(world.plan, MONDAY)
    _put(world.plan, status)
    assert (world.plan in _on(MONDAY + DAY)) is (status in OPEN)
    assert is_overdue(world.plan, MONDAY + DAY) is (status not in CLOSED)


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
    structure.change(world.strategy, make.stamp(), shift_deadlines=shift)
    plan = _due(PeriodPlan.objects.get(pk=world.plan.pk), due)
    assert plan.next_deadline_on == last
    assert [plan in _on(day) for day in (last, last + DAY)] == [False, True]
    assert PeriodPlan.objects.get(pk=plan.pk).due_on == due


def test_without_a_due_date_the_period_end_counts(world: make.World) -> None:
    deadlines.refresh(world.plan)
    # 31.12.2030 is a Tuesday and a working day.
    assert world.plan not in _on(date(2030, 12, 31))
    assert world.plan in _on(date(2031, 1, 1))


def test_an_undone_step_past_its_due_date_makes_its_plan_overdue(world: make.World) -> None:
    step = make.step(world.plan, due_on=MONDAY, due_precision="day")
    make.step(world.plan)
    assert [world.plan in _on(day) for day in (MONDAY, MONDAY + DAY)] == [False, True]
    record.change(step, make.stamp(), done=True, done_on=MONDAY)
    deadlines.refresh(PeriodPlan.objects.get(pk=world.plan.pk))
    assert world.plan not in _on(MONDAY + DAY)


def test_the_earliest_of_all_deadlines_counts(world: make.World) -> None:
    _due(world.plan, MONDAY + 30 * DAY)
    later = make.step(world.plan, due_on=MONDAY + 10 * DAY, due_precision="day")
    make.step(world.plan, due_on=MONDAY + 20 * DAY, due_precision="day")
    assert PeriodPlan.objects.get(pk=world.plan.pk).next_deadline_on == MONDAY + 10 * DAY
    structure.remove(later, make.stamp())
    # 4.4.2021 is Easter Sunday, the Monday after it a holiday.
    assert PeriodPlan.objects.get(pk=world.plan.pk).next_deadline_on == date(2021, 4, 6)


def _round(world: make.World, due: date) -> ReportingRound:
    return record.add(
        ReportingRound(
            strategy=world.strategy, kind="budget", year=2021, opens_on=due - 9 * DAY, decided_on=due, due_on=due
        ),
        make.stamp(),
    )


def _answer(world: make.World, said: str, **fields: Any) -> StatusReport:
    return record.add(StatusReport(round=_round(world, MONDAY), plan=world.plan, said=said, **fields), make.stamp())


def test_silence_after_a_rounds_deadline_is_overdue(world: make.World) -> None:
    report = _answer(world, "nothing")
    assert [world.plan in _on(day) for day in (MONDAY, MONDAY + DAY)] == [False, True]
    record.change(report, make.stamp(), said="unchanged", answered_at=make.NOW)
    assert world.plan not in _on(MONDAY + DAY)


@pytest.mark.parametrize("said", ["unchanged", "updated"])
@pytest.mark.parametrize("review", ["none", "accepted"])
def test_an_answer_is_an_answer(world: make.World, said: str, review: str) -> None:
    _answer(world, said, review=review, answered_at=make.NOW)
    assert world.plan not in _on(MONDAY + DAY)


def test_an_answer_that_was_given_back_is_silence_until_it_comes_again(world: make.World) -> None:
    report = _answer(world, "updated", review="returned", answered_at=make.NOW)
    assert world.plan in _on(MONDAY + DAY)
    record.change(report, make.stamp(), review="none")
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


def test_nobody_is_late_with_an_answer_on_a_closed_plan(world: make.World) -> None:
    _answer(world, "nothing")
    _put(world.plan, Status.COMPLETED)
    assert world.plan not in _on(MONDAY + DAY)


def test_a_plan_that_is_late_in_two_ways_is_listed_once(world: make.World) -> None:
    _due(world.plan, MONDAY)
    make.step(world.plan, due_on=MONDAY, due_precision="day")
    _answer(world, "nothing")
    assert list(overdue(PeriodPlan.objects.all(), MONDAY + DAY)) == [world.plan]


def test_the_list_is_one_query(world: make.World, django_assert_num_queries: Any) -> None:
    for number in range(5):
        _due(make.plan(make.action_item(world.goal, world.unit), world.period), MONDAY - number * DAY)
    with django_assert_num_queries(1):
        assert len(_on(MONDAY + DAY)) == 5
