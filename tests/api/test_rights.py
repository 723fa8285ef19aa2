"""Who gets which answer from every address of the API; an address that is missing from the table fails a test."""

from typing import Any

import pytest

from tests import make
from tests.api.town import PEOPLE, Caller, Town
from toimenpiteet.api.urls import urlpatterns
from toimenpiteet.services import audited

# What a person sees and may do is asked of the gate on both databases (tests/test_access.py).
pytestmark = pytest.mark.once

# What each of PEOPLE gets, in their order. The strategy is published, so its things are open to anybody by address.
EVERYBODY = (200,) * 7
SIGNED_IN = (401, 200, 200, 200, 200, 200, 404)
ONLY_WRITTEN = (401, *(405,) * 6)

READ: dict[str, tuple[str, tuple[int, ...]]] = {
    "addresses": ("", EVERYBODY),
    "schema": ("schema/", EVERYBODY),
    "reader": ("reader/", EVERYBODY),
    "strategies": ("strategies/", EVERYBODY),
    "strategy": ("strategies/{strategy}/", EVERYBODY),
    "strategy-changes": ("strategies/{strategy}/changes/", SIGNED_IN),
    "goals": ("goals/", EVERYBODY),
    "goal": ("goals/{goal}/", EVERYBODY),
    "action-items": ("action-items/", EVERYBODY),
    "action-item": ("action-items/{item}/", EVERYBODY),
    "plans": ("plans/", EVERYBODY),
    "plan": ("plans/{plan}/", EVERYBODY),
    "transitions": ("plans/{plan}/transitions/", EVERYBODY),
    "history": ("plans/{plan}/history/", EVERYBODY),
    "change-propose": ("plans/{plan}/change-requests/", ONLY_WRITTEN),
    "change-requests": ("change-requests/", (401, *(200,) * 6)),
    "change-request": ("change-requests/{change}/", SIGNED_IN),
    "change-accept": ("change-requests/{change}/accept/", ONLY_WRITTEN),
    "change-decline": ("change-requests/{change}/decline/", ONLY_WRITTEN),
    "change-refer": ("change-requests/{change}/refer/", ONLY_WRITTEN),
    "change-withdraw": ("change-requests/{change}/withdraw/", ONLY_WRITTEN),
    "steps": ("steps/", EVERYBODY),
    "step": ("steps/{step}/", EVERYBODY),
    "units": ("units/", EVERYBODY),
    "unit": ("units/{unit}/", EVERYBODY),
    "projects": ("projects/", EVERYBODY),
    "project": ("projects/{project}/", EVERYBODY),
    "indicators": ("indicators/", EVERYBODY),
    "indicator": ("indicators/{indicator}/", EVERYBODY),
    "rounds": ("rounds/", EVERYBODY),
    "round": ("rounds/{round}/", EVERYBODY),
    "round-transitions": ("rounds/{round}/transitions/", EVERYBODY),
    "snapshot": ("rounds/{locked}/snapshot/", SIGNED_IN),
    "report": ("rounds/{locked}/report/", (404, *(200,) * 5, 404)),
    "report-file": ("rounds/{locked}/report/fi.pdf", (404, *(200,) * 5, 404)),
    "answers": ("rounds/{asking}/answers/", SIGNED_IN),
    "answer": ("rounds/{asking}/answers/{plan}/", SIGNED_IN),
    # To anybody what is public of a published round, and to all others of this one nothing.
    "evidence": ("rounds/{asking}/answers/{plan}/evidence/", EVERYBODY),
    "evidence-piece": ("rounds/{asking}/answers/{plan}/evidence/{evidence}/", ONLY_WRITTEN),
    "evidence-file": ("rounds/{asking}/answers/{plan}/evidence/{evidence}/file/", (404, *(200,) * 5, 404)),
    "assessments": ("rounds/{asking}/goals/", EVERYBODY),
    # Nothing is said of it yet.
    "assessment": ("rounds/{asking}/goals/{goal}/", (404,) * 7),
    "goal-evidence": ("rounds/{asking}/goals/{goal}/evidence/", EVERYBODY),
    "goal-evidence-piece": ("rounds/{asking}/goals/{goal}/evidence/{evidence}/", ONLY_WRITTEN),
    # The piece of this town stands beside an answer.
    "goal-evidence-file": ("rounds/{asking}/goals/{goal}/evidence/{evidence}/file/", (404,) * 7),
    "corrections": ("rounds/{asking}/answers/{plan}/corrections/", SIGNED_IN),
    "answer-unchanged": ("rounds/{asking}/answers/{plan}/unchanged/", ONLY_WRITTEN),
    "answer-withdraw": ("rounds/{asking}/answers/{plan}/withdraw/", ONLY_WRITTEN),
    "answer-return": ("rounds/{asking}/answers/{plan}/return/", ONLY_WRITTEN),
    "answer-accept": ("rounds/{asking}/answers/{plan}/accept/", ONLY_WRITTEN),
    "token": ("token/", (405,) * 7),
    "nothing": ("nothing-here/", (404,) * 7),
}
# (address, method, body, what each of PEOPLE gets). A contributor ticks steps, and moves nothing.
WRITE: tuple[tuple[str, str, str, Any, tuple[int, ...]], ...] = (
    ("transitions", "POST", "plans/{plan}/transitions/", {"name": "start"}, (401, 200, 403, 200, 403, 403, 404)),
    (
        "transitions",
        "POST",
        "plans/{plan}/transitions/",
        {"name": "discontinue", "comment": "Ei enää tarpeen."},
        (401, 403, 403, 200, 403, 403, 404),
    ),
    (
        "change-propose",
        "POST",
        "plans/{plan}/change-requests/",
        {"kind": "due", "due_on": "2032-12-31", "cause": "Viivästyi.", "effect": "Siirtyy."},
        (401, 201, 403, 403, 403, 403, 404),
    ),
    ("change-accept", "POST", "change-requests/{change}/accept/", {}, (401, 403, 403, 200, 403, 403, 404)),
    (
        "change-decline",
        "POST",
        "change-requests/{change}/decline/",
        {"words": "Jatketaan."},
        (401, 403, 403, 200, 403, 403, 404),
    ),
    (
        "change-refer",
        "POST",
        "change-requests/{change}/refer/",
        {"body": "Kaupunginhallitus"},
        (401, 403, 403, 200, 403, 403, 404),
    ),
    ("change-withdraw", "POST", "change-requests/{change}/withdraw/", {}, (401, 200, 403, 403, 403, 403, 404)),
    ("step", "PATCH", "steps/{step}/", {"done": True}, (401, 200, 200, 200, 403, 403, 404)),
    (
        "round-transitions",
        "POST",
        "rounds/{round}/transitions/",
        {"name": "open", "reason": "Hallitus 26.4."},
        (401, 403, 403, 200, 403, 403, 404),
    ),
    (
        "report",
        "POST",
        "rounds/{locked}/report/",
        {"register_number": "KUO/12/2027", "reason": "Saatiin"},
        (401, 403, 403, 201, 403, 403, 404),
    ),
    (
        "answer",
        "PUT",
        "rounds/{asking}/answers/{plan}/",
        {"light": "on_track", "text": "Etenee."},
        (401, 200, 403, 403, 403, 403, 404),
    ),
    (
        "evidence",
        "POST",
        "rounds/{asking}/answers/{plan}/evidence/",
        {"name": "Kysely", "url": "https://mallila.example/kysely"},
        (401, 201, 201, 403, 403, 403, 404),
    ),
    (
        "evidence-piece",
        "DELETE",
        "rounds/{asking}/answers/{plan}/evidence/{evidence}/",
        None,
        (401, 204, 204, 403, 403, 403, 404),
    ),
    (
        "assessment",
        "PUT",
        "rounds/{asking}/goals/{goal}/",
        {"outcome": "partly", "grounds": "Kysely."},
        (401, 403, 403, 412, 403, 403, 404),
    ),
    ("assessment", "DELETE", "rounds/{asking}/goals/{goal}/", None, (401, 403, 403, 404, 403, 403, 404)),
    (
        "goal-evidence",
        "POST",
        "rounds/{asking}/goals/{goal}/evidence/",
        {"name": "Kysely", "url": "https://mallila.example/kysely"},
        (401, 403, 403, 201, 403, 403, 404),
    ),
    (
        "goal-evidence-piece",
        "DELETE",
        "rounds/{asking}/goals/{goal}/evidence/{evidence}/",
        None,
        (401, 403, 403, 404, 403, 403, 404),
    ),
    # The round still takes answers (tests/api/test_corrections.py has a locked one).
    (
        "corrections",
        "POST",
        "rounds/{asking}/answers/{plan}/corrections/",
        {"light": "on_track", "text": "Etenee.", "reason": "Luku oli väärä."},
        (401, *(409,) * 5, 404),
    ),
    # The manager may, and a step of the plan is past its day: a sentence is needed.
    ("answer-unchanged", "POST", "rounds/{asking}/answers/{plan}/unchanged/", {}, (401, 400, 403, 403, 403, 403, 404)),
    ("answer-withdraw", "POST", "rounds/{asking}/answers/{plan}/withdraw/", {}, (401, 200, 403, 403, 403, 403, 404)),
    (
        "answer-return",
        "POST",
        "rounds/{asking}/answers/{plan}/return/",
        {"review_text": "Mitä tehtiin?"},
        (401, 403, 403, 200, 403, 403, 404),
    ),
    ("answer-accept", "POST", "rounds/{asking}/answers/{plan}/accept/", {}, (401, 403, 403, 200, 403, 403, 404)),
    ("token", "DELETE", "token/", None, (401, 204, 204, 204, 204, 204, 204)),
)
NO_LISTS = {"addresses", "schema", "reader", "token", "nothing", "change-requests"}
OPEN_THINGS = {name: path for name, (path, expected) in READ.items() if "{" in path and expected == EVERYBODY}
LISTS = sorted(READ[name][0] for name in READ.keys() - NO_LISTS if "{" not in READ[name][0])


def _address(town: Town, path: str) -> str:
    things = (
        "strategy",
        "goal",
        "item",
        "plan",
        "step",
        "unit",
        "project",
        "indicator",
        "round",
        "asking",
        "locked",
        "change",
        "evidence",
    )
    return path.format(**{name: getattr(town, name).pk for name in things})


def test_every_address_stands_in_the_table() -> None:
    assert {pattern.name for pattern in urlpatterns} == READ.keys()


def test_every_method_that_writes_stands_in_the_table() -> None:
    views = {pattern.name: pattern.callback for pattern in urlpatterns}
    writing = {
        (name, method.upper())
        for name, view in views.items()
        for method in ("post", "put", "patch", "delete")
        if hasattr(getattr(view, "cls", None), method)
    }
    assert writing - {("token", "POST")} == {(name, method) for name, method, *_ in WRITE}


@pytest.mark.parametrize(("path", "expected"), READ.values(), ids=list(READ))
def test_reading(town: Town, path: str, expected: tuple[int, ...]) -> None:
    address = _address(town, path)
    assert tuple(town.client(who).get(address).status_code for who in PEOPLE) == expected


@pytest.mark.parametrize("who", range(len(PEOPLE)), ids=PEOPLE)
@pytest.mark.parametrize("row", WRITE, ids=[f"{row[0]}-{row[1]}-{row[3]}" for row in WRITE])
def test_writing(town: Town, who: int, row: tuple[str, str, str, Any, tuple[int, ...]]) -> None:
    _, method, path, body, expected = row
    answer = town.client(PEOPLE[who]).send(method, _address(town, path), body, version=1)
    assert answer.status_code == expected[who], answer.content


@pytest.mark.parametrize("path", LISTS)
def test_a_list_shows_nothing_of_the_next_municipality(town: Town, path: str) -> None:
    assert town.client("director").get(path).json()["count"] > 0
    assert town.client("neighbour").get(path).json()["count"] == 0


@pytest.mark.parametrize("path", LISTS)
def test_an_anonymous_caller_sees_only_what_is_published(town: Town, path: str) -> None:
    hidden = Town()
    audited.change(hidden.strategy, make.stamp(), published=False)
    town_ids = {row["id"] for row in town.client("director").get(path).json()["results"]}
    assert {row["id"] for row in Caller().get(path).json()["results"]} == town_ids
    assert hidden.client("director").get(path).json()["count"] > 0


@pytest.mark.parametrize("name", OPEN_THINGS)
def test_what_is_not_published_does_not_exist_for_an_anonymous_caller(town: Town, name: str) -> None:
    audited.change(town.strategy, make.stamp(), published=False)
    address = _address(town, READ[name][0])
    assert Caller().get(address).status_code == 404
    assert town.client("viewer").get(address).status_code == 200
    assert town.client("neighbour").get(address).status_code == 404
    assert Caller().move(town.plan.pk, "start", 1).status_code == 401


def test_a_person_without_a_role_sees_nothing(town: Town) -> None:
    nobody = Caller(make.user("Nimetön Nykänen"))
    assert [nobody.get(path).json()["count"] for path in LISTS] == [0] * len(LISTS)


@pytest.mark.parametrize("path", OPEN_THINGS.values(), ids=list(OPEN_THINGS))
def test_what_is_published_elsewhere_is_what_anybody_sees(town: Town, path: str) -> None:
    address = _address(town, path)
    seen, public = town.client("neighbour").get(address), Caller().get(address)
    assert (seen.status_code, seen.json()) == (200, public.json())
