"""Moving a plan and ticking a step through the API, and the history that they leave."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.api.town import Caller, Town, problem
from toimenpiteet.models import PeriodPlan, PlanSuccessor, StatusChange
from toimenpiteet.services.plan import plans
from toimenpiteet.workflow import TRANSITIONS


def _state(town: Town) -> tuple[str, int]:
    plan = PeriodPlan.objects.get(pk=town.plan.pk)
    return plan.status, plan.version


def test_a_move_is_made_and_remembered(town: Town) -> None:
    answer = town.client("manager").move(town.plan.pk, "start", 1, "Aloitetaan.")
    assert answer.status_code == 200
    assert answer["ETag"] == '"2"'
    moved = answer.json()
    assert moved["plan"].pop("status_words")
    assert moved["plan"] == {"id": town.plan.pk, "status": "in_progress", "version": 2}
    assert (moved["move"], moved["from_status"], moved["comment"]) == ("start", "not_started", "Aloitetaan.")
    change = StatusChange.objects.get(plan=town.plan)
    assert (change.actor, change.door, change.comment) == (town.manager, "api", "Aloitetaan.")
    assert _state(town) == ("in_progress", 2)


def test_the_table_of_moves_says_what_is_open_and_why_not(town: Town) -> None:
    answer = town.client("manager", "en").get(f"plans/{town.plan.pk}/transitions/")
    assert answer["ETag"] == '"1"'
    moves = {move["name"]: move for move in answer.json()["transitions"]}
    assert list(moves) == [*(move.name for move in TRANSITIONS), "take_back"]
    assert moves["start"] | {"words": "", "reason": None} == {
        "name": "start",
        "words": "",
        "target": "in_progress",
        "open": True,
        "reason": None,
        "code": None,
        "comment_required": False,
        "comment_question": None,
        "until": None,
    }
    assert (moves["discontinue"]["open"], moves["discontinue"]["code"]) == (False, "wrong_role")
    assert moves["discontinue"]["comment_question"] == "Why is it discontinued?"
    assert (moves["resume"]["open"], moves["resume"]["code"]) == (False, "wrong_status")
    assert all(bool(move["reason"]) != move["open"] for move in moves.values())


def test_a_director_without_a_later_period_is_told(town: Town) -> None:
    rows = town.client().get(f"plans/{town.plan.pk}/transitions/").json()["transitions"]
    moves = {move["name"]: move for move in rows}
    assert moves["carry_over"]["code"] == "no_later_period"
    problem(town.client().move(town.plan.pk, "carry_over", 1, "Jatkuu."), 400, "no_later_period")


def test_the_last_move_is_taken_back_by_whoever_made_it(town: Town) -> None:
    def row(who: str) -> Any:
        return town.client(who, "en").get(f"plans/{town.plan.pk}/transitions/").json()["transitions"][-1]

    nothing = {"open": False, "code": "nothing_to_take_back", "target": None, "until": None}
    assert row("manager") | nothing == row("manager")
    made = town.client("manager").move(town.plan.pk, "start", 1).json()
    mine, theirs = row("manager"), row("director")
    assert (mine["name"], mine["open"], mine["target"], mine["code"]) == ("take_back", True, "not_started", None)
    assert datetime.fromisoformat(mine["until"]) - datetime.fromisoformat(made["at"]) == timedelta(minutes=15)
    assert (theirs["open"], theirs["code"], theirs["until"]) == (False, "not_yours", None)
    assert theirs["reason"] == "Only the person who made the last move can take it back."

    problem(town.client("director").move(town.plan.pk, "take_back", 2), 403, "not_yours")
    problem(town.client("manager").move(town.plan.pk, "take_back", 1), 412, "stale")
    answer = town.client("manager").move(town.plan.pk, "take_back", 2)
    assert (answer.status_code, answer["ETag"]) == (200, '"3"')
    assert (answer.json()["move"], answer.json()["from_status"]) == ("take_back", "in_progress")
    assert _state(town) == ("not_started", 3)
    problem(town.client("manager").move(town.plan.pk, "take_back", 3), 409, "nothing_to_take_back")


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', ' "1" '])
def test_the_version_may_be_weak(town: Town, tag: str) -> None:
    assert town.client().move(town.plan.pk, "start", tag).status_code == 200


def test_a_move_without_the_version_is_refused(town: Town) -> None:
    found = problem(town.client(language="en").move(town.plan.pk, "start", None), 428, "version_missing")
    assert "If-Match" in found["detail"]
    assert _state(town) == ("not_started", 1)


@pytest.mark.parametrize(
    "tag", ["1", "*", '"1", "2"', '""', '"x"', 'w/"1"', '"1-gzip"', '"-1"', '"²"', '"' + "1" * 40 + '"', ""]
)
def test_a_version_that_cannot_be_read_is_refused(town: Town, tag: str) -> None:
    problem(town.client().move(town.plan.pk, "start", tag), 400, "parse_error")
    assert _state(town) == ("not_started", 1)


def test_a_stale_version_is_refused_with_what_holds_now(town: Town) -> None:
    assert town.client("manager").move(town.plan.pk, "start", 1).status_code == 200
    answer = town.client().move(town.plan.pk, "discontinue", 1, "Ei jatketa.")
    found = problem(answer, 412, "stale")
    assert found["current"] == {"version": 2, "status": "in_progress"}
    assert answer["ETag"] == '"2"'
    assert StatusChange.objects.filter(plan=town.plan).count() == 1


@pytest.mark.parametrize(
    ("who", "name", "comment", "status", "code", "field"),
    [
        ("director", "fly", "", 400, "unknown_move", "name"),
        ("director", "resume", "", 409, "wrong_status", "name"),
        ("manager", "discontinue", "Syy.", 403, "wrong_role", "name"),
        ("director", "discontinue", "", 400, "comment_missing", "comment"),
        ("director", "discontinue", " \n ", 400, "comment_missing", "comment"),
        ("director", "start", "x" * 200_000, 400, "invalid", "comment"),
        ("director", "start", "a\x07b", 400, "invalid", "comment"),
        ("director", "start", "a\x00b", 400, "invalid", "comment"),
        ("director", "start", "a\ud800b", 400, "invalid", "comment"),
    ],
)
def test_a_refused_move_says_where_and_why(
    town: Town, who: str, name: str, comment: str, status: int, code: str, field: str
) -> None:
    found = problem(town.client(who).move(town.plan.pk, name, 1, comment), status, code)
    assert found["errors"][0]["field"] == field
    assert found["errors"][0]["message"]
    assert _state(town) == ("not_started", 1)
    assert not StatusChange.objects.filter(plan=town.plan).exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": 1}, "name"),
        ({"name": None}, "name"),
        ({"name": "start", "comment": 3}, "comment"),
        ({"name": "start", "comment": ["x"]}, "comment"),
        ({"name": "start", "status": "completed"}, "status"),
        ({"name": "start", "version": 7}, "version"),
        ({"name": "start", "Comment": "x"}, "Comment"),
        ([], ""),
        ("start", ""),
        (None, ""),
    ],
)
def test_a_body_that_does_not_fit_is_refused_by_field(town: Town, body: Any, field: str) -> None:
    answer = town.client().send("POST", f"plans/{town.plan.pk}/transitions/", body, version=1)
    found = problem(answer, 400, "invalid")
    assert [error["field"] for error in found["errors"]] == [field]
    assert _state(town) == ("not_started", 1)


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7*7 }}{% now 'Y' %}", "=1+1", "rivi\nrivi 🙂"])
def test_text_stays_text(town: Town, text: str) -> None:
    town.client().move(town.plan.pk, "start", 1, text)
    entries = town.client().get(f"plans/{town.plan.pk}/history/").json()["results"]
    assert entries[-1]["why"] == text


def test_a_move_costs_few_statements(town: Town) -> None:
    director, manager = town.client("director"), town.client("manager")
    with CaptureQueriesContext(connection) as seen:
        assert director.move(town.plan.pk, "start", 1).status_code == 200
    assert len(seen) <= 13
    with CaptureQueriesContext(connection) as seen:
        assert manager.move(town.plan.pk, "pause", 2, "Odotetaan.").status_code == 200
    assert len(seen) <= 15


# --- steps ----------------------------------------------------------------------------------------------------------


def test_a_step_is_ticked_and_unticked(town: Town) -> None:
    contributor = town.client("contributor")
    done = contributor.send("PATCH", f"steps/{town.step.pk}/", {"done": True}, version=1)
    assert done.status_code == 200
    assert (done["ETag"], done.json()["version"], done.json()["done"]) == ('"2"', 2, True)
    assert done.json()["done_on"]
    undone = contributor.send("PATCH", f"steps/{town.step.pk}/", {"done": False}, version=2).json()
    assert (undone["done"], undone["done_on"]) == (False, None)


@pytest.mark.parametrize(
    "body",
    [{}, {"done": "true"}, {"done": 1}, {"done": None}, {"done": True, "text_fi": "x"}, {"done": True, "version": 2}],
)
def test_a_step_takes_done_and_nothing_else(town: Town, body: Any) -> None:
    problem(town.client().send("PATCH", f"steps/{town.step.pk}/", body, version=1), 400, "invalid")
    town.step.refresh_from_db()
    assert (town.step.done, town.step.version) == (False, 1)


def test_a_step_asks_for_its_own_version(town: Town) -> None:
    director = town.client()
    problem(director.send("PATCH", f"steps/{town.step.pk}/", {"done": True}), 428, "version_missing")
    director.send("PATCH", f"steps/{town.step.pk}/", {"done": True}, version=1)
    found = problem(director.send("PATCH", f"steps/{town.step.pk}/", {"done": False}, version=1), 412, "stale")
    assert found["current"] == {"version": 2, "status": None}


def test_the_steps_of_a_closed_plan_stay(town: Town) -> None:
    town.client().move(town.plan.pk, "discontinue", 1, "Loppui.")
    step = f"steps/{town.step.pk}/"
    problem(town.client().send("PATCH", step, {"done": True}, version=1), 400, "invalid")
    kept = town.client().get(step).json()
    assert (kept["done"], kept["version"]) == (False, 1)


# --- history --------------------------------------------------------------------------------------------------------


def test_history_tells_who_when_what_and_why_in_order(town: Town) -> None:
    town.client("manager").move(town.plan.pk, "start", 1)
    town.client("manager").send("PATCH", f"steps/{town.step.pk}/", {"done": True}, version=1)
    town.client("director").move(town.plan.pk, "discontinue", 2, "Rahat loppuivat.")
    plans.comment_on(
        town.plan.pk,
        "Harmi.",
        scope=_scope(town),
        actor=_actor(town),
        now=PeriodPlan.history.latest("history_date").history_date,
    )
    entries = town.client("viewer").get(f"plans/{town.plan.pk}/history/").json()["results"]
    told = [(entry["object"], entry["what"], entry["who"], entry["why"]) for entry in entries]
    assert [entry["at"] for entry in entries] == sorted(entry["at"] for entry in entries)
    assert ("plan", "added", "testit", "rakennetaan testiä varten") in told
    assert told[-1] == ("comment", "added", "Teppo Testaaja", "Harmi.")
    assert told[-2] == ("plan", "discontinue", "Teppo Testaaja", "Rahat loppuivat.")
    assert ("plan", "start", "Maija Mallikas", "") in told
    assert entries[-2]["changes"] == [{"field": "status", "before": "in_progress", "after": "discontinued"}]
    ticked = next(entry for entry in entries if entry["object"] == "step" and entry["what"] == "changed")
    assert {"field": "done", "before": False, "after": True} in ticked["changes"]
    assert {"unit", "project", "budget_line"} <= {entry["object"] for entry in entries}


def _scope(town: Town) -> Any:
    from toimenpiteet import access

    return access.scope_of(town.director, make.TODAY)


def _actor(town: Town) -> Any:
    from toimenpiteet.models import Actor, Door

    return Actor.person(town.director, Door.PAGE)


def test_an_anonymous_reader_of_the_history_gets_no_names_and_no_reasons(town: Town) -> None:
    town.client("manager").move(town.plan.pk, "start", 1, "Maija Mallikas aloitti, Teppo Testaaja hyväksyi.")
    answer = Caller().get(f"plans/{town.plan.pk}/history/")
    entries = answer.json()["results"]
    assert ("plan", "start") in [(entry["object"], entry["what"]) for entry in entries]
    assert {entry["who"] for entry in entries} | {entry["why"] for entry in entries} == {None}
    assert "Mallikas" not in json.dumps(entries, ensure_ascii=False)


def test_history_comes_in_pages(town: Town) -> None:
    whole = town.client().get(f"plans/{town.plan.pk}/history/").json()
    page = town.client().get(f"plans/{town.plan.pk}/history/", page=2, page_size=2).json()
    assert page["results"] == whole["results"][2:4]
    assert page["count"] == whole["count"]


# Where a plan goes on that is carried over


def _earlier(town: Town) -> PeriodPlan:
    return make.plan(make.action_item(town.goal, town.unit, name_fi="Aamu"), town.earlier)


def _carry(caller: Caller, plan: PeriodPlan, items: Any, name: str = "carry_over") -> Any:
    body = {"name": name, "comment": "Työ jatkuu.", "continues_in": items}
    return caller.send("POST", f"plans/{plan.pk}/transitions/", body, plan.version)


def test_a_plan_is_carried_over_to_the_items_named_and_tells_them(town: Town) -> None:
    plan, new = _earlier(town), make.action_item(town.goal, town.unit, name_fi="Uusi")
    answer = _carry(town.client(), plan, [new.pk, town.item.pk])
    assert (answer.status_code, answer.json()["plan"]["status"]) == (200, "carried_over")
    for caller in (town.client(), town.client("anonymous")):
        shown = caller.get(f"plans/{plan.pk}/").json()["continues_in"]
        assert [(one["id"], one["name"]) for one in shown] == [(new.pk, "Uusi"), (town.item.pk, town.item.name)]
        inside = caller.get(f"action-items/{plan.item_id}/").json()["plans"][0]
        assert inside["continues_in"] == shown
    (entry,) = [
        one
        for one in town.client().get(f"plans/{plan.pk}/history/").json()["results"]
        if (one["object"], one["object_id"]) == ("successor", new.pk)
    ]
    assert (entry["what"], entry["why"]) == ("added", "Työ jatkuu.")


def test_without_items_it_goes_on_in_its_own(town: Town) -> None:
    plan = _earlier(town)
    assert _carry(town.client(), plan, []).status_code == 200
    assert town.client().get(f"plans/{plan.pk}/").json()["continues_in"] == []
    assert PeriodPlan.objects.filter(item=plan.item, period=town.period).exists()


def test_items_that_cannot_be_are_refused_by_name_and_nothing_is_saved(town: Town) -> None:
    plan, stranger = _earlier(town), make.World().item
    for items in ([stranger.pk], [town.item.pk, 987_654], [town.item.pk, town.item.pk]):
        found = problem(_carry(town.client(), plan, items), 400, "invalid")
        assert [error["field"] for error in found["errors"]] == ["continues_in"]
    beyond: list[Any] = ["kaikki", [{}], [0], [10**40]]
    for wrong in beyond:
        problem(_carry(town.client(), plan, wrong), 400, "invalid")
    found = problem(_carry(town.client(), plan, [town.item.pk], "start"), 400, "invalid")
    assert [error["field"] for error in found["errors"]] == ["continues_in"]
    problem(_carry(town.client("manager"), plan, [town.item.pk]), 403, "wrong_role")
    plan.refresh_from_db()
    assert (plan.status, plan.version, PlanSuccessor.objects.count()) == ("not_started", 1, 0)
