"""Two people at once: one wins, the other is told. Needs real transactions on real connections."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from tests.api.town import Town, problem
from toimenpiteet.models import PeriodPlan, RecordedName, StatusChange
from toimenpiteet.services.people import names

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _connections_of_their_own() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("the tests' SQLite is in memory: its threads share one cache, which the product's files do not")


def _at_once(*calls: Callable[[], Any]) -> list[Any]:
    answers: list[Any] = [None] * len(calls)
    start = Barrier(len(calls))

    def run(place: int) -> None:
        start.wait()
        try:
            answers[place] = calls[place]()
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def test_of_many_moves_from_one_version_one_is_made() -> None:
    town = Town()
    callers = [town.client(who) for who in ("manager", "director") for _ in range(3)]
    answers = _at_once(*(lambda caller=caller: caller.move(town.plan.pk, "start", 1) for caller in callers))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 5
    for answer in answers:
        if answer.status_code == 412:
            assert problem(answer, 412, "stale")["current"] == {"version": 2, "status": "in_progress"}
    assert StatusChange.objects.filter(plan=town.plan).count() == 1
    assert PeriodPlan.history.filter(id=town.plan.pk).count() == 2


def test_different_moves_at_once_do_not_mix() -> None:
    town = Town()
    manager, director = town.client("manager"), town.client("director")
    answers = _at_once(
        lambda: manager.move(town.plan.pk, "start", 1),
        lambda: director.move(town.plan.pk, "discontinue", 1, "Ei jatketa."),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    plan = PeriodPlan.objects.get(pk=town.plan.pk)
    assert (plan.version, StatusChange.objects.get(plan=plan).to_status) == (2, plan.status)


def test_all_who_record_a_new_name_get_one_row() -> None:
    wanted = names.Wanted("program", "Yöajo")
    found = _at_once(*[lambda: names.find_or_make(wanted)] * 6)
    assert found == [[RecordedName.objects.get(text="Yöajo").pk]] * 6
