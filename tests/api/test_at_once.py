"""Two people at once: one wins, the other is told. Needs real transactions on real connections."""

from collections.abc import Callable
from threading import Barrier, Event, Thread
from time import sleep
from typing import Any

import pytest
from django.db import connection, transaction

from tests import make
from tests.api.town import Caller, Town, problem
from toimenpiteet.models import (
    PeriodPlan,
    PlanSuccessor,
    RecordedName,
    ReportingRound,
    RoundSnapshot,
    StatusChange,
    StatusReport,
)
from toimenpiteet.services import audited
from toimenpiteet.services.people import names

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_plans_that_go_on_in_one_item_at_once_make_its_later_plan_once() -> None:
    town = Town()
    new = make.action_item(town.goal, town.unit, name_fi="Uusi")
    ending = [make.plan(make.action_item(town.goal, town.unit), town.earlier) for _ in range(4)]
    body = {"name": "carry_over", "comment": "Jatkuu.", "continues_in": [new.pk]}
    caller = town.client()
    answers = _at_once(
        *(lambda plan=plan: caller.send("POST", f"plans/{plan.pk}/transitions/", body, version=1) for plan in ending)
    )
    assert [answer.status_code for answer in answers] == [200] * 4
    made = PlanSuccessor.objects.filter(item=new, made_plan__isnull=False).values_list("made_plan", flat=True)
    assert list(made) == [PeriodPlan.objects.get(item=new).pk]
    assert PlanSuccessor.objects.filter(item=new).count() == 4


def test_of_two_directors_who_lock_a_round_at_once_one_does() -> None:
    town = Town()
    make.brought(town.asking, "in_review")
    other = make.official(town.municipality, user=make.user("Toini Toinen"))
    to = f"rounds/{town.asking.pk}/transitions/"
    callers = [town.client("director", "en"), Caller(other, "en")]
    body = {"name": "lock", "reason": "Hallitukselle"}
    answers = _at_once(*(lambda caller=caller: caller.send("POST", to, body, version=3) for caller in callers))
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert won.json()["round"]["status"] == "locked"
    found = problem(lost, 412, "stale")
    assert found["current"] == {"version": 4, "status": "locked"}
    assert found["detail"].startswith("Somebody else changed this after you opened it.")
    assert town.asking.history.filter(status="locked").count() == 1
    assert RoundSnapshot.objects.filter(round=town.asking).count() == 1
    again = problem(callers[0].send("POST", to, body, version=4), 409, "wrong_status")
    assert again["detail"] == "The round is “locked”. This is done to a round that is “in review”."


@pytest.mark.parametrize("what", ["send", "withdraw", "accept"])
def test_an_answer_that_comes_while_the_round_is_being_locked_is_too_late(what: str) -> None:
    town = Town()
    make.brought(town.asking, "in_review")
    place, caller = f"rounds/{town.asking.pk}/answers/{town.plan.pk}/", town.client("manager", "en")
    body = {"light": "on_track", "text": "Viime hetkellä"}
    calls: dict[str, Callable[[], Any]] = {
        "send": lambda: caller.send("PUT", place, body, version=1),
        "withdraw": lambda: caller.send("POST", f"{place}withdraw/", {}, version=1),
        "accept": lambda: town.client("director", "en").send("POST", f"{place}accept/", {}, version=1),
    }
    locked = Event()

    def lock() -> None:
        with transaction.atomic():
            row = audited.lock(ReportingRound.objects.all(), town.asking.pk)
            audited.change(row, make.stamp(), status="locked")
            locked.set()
            # Long enough for the answer to come and to look at the round.
            sleep(0.5)

    def answer() -> Any:
        locked.wait(10)
        return calls[what]()

    _nothing, answered = _at_once(lock, answer)
    found = problem(answered, 409, "wrong_status")
    assert found["detail"] == "The round is locked, so its answers stay as they are."
    assert StatusReport.objects.get(pk=town.report.pk).version == 1


def test_all_who_record_a_new_name_get_one_row() -> None:
    wanted = names.Wanted("program", "Yöajo")
    found = _at_once(*[lambda: names.find_or_make(wanted)] * 6)
    assert found == [[RecordedName.objects.get(text="Yöajo").pk]] * 6
