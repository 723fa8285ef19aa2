"""The OpenAPI document is valid and tells the truth: real answers of every address fit it, with nothing more."""

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # the package has no types

from tests import make
from tests.api.test_rights import LISTS, ONLY_WRITTEN, READ, _address
from tests.api.town import API, PEOPLE, Caller, Town
from toimenpiteet.api.openapi_views import document
from toimenpiteet.models import (
    CoreValue,
    FollowUp,
    GroupMember,
    ProcessEvent,
    Programme,
    ProgrammeStrategy,
    StrategyPart,
    SuccessFactor,
)
from toimenpiteet.services import audited

pytestmark = pytest.mark.once

_NO_JSON = {"schema", "reader", "token", "nothing", "evidence-file", "goal-evidence-file", "report-file"}
PATHS = {name: path for name, (path, expected) in READ.items() if name not in _NO_JSON and expected != ONLY_WRITTEN}


def _closed(schema: Any) -> Any:
    """Forbid, in every object, properties that the document does not name."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(part) for name, part in schema.items()}
    if schema.get("type") == "object" and "properties" in schema and "additionalProperties" not in schema:
        closed["additionalProperties"] = False
    return closed


DOCUMENT = _closed(document())


def _schema(path: str, method: str, status: str, media_type: str = "application/json") -> dict[str, Any]:
    template = re.sub(r"\{\w+\}", "{id}", f"{API}{path}", count=1)
    found = DOCUMENT["paths"][template][method]["responses"][status]["content"][media_type]["schema"]
    return {"components": DOCUMENT["components"], **found}


def _check(answer: Any, schema: dict[str, Any]) -> None:
    errors = [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(answer)]
    assert not errors, "\n".join(errors[:20])


def _furnish(town: Town) -> None:
    """Give the strategy every kind of part, and the plan a due date, so that no branch of the document stays unseen."""
    stamp = make.stamp()
    source = {"source": "003:12-14", "doubt": "epäselvä"}
    audited.add(CoreValue(strategy=town.strategy, key="a", name_fi="Rohkeus", **source), stamp)
    audited.add(SuccessFactor(theme=town.theme, key="a", name_fi="Henkilöstö", number=1, **source), stamp)
    audited.add(StrategyPart(strategy=town.strategy, key="a", kind="principle", name_fi="Periaate", **source), stamp)
    audited.add(
        ProcessEvent(strategy=town.strategy, key="a", kind="survey", name_fi="Kysely", end_on=make.TODAY), stamp
    )
    audited.add(FollowUp(strategy=town.strategy, key="a", text_fi="Kaksi kertaa vuodessa", per_year=2), stamp)
    programme = audited.add(Programme(municipality=town.municipality, key="a", name_fi="Ohjelma"), stamp)
    audited.add(ProgrammeStrategy(programme=programme, strategy=town.strategy), stamp)
    group = make.unit(town.municipality, "Ryhmä", kind="group")
    audited.add(GroupMember(group=group, unit=town.unit), stamp)
    audited.change(town.plan, stamp, due_on=make.TODAY, due_precision="day")


def test_the_document_is_valid_and_nothing_in_it_was_guessed() -> None:
    out = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)
    assert out.getvalue().startswith("openapi: 3.1")


def test_the_document_is_handed_out(town: Town) -> None:
    answer = Caller().get("schema/")
    assert answer["Content-Type"].startswith("application/json")
    assert answer.json()["openapi"].startswith("3.1")
    from django.test import Client

    yaml = Client().get(f"{API}schema/", headers={"Accept": "application/vnd.oai.openapi"})
    assert yaml.content.startswith(b"openapi: 3.1")


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("who", ["director", "anonymous"])
def test_answers_fit_the_document(town: Town, name: str, who: str) -> None:
    path, expected = READ[name]
    _furnish(town)
    town.client().move(town.plan.pk, "start", 2, "Alkaa.")
    answer = town.client(who, "sv").get(_address(town, path))
    assert answer.status_code == expected[PEOPLE.index(who)], answer.content
    kind = ("200", "application/json") if answer.status_code == 200 else ("4XX", "application/problem+json")
    _check(answer.json(), _schema(path, "get", *kind))


@pytest.mark.parametrize("path", LISTS)
def test_an_empty_list_fits_the_document(town: Town, path: str) -> None:
    _check(town.client("neighbour").get(path).json(), _schema(path, "get", "200"))


def test_answers_of_writes_fit_the_document(town: Town) -> None:
    moves, step = "plans/{plan}/transitions/", "steps/{step}/"
    director = town.client()
    _check(director.move(town.plan.pk, "start", 1).json(), _schema(moves, "post", "200"))
    ticked = director.send("PATCH", _address(town, step), {"done": True}, version=1)
    _check(ticked.json(), _schema(step, "patch", "200"))
    opening, sent = "rounds/{round}/transitions/", "rounds/{asking}/answers/{plan}/"
    opened = director.send("POST", _address(town, opening), {"name": "open", "reason": "Alkaa."}, version=1)
    _check(opened.json(), _schema(opening, "post", "200"))
    said = {"light": "at_risk", "text": "Myöhässä.", "cause": "Sairaus.", "next_step": "Jatketaan."}
    manager = town.client("manager")
    _check(manager.send("PUT", _address(town, sent), said, version=1).json(), _schema(sent, "put", "200"))
    withdrawn = manager.send("POST", _address(town, f"{sent}withdraw/"), {}, version=2)
    assert withdrawn.json()["draft"]["cause"] == "Sairaus."
    _check(withdrawn.json(), _schema(f"{sent}withdraw/", "post", "200"))
    proposed = {"kind": "due", "due_on": "2034-12-31", "cause": "Viivästyi.", "effect": "Siirtyy."}
    propose, accept = "plans/{plan}/change-requests/", "change-requests/{change}/accept/"
    made = manager.send("POST", _address(town, propose), proposed, version=2)
    _check(made.json(), _schema(propose, "post", "201"))
    accepted = director.send("POST", f"change-requests/{made.json()['id']}/accept/", {"words": "Sopii."}, version=1)
    _check(accepted.json(), _schema(accept, "post", "200"))
    issued = Caller().send("POST", "token/", {"email": town.director.email, "password": make.PASSWORD})
    _check(issued.json(), _schema("token/", "post", "201"))


def test_problems_fit_the_document(town: Town) -> None:
    schema = _schema("plans/{plan}/transitions/", "post", "4XX", "application/problem+json")
    director = town.client()
    for version, body in ((None, {"name": "start"}), (7, {"name": "start"}), (1, {}), (1, {"name": "approve"})):
        answer = director.send("POST", f"plans/{town.plan.pk}/transitions/", body, version)
        assert answer.status_code >= 400
        _check(answer.json(), schema)


def test_the_document_names_every_parameter_that_a_list_takes(town: Town) -> None:
    for path in LISTS:
        named = {
            parameter["name"]
            for parameter in DOCUMENT["paths"][f"{API}{path}"]["get"]["parameters"]
            if parameter["in"] == "query"
        }
        refused = Caller().get(path, colour="red").json()["errors"][0]["message"]
        assert all(name in refused for name in named)
