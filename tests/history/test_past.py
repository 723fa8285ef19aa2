"""As of a day: what lists showed when a day ended is what they show of it ever after."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random, SystemRandom
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.api.town import Caller, Town, problem
from tests.history.city import City
from toimenpiteet.calendar import local_day
from toimenpiteet.models import (
    PlanProject,
    StatusChange,
    Step,
    UnauditedChange,
)
from toimenpiteet.selectors.history.past import as_of
from toimenpiteet.services import audited, changing

pytestmark = pytest.mark.django_db

DAYS, READ_BACK = 36, 30
LISTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("action-items/", {}),
    ("action-items/", {"overdue": "true", "ordering": "name"}),
    ("plans/", {}),
    ("steps/", {"done": "false"}),
)
SEED = int(os.environ.get("PAST_SEED") or SystemRandom().randrange(1_000_000))


def shown(caller: Caller, **day: str) -> list[Any]:
    """Return what the lists show."""
    answers = [caller.get(path, page_size=200, **query, **day) for path, query in LISTS]
    assert [answer.status_code for answer in answers] == [200] * len(LISTS), answers[0].content
    return [answer.json() for answer in answers]


def differs(then: list[Any], now: list[Any], of: Callable[[Any], Any]) -> set[int]:
    """Return the plans of two copies that were there both times and differ in `of`."""
    before = {plan["id"]: of(plan) for plan in then[2]["results"]}
    after = {plan["id"]: of(plan) for plan in now[2]["results"]}
    return {plan for plan in before.keys() & after.keys() if before[plan] != after[plan]}


def due(plan: Any) -> str:
    return plan["due"]["on"] if plan["due"] else f"{plan['period']['end_year']}-12-31"


def told(answer: Any, *kinds: str) -> set[int]:
    return {change["plan"] for change in answer["changes"] if change["kind"] in kinds}


def check_changes(answer: Any, then: list[Any], now: list[Any]) -> None:
    """Compare what is told of the changes between two days with what differs between the copies of these days."""
    before, after = ({plan["id"] for plan in copy[2]["results"]} for copy in (then, now))
    counts = answer["counts"]
    assert (told(answer, "added"), told(answer, "removed")) == (after - before, before - after)
    assert told(answer, "status_up", "status_down", "status_other") == differs(then, now, lambda plan: plan["status"])
    assert told(answer, "due_later", "due_earlier") == differs(then, now, due)
    units = differs(then, now, lambda plan: {unit["id"] for unit in plan["units"]})
    assert units <= told(answer, "moved")
    assert (counts["before"], counts["after"]) == (len(before), len(after))
    assert counts["before"] + counts["added"] - counts["removed"] == counts["after"]
    both = [change["plan"] for change in answer["changes"] if change["kind"] not in {"added", "removed"}]
    assert (len(set(both)), len(both)) == (counts["changed"], counts["differences"])
    assert counts["changed"] + counts["unchanged"] == len(before & after)


def test_thirty_past_days_read_as_they_were_on_the_evening_of_each_and_so_does_what_changed_between_them() -> None:
    print(f"PAST_SEED={SEED}")  # pytest shows it where the test fails
    chance, copies = Random(SEED), {}  # noqa: S311  # no secret
    city = City(chance)
    caller = city.client("director")
    for number in range(DAYS):
        city.now = datetime(2021, 3, 16, 9, tzinfo=UTC) + timedelta(days=number)
        city.live()
        with time_machine.travel(city.now, tick=False):
            copies[local_day(city.now)] = shown(caller)
    kinds = [{str(copy[place]) for copy in copies.values()} for place in range(len(LISTS))]
    assert all(len(kind) > 3 for kind in kinds), "the city slept"
    with time_machine.travel(city.now + timedelta(days=400), tick=False):
        for day in chance.sample(sorted(copies), READ_BACK):
            for then, copy in zip(shown(caller, as_of=day.isoformat()), copies[day], strict=True):
                assert then == copy, f"PAST_SEED={SEED}, {day}"
        for _time in range(5):
            first, last = sorted(chance.sample(sorted(copies), 2))
            answer = caller.get(f"strategies/{city.strategy.pk}/changes/", **{"from": str(first), "to": str(last)})
            check_changes(answer.json(), copies[first], copies[last])


YESTERDAY = "2021-03-15"


@pytest.fixture
def later(town: Town) -> Iterator[Town]:
    """Give the town on the day after it was built."""
    with time_machine.travel(make.NOW + timedelta(days=1), tick=False):
        yield town


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("2021-03-14", "The record begins on 15 Mar 2021. Give that day or a later one."),
        ("2021-03-17", "17 Mar 2021 is still to come. Give a day that is over, or today."),
        ("2021-02-30", "This is no day. Give it as year-month-day, such as 2021-03-16."),
        ("20210315", "This is no day."),
        ("１２３４-05-06", "This is no day."),
        ("", "This is no day."),
    ],
)
def test_a_day_of_which_there_is_nothing_to_read_is_refused_in_words(later: Town, day: str, says: str) -> None:
    found = problem(later.client("director", "en").get("plans/", as_of=day), 400, "invalid")
    assert found["errors"][0]["field"] == "as_of"
    assert found["errors"][0]["message"].startswith(says)


def test_what_was_removed_since_is_for_those_whose_it_was(later: Town) -> None:
    elsewhere = make.World()
    with changing.act():
        audited.remove(PlanProject.objects.get(plan=later.plan), make.stamp(at=make.NOW + timedelta(days=1)))
    for day, projects in ((YESTERDAY, ["Kotisatama"]), ("2021-03-16", [])):
        (plan,) = later.client("viewer").get("plans/", as_of=day).json()["results"]
        assert [project["name"] for project in plan["projects"]] == projects
    for stranger in (elsewhere.director, later.neighbour):
        rows = Caller(stranger).get("plans/", as_of=YESTERDAY).json()["results"]
        assert later.plan.pk not in [row["id"] for row in rows]
    # A text that was taken away, such as a name, is not to live on for the public.
    problem(Caller().get("plans/", as_of=YESTERDAY), 401, "not_authenticated")


@pytest.mark.parametrize("path", ["action-items/", "plans/", "steps/"])
def test_the_past_costs_two_statements_more_than_today_however_long_it_is(later: Town, path: str) -> None:
    caller = later.client("manager")

    def statements(**query: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert caller.get(path, page_size=200, **query).status_code == 200
        return len(seen)

    few = statements(as_of=YESTERDAY)
    for number in range(20):
        plan = make.plan(make.action_item(later.goal, later.unit, name_fi=f"Asia {number}"), later.period)
        make.step(plan, due_on=date(2021, 3, 20), due_precision="day")
    assert few == statements(as_of=YESTERDAY) <= statements() + 2


def test_the_past_is_only_read(later: Town) -> None:
    step = Step.objects.get(pk=later.step.pk)
    with pytest.raises(UnauditedChange, match="only read"), transaction.atomic(), as_of(make.TODAY):
        QuerySet(Step).filter(pk=step.pk).update(done=True)
    assert not Step.objects.get(pk=step.pk).done


def test_what_has_no_history_is_not_taken_for_the_past(town: Town) -> None:
    with as_of(make.TODAY), pytest.raises(LookupError, match="toimenpiteet_statuschange"):
        StatusChange.objects.exists()
