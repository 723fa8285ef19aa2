"""Reporting rounds through the API: their days and moves, and the answers given in them."""

import hashlib
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.api.town import PDF, Caller, Town, problem
from toimenpiteet.models import AnswerDraft, ReportingRound, RoundDay, RoundSnapshot, StatusReport
from toimenpiteet.services import audited

GREEN = {"light": "on_track", "text": "Väline on otettu käyttöön."}
RED = {
    "light": "off_track",
    "text": "Kilpailutus keskeytyi.",
    "cause": "Yksikään tarjous ei kelvannut.",
    "next_step": "Kilpailutetaan uudelleen.",
}


WAY = [("open", "open"), ("end_answers", "in_review"), ("lock", "locked"), ("publish", "published")]


class Asked(Town):
    """A town whose open round has had no answer yet."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = make.plan(make.action_item(self.goal, self.unit), self.period)
        self.expected = self.add(StatusReport(round=self.asking, plan=self.silent))

    @property
    def place(self) -> str:
        """Return the address of the answer that nobody has given."""
        return f"rounds/{self.asking.pk}/answers/{self.silent.pk}/"

    def put(self, body: object, who: str = "manager", version: int | None = 1) -> Any:
        """Send an answer."""
        return self.client(who, "en").send("PUT", self.place, body, version=version)

    def act(self, name: str, who: str, version: int, body: object = None) -> Any:
        """Do something else with the answer."""
        return self.client(who, "en").send("POST", f"{self.place}{name}/", body or {}, version=version)

    def turn(self, row: ReportingRound, name: str, who: str = "director", version: int = 1, reason: str = "Syy") -> Any:
        """Move a round."""
        body = {"name": name, "reason": reason}
        return self.client(who, "en").send("POST", f"rounds/{row.pk}/transitions/", body, version=version)


@pytest.fixture
def town(db: None) -> Asked:
    return Asked()


# --- rounds ---------------------------------------------------------------------------------------------------------


def test_a_round_says_its_days_and_why_one_was_moved(town: Asked) -> None:
    day = RoundDay.objects.get(round=town.asking, which="opens")
    moved = {"decided_on": date(2035, 1, 10), "holds_on": date(2035, 1, 10), "reason": "Lautakunta siirtyi"}
    audited.change(day, make.stamp(), **moved)
    (shown,) = town.client().get(f"rounds/{town.asking.pk}/").json()["days"]
    assert shown == {
        "which": "opens",
        "rule": "01-08",
        "computed_on": "2035-01-08",
        "decided_on": "2035-01-10",
        "holds_on": "2035-01-10",
        "reason": "Lautakunta siirtyi",
        "version": 2,
    }


def test_a_round_tells_which_move_is_open_and_why_not_the_others(town: Asked) -> None:
    answer = town.client("director", "en").get(f"rounds/{town.asking.pk}/transitions/")
    assert answer["ETag"] == '"2"'
    assert answer.json()["round"] | {"status_words": ""} == {
        "id": town.asking.pk,
        "status": "open",
        "status_words": "",
        "version": 2,
    }
    moves = answer.json()["transitions"]
    assert [(move["name"], move["open"], move["code"], move["comes_on"]) for move in moves] == [
        ("open", False, "wrong_status", None),
        ("end_answers", True, None, "2035-03-01"),
        ("lock", False, "wrong_status", None),
        ("publish", False, "wrong_status", None),
    ]
    assert moves[2]["reason"] == "The round is “open”. This is done to a round that is “in review”."
    theirs = town.client("manager").get(f"rounds/{town.asking.pk}/transitions/").json()["transitions"]
    assert {(move["open"], move["code"]) for move in theirs} == {(False, "wrong_role")}


def test_a_round_goes_its_whole_way_through_the_api(town: Asked) -> None:
    for version, (name, status) in enumerate(WAY, 1):
        moved = town.turn(town.round, name, version=version, reason=f"Päätetty {version}")
        assert (moved.status_code, moved["ETag"]) == (200, f'"{version + 1}"'), moved.content
        assert moved.json()["round"]["status"] == status
    rows = town.round.history.order_by("version")[1:]
    assert [(row.history_change_reason, row.door) for row in rows] == [(f"Päätetty {n}", "api") for n in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("name", "reason", "version", "status", "code", "field"),
    [
        ("open", "", 1, 400, "invalid", "reason"),
        ("open", "  \n ", 1, 400, "invalid", "reason"),
        ("open", "x" * 501, 1, 400, "invalid", "reason"),
        ("close", "Syy", 1, 400, "invalid", "name"),
        ("lock", "Syy", 1, 409, "wrong_status", ""),
        ("open", "Syy", 7, 412, "stale", ""),
    ],
)
def test_a_refused_move_of_a_round_says_where_and_why(
    town: Asked, name: str, reason: str, version: int, status: int, code: str, field: str
) -> None:
    found = problem(town.turn(town.round, name, version=version, reason=reason), status, code)
    assert [error["field"] for error in found.get("errors", [])] == ([field] if field else [])
    if status > 400:
        assert found["current"] == {"version": 1, "status": "planned"}
    town.round.refresh_from_db()
    assert (town.round.status, town.round.version) == ("planned", 1)


def test_a_round_is_not_moved_unseen_nor_by_neighbours(town: Asked) -> None:
    body = {"name": "open", "reason": "Syy"}
    to = f"rounds/{town.round.pk}/transitions/"
    problem(town.client().send("POST", to, body), 428, "version_missing")
    problem(town.turn(town.round, "open", "neighbour"), 404, "not_found")


def test_what_is_frozen_is_given_byte_for_byte(town: Asked) -> None:
    make.brought(town.asking, "in_review")
    to, viewer = f"rounds/{town.asking.pk}/snapshot/", town.client("viewer")
    problem(viewer.get(to), 404, "not_found")
    assert town.turn(town.asking, "lock", version=3).status_code == 200
    answer = viewer.get(to)
    frozen = RoundSnapshot.objects.get(round=town.asking)
    assert (answer.content, answer["Content-Type"]) == (bytes(frozen.data), "application/json")
    assert answer["ETag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
    assert answer.json()["round"]["status"] == "locked"
    again = viewer.get_unless(to, answer["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert viewer.get_unless(to, '"other"').status_code == 200


# --- answers, read --------------------------------------------------------------------------------------------------


def test_the_answers_of_a_round_say_how_they_stand(town: Asked) -> None:
    answer = town.client("viewer", "en").get(f"rounds/{town.asking.pk}/answers/").json()
    said, silent = answer["results"]
    assert (said["plan"]["id"], said["plan"]["item"]["id"]) == (town.plan.pk, town.item.pk)
    assert (said["state"], said["light"], said["light_words"]) == ("updated", "on_track", "on track")
    assert said["text"] == "Tiekartta on laadittu."
    assert (silent["state"], silent["state_words"], silent["answered_at"]) == ("silent", "not reported", None)
    assert silent["light"] is None
    one = town.client("viewer", "en").get(f"rounds/{town.asking.pk}/answers/{town.plan.pk}/")
    assert (one.json(), one["ETag"]) == (said, '"1"')


@time_machine.travel(make.NOW, tick=False)
def test_an_answer_says_what_the_facts_give_until_the_lock(town: Asked) -> None:
    for plan in (town.silent, town.plan):
        town.add(StatusReport(round=town.locked, plan=plan))
    to = f"rounds/{town.asking.pk}/answers/"
    said, silent = town.client("viewer", "en").get(to).json()["results"]
    assert (silent["computed"]["light"], silent["computed"]["because"]) == ("at_risk", ["silent"])
    # Who answers now has broken the silence.
    assert said["computed"] == {
        "light": "on_track",
        "light_words": "on track",
        "because": ["on_time"],
        "because_words": ["dates and steps are on time"],
        "disagrees": False,
    }
    audited.change(town.plan, make.stamp(), due_on=date(2021, 1, 31), due_precision="day")
    late = town.client("viewer").get(f"{to}{town.plan.pk}/").json()["computed"]
    assert (late["light"], late["because"], late["disagrees"]) == ("off_track", ["due_passed"], True)
    for status in ("in_review", "locked"):
        audited.change(town.asking, make.stamp(), status=status)
    assert town.client("viewer").get(f"{to}{town.plan.pk}/").json()["computed"] is None


def _in_state(town: Asked, state: str) -> int:
    """Bring the silent answer into a state; return its plan."""
    if state == "draft":
        at = {"at": make.NOW, "person": town.contributor}
        AnswerDraft.objects.create(round=town.asking, plan=town.silent, text="Aloitettu", **at)
    elif state != "silent":
        said = "updated" if state in {"returned", "accepted"} else state
        review = state if state in {"returned", "accepted"} else "none"
        values = {"said": said, "review": review, "light": "at_risk", "cause": "a", "next_step": "b"}
        audited.change(town.expected, make.stamp(), answered_at=make.NOW, **values)
    return int(town.silent.pk)


STATES = ["silent", "draft", "unchanged", "updated", "returned", "accepted"]


@pytest.mark.parametrize("state", STATES)
def test_each_state_is_found_by_its_name_and_by_no_other(town: Asked, state: str) -> None:
    plan, manager = _in_state(town, state), town.client("manager")
    shown = {}
    for asked in STATES:
        rows = manager.get(f"rounds/{town.asking.pk}/answers/", state=asked).json()["results"]
        assert {row["state"] for row in rows} <= {asked}
        shown[asked] = [row["plan"]["id"] for row in rows]
    assert [asked for asked, plans in shown.items() if plan in plans] == [state]
    both = manager.get(f"rounds/{town.asking.pk}/answers/", state=["silent", state, "updated"]).json()
    assert both["count"] == 2


def test_a_draft_is_read_by_those_who_may_answer_and_is_silence_for_all_others(town: Asked) -> None:
    _in_state(town, "draft")
    for who, state, words in (
        ("contributor", "draft", "Aloitettu"),
        ("manager", "draft", "Aloitettu"),
        ("director", "silent", None),
        ("viewer", "silent", None),
        ("admin", "silent", None),
    ):
        found = town.client(who).get(town.place).json()
        assert (found["state"], (found["draft"] or {}).get("text")) == (state, words), who
        answers = f"rounds/{town.asking.pk}/answers/"
        assert town.client(who).get(answers, state=state).json()["results"][0]["plan"]["id"] == town.silent.pk
    other = make.member(make.unit(town.municipality, "Kirjasto"))
    assert Caller(other).get(town.place).json()["draft"] is None


def test_answers_are_found_by_light_and_by_unit(town: Asked) -> None:
    area = make.unit(town.municipality, "Palvelualue", kind="service_area")
    under = make.unit(town.municipality, "Alayksikkö", parent=area)
    plan = make.plan(make.action_item(town.goal, under), town.period)
    town.add(StatusReport(round=town.asking, plan=plan))

    def plans(**asked: object) -> list[int]:
        rows = town.client().get(f"rounds/{town.asking.pk}/answers/", **asked).json()["results"]
        return [row["plan"]["id"] for row in rows]

    assert plans(unit=area.pk) == [plan.pk]
    assert plans(unit=town.unit.pk) == [town.plan.pk, town.silent.pk]
    assert plans(light="on_track") == [town.plan.pk]
    # Silence is no light: what cannot be assessed was said to be so.
    assert plans(light=["not_assessed", "on_track"], unit=area.pk) == []


@pytest.mark.parametrize("asked", [{"state": "green"}, {"light": "green"}, {"unit": 0}, {"colour": "red"}])
def test_a_filter_that_does_not_fit_is_an_error_at_its_name(town: Asked, asked: dict[str, Any]) -> None:
    found = problem(town.client().get(f"rounds/{town.asking.pk}/answers/", **asked), 400, "invalid")
    assert [error["field"] for error in found["errors"]] == list(asked)


def test_what_is_not_asked_or_is_of_neighbours_does_not_exist(town: Asked) -> None:
    other = Asked()
    director = town.client()
    for place in (
        f"rounds/{other.asking.pk}/answers/",
        other.place,
        f"rounds/{town.asking.pk}/answers/{other.silent.pk}/",
        f"rounds/{town.round.pk}/answers/{town.plan.pk}/",
        f"rounds/{town.asking.pk}/answers/999999/",
    ):
        problem(director.get(place), 404, "not_found")
    problem(director.get(f"rounds/{town.asking.pk}/answers/", unit=other.unit.pk), 400, "invalid")


def test_a_list_of_answers_costs_the_same_however_long_it_is(town: Asked) -> None:
    manager, to = town.client("manager"), f"rounds/{town.asking.pk}/answers/"

    def cost(**asked: object) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert manager.get(to, **asked).status_code == 200
        return len(seen)

    short = cost()
    for _ in range(30):
        plan = make.plan(make.action_item(town.goal, town.unit), town.period)
        town.add(StatusReport(round=town.asking, plan=plan))
    assert (cost(), cost(page_size=200)) == (short + 1, short)
    assert short <= 9
    assert cost(state=["draft", "silent"], light="not_assessed", unit=town.unit.pk) <= short + 2


# --- answers, written -----------------------------------------------------------------------------------------------


def test_an_answer_is_sent_and_sent_again_until_the_lock(town: Asked) -> None:
    sent = town.put(RED)
    assert (sent.status_code, sent["ETag"], sent.json()["state"]) == (200, '"2"', "updated")
    assert {name: sent.json()[name] for name in RED} == RED
    newest = StatusReport.history.filter(id=town.expected.pk).latest("version")
    assert (newest.history_user_id, newest.door, newest.acted_as) == (town.manager.pk, "api", "manager")
    make.brought(town.asking, "in_review")
    late = town.put(GREEN, version=2)
    assert (late.status_code, late.json()["light"], late.json()["cause"]) == (200, "on_track", "")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**GREEN, "text": ""}, "text"),
        ({**GREEN, "text": " \n\t "}, "text"),
        ({**GREEN, "text": "kello\x07"}, "text"),
        ({**GREEN, "text": "x" * 5001}, "text"),
        ({**GREEN, "text": 7}, "text"),
        ({"text": "Etenee."}, "light"),
        ({**GREEN, "light": "vihreä"}, "light"),
        ({**GREEN, "light": None}, "light"),
        ({**GREEN, "light": ["on_track"]}, "light"),
        ({**RED, "cause": " "}, "cause"),
        ({**RED, "light": "at_risk", "cause": ""}, "cause"),
        ({**RED, "next_step": ""}, "next_step"),
        ({**GREEN, "said": "unchanged"}, "said"),
        ([], ""),
    ],
)
def test_an_answer_that_is_not_whole_is_refused_at_its_field(town: Asked, body: Any, field: str) -> None:
    found = problem(town.put(body), 400, "invalid")
    assert [error["field"] for error in found["errors"]] == [field]
    assert found["errors"][0]["message"]
    assert StatusReport.objects.get(pk=town.expected.pk).version == 1


def test_an_unknown_light_is_told_what_there_is(town: Asked) -> None:
    (error,) = problem(town.put({**GREEN, "light": "green"}), 400, "invalid")["errors"]
    assert error["message"] == "There is no such value. Possible: on_track, at_risk, off_track, not_assessed."


def test_a_locked_round_takes_no_answers_and_a_planned_one_asks_nothing(town: Asked) -> None:
    town.put(GREEN)
    make.brought(town.asking, "locked")
    for answer in (
        town.put(RED, version=2),
        town.act("withdraw", "manager", 2),
        town.act("unchanged", "manager", 2),
        town.act("return", "director", 2, {"review_text": "Mitä?"}),
        town.act("accept", "director", 2),
    ):
        found = problem(answer, 409, "wrong_status")
        assert found["detail"] == "The round is locked, so its answers stay as they are."
        assert "current" not in found
    planned = town.add(StatusReport(round=town.round, plan=town.plan))
    to = f"rounds/{town.round.pk}/answers/{planned.plan_id}/"
    found = problem(town.client("manager", "en").send("PUT", to, GREEN, version=1), 409, "wrong_status")
    assert found["detail"] == "The round is not open yet, so nothing is asked in it."


def test_an_answer_asks_for_the_version_that_was_seen(town: Asked) -> None:
    problem(town.put(GREEN, version=None), 428, "version_missing")
    assert town.put(GREEN).status_code == 200
    found = problem(town.put(RED, version=1), 412, "stale")
    assert found["current"] == {"version": 2, "status": None}
    assert StatusReport.objects.get(pk=town.expected.pk).text == GREEN["text"]


def test_a_contributor_is_told_who_sends(town: Asked) -> None:
    found = problem(town.put(GREEN, "contributor"), 403, "forbidden")
    assert found["detail"].startswith("A contributor begins an answer, and a manager")


def test_no_change_is_an_answer_where_the_last_one_can_still_hold(town: Asked) -> None:
    refused = problem(town.act("unchanged", "manager", 1), 400, "invalid")
    assert refused["errors"][0]["field"] == "text"
    ends = date(2034, 2, 28)
    days = {"opens_on": ends, "decided_on": ends, "due_on": ends}
    past = town.add(ReportingRound(strategy=town.strategy, kind="annual_report", year=2033, **days))
    said = {"said": "updated", "light": "on_track", "text": "Viime vuonna", "answered_at": make.NOW}
    town.add(StatusReport(round=past, plan=town.silent, **said))
    answer = town.act("unchanged", "manager", 1).json()
    assert (answer["state"], answer["text"], answer["version"]) == ("unchanged", "Viime vuonna", 2)


def test_an_answer_is_withdrawn_and_its_words_are_kept(town: Asked) -> None:
    town.put(RED)
    answer = town.act("withdraw", "manager", 2)
    assert (answer.status_code, answer.json()["state"], answer.json()["text"]) == (200, "draft", "")
    assert answer.json()["draft"]["cause"] == RED["cause"]
    problem(town.act("withdraw", "manager", 3), 400, "invalid")


def test_an_answer_is_returned_with_words_answered_anew_and_accepted(town: Asked) -> None:
    problem(town.act("accept", "director", 1), 400, "invalid")
    town.put(GREEN)
    for words in ("", " \n "):
        found = problem(town.act("return", "director", 2, {"review_text": words}), 400, "invalid")
        assert [error["field"] for error in found["errors"]] == ["review_text"]
    back = town.act("return", "director", 2, {"review_text": "Mitä koulutuksia?"}).json()
    assert (back["state"], back["review_text"]) == ("returned", "Mitä koulutuksia?")
    assert town.put(RED, version=3).json()["state"] == "updated"
    taken = town.act("accept", "director", 4)
    assert (taken.json()["state"], taken["ETag"]) == ("accepted", '"5"')


@pytest.mark.parametrize("name", ["unchanged", "withdraw", "accept"])
def test_words_that_nobody_would_read_are_refused(town: Asked, name: str) -> None:
    who = "director" if name == "accept" else "manager"
    found = problem(town.act(name, who, 1, {"review_text": "Hyvä!"}), 400, "invalid")
    assert [error["field"] for error in found["errors"]] == ["review_text"]


# --- evidence -------------------------------------------------------------------------------------------------------


def test_evidence_is_put_beside_an_answer_read_and_taken_away(town: Asked) -> None:
    place, manager = f"{town.place}evidence/", town.client("manager", "en")
    file = SimpleUploadedFile("Tulos.pdf", PDF)
    made = manager.upload(place, file=file, public="true")
    assert (made.status_code, made["ETag"]) == (201, '"1"'), made.content
    shown = made.json()
    assert (shown["name"], shown["url"], shown["public"]) == ("Tulos.pdf", "", True)
    assert shown["file"] == {
        "name": "Tulos.pdf",
        "content_type": "application/pdf",
        "size": len(PDF),
        "sha256": hashlib.sha256(PDF).hexdigest(),
        "address": f"/api/v1/{place}{shown['id']}/file/",
    }
    given = town.client("viewer").get(f"{place}{shown['id']}/file/")
    assert (given.content, given["Content-Disposition"]) == (PDF, 'attachment; filename="Tulos.pdf"')
    assert Caller().get(place).json() == []
    make.brought(town.asking, "published")
    assert Caller().get(place).json() == [shown]
    assert Caller().get(f"{place}{shown['id']}/file/").content == PDF
    problem(manager.send("DELETE", f"{place}{shown['id']}/", version=1), 409, "wrong_status")


def test_while_the_scanner_does_not_answer_no_file_is_taken(town: Asked, settings: Any) -> None:
    settings.CLAMD_URL = "unix:///nowhere/clamd.ctl"
    file = SimpleUploadedFile("tulos.pdf", PDF)
    problem(town.client("manager").upload(f"{town.place}evidence/", file=file), 503, "scanner_away")


def test_evidence_that_cannot_be_taken_is_named_by_its_field(town: Asked) -> None:
    place, manager = f"{town.place}evidence/", town.client("manager", "en")
    for body, field in (
        ({"name": " ", "url": "https://mallila.example/"}, "name"),
        ({"name": "Kysely", "url": "javascript:alert(1)"}, "url"),
        ({"name": "Kysely", "url": "https://mallila.example/", "public": "yes"}, "public"),
    ):
        found = problem(manager.send("POST", place, body), 400, "invalid")
        assert [error["field"] for error in found["errors"]] == [field]
    large = PDF + b"a" * (11 * 2**20)
    for name, data in (("kuva.png", PDF), ("suuri.pdf", large), ("tyhja.pdf", b"")):
        found = problem(manager.upload(place, file=SimpleUploadedFile(name, data)), 400, "invalid")
        assert [error["field"] for error in found["errors"]] == ["file"]
    problem(
        manager.upload(place, file=[SimpleUploadedFile(f"{number}.pdf", PDF) for number in (1, 2)]), 400, "parse_error"
    )
    problem(manager.upload(town.place, file=SimpleUploadedFile("tulos.pdf", PDF)), 405, "method_not_allowed")
    problem(manager.send("DELETE", f"{place}{town.evidence.pk}/", version=1), 404, "not_found")
