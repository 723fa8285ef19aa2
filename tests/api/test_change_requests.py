"""Change requests through the API: proposed, decided, listed, with the same rules as on the pages."""

from typing import Any

import pytest

from tests import make
from tests.api.town import Town, problem
from toimenpiteet.models import ChangeRequest

DUE = {"kind": "due", "due_on": "2032-12-31", "cause": "Kilpailutus viivästyi.", "effect": "Käyttöönotto siirtyy."}


def propose(town: Town, body: object, version: int = 1) -> Any:
    """Propose a change of the town's plan, as its manager."""
    return town.client("manager", "en").send("POST", f"plans/{town.plan.pk}/change-requests/", body, version=version)


def act(town: Town, request: int, name: str, version: int, body: object = None, who: str = "director") -> Any:
    """Decide on a change."""
    return town.client(who, "en").send("POST", f"change-requests/{request}/{name}/", body or {}, version=version)


def test_a_change_goes_its_way_through_the_api(town: Town) -> None:
    made = propose(town, DUE)
    assert (made.status_code, made["ETag"]) == (201, '"1"'), made.content
    shown = made.json()
    assert shown["proposed"]["due"] == {"on": "2032-12-31", "precision": "day", "words": "31 Dec 2032"}
    assert (shown["was"]["due"], shown["proposed_by"]["role"]) == (None, "manager")
    referred = act(town, shown["id"], "refer", 1, {"body": "Kaupunginhallitus"})
    assert referred.json()["status"] == "needs_body"
    missing = problem(act(town, shown["id"], "accept", 2, {"section": "12"}), 400, "invalid")
    assert missing["errors"][0]["field"] == "body_on"
    accepted = act(town, shown["id"], "accept", 2, {"body_on": "2021-03-01", "section": "12"})
    assert (accepted["ETag"], accepted.json()["decided_by"]["name"]) == ('"3"', "Teppo Testaaja")
    town.plan.refresh_from_db()
    assert str(town.plan.due_on) == "2032-12-31"
    problem(act(town, shown["id"], "decline", 3, {"words": "Ei."}), 409, "wrong_status")
    row = ChangeRequest.history.filter(id=shown["id"]).latest("version")
    assert (row.door, row.acted_as) == ("api", "director")


@pytest.mark.parametrize(
    ("body", "version", "status", "code", "field"),
    [
        ({**DUE, "kind": "all"}, 1, 400, "invalid", "kind"),
        ({**DUE, "due_on": None}, 1, 400, "invalid", "due_on"),
        ({**DUE, "due_on": "31.12.2022"}, 1, 400, "invalid", "due_on"),
        ({**DUE, "cause": "  "}, 1, 400, "invalid", "cause"),
        ({**DUE, "size": 1}, 1, 400, "invalid", "size"),
        ({**DUE, "kind": "lead", "unit": 987654}, 1, 400, "invalid", "unit"),
        (DUE, 7, 412, "stale", ""),
    ],
)
def test_a_refused_proposal_says_where_and_why(
    town: Town, body: object, version: int, status: int, code: str, field: str
) -> None:
    found = problem(propose(town, body, version), status, code)
    assert not field or found["errors"][0]["field"] == field
    assert ChangeRequest.objects.count() == 1


def test_the_list_is_narrowed_and_is_nobody_elses(town: Town) -> None:
    propose(town, DUE)
    director = town.client("director")

    def ids(**query: Any) -> list[str]:
        return [row["kind"] for row in director.get("change-requests/", **query).json()["results"]]

    assert ids() == ["due", "ending"]
    assert ids(kind="due", plan=town.plan.pk, strategy=town.strategy.pk, status="proposed") == ["due"]
    assert ids(year=make.NOW.year) == ["ending"]
    assert director.get("change-requests/", kind="kaikki").status_code == 400
    assert town.client("neighbour").get("change-requests/").json()["count"] == 0
