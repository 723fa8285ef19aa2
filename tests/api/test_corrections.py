"""Corrections through the API: beside the locked answer, read by whom answers are, written under an exception."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import make
from tests.api.test_rounds import GREEN, RED, Asked
from tests.api.town import Caller, problem
from toimenpiteet import access
from toimenpiteet.calendar import local_day
from toimenpiteet.models import AnswerCorrection, StatusReport
from toimenpiteet.selectors.history.integrity import verify
from toimenpiteet.services.people import grants

pytestmark = pytest.mark.django_db
BODY = {**RED, "reason": "Luku oli väärä."}


class Locked(Asked):
    """A town whose round is locked, with one answer and one that nobody gave."""

    def __init__(self) -> None:
        super().__init__()
        make.brought(self.asking, "locked")
        self.there = f"rounds/{self.asking.pk}/answers/{self.plan.pk}/"
        self.place_of = f"{self.there}corrections/"

    def let(self, who: str = "manager") -> "Locked":
        """Let a person correct both answers from now on."""
        now = timezone.now()
        scope = access.scope_of(self.director, local_day(now))
        plans = [self.plan.pk, self.silent.pk]
        by = {"scope": scope, "stamp": make.stamp(at=now)}
        grants.let_answer(getattr(self, who).pk, self.asking.pk, plans, now + timedelta(days=1), **by)
        return self

    def correct(self, who: str = "manager", seen: int | None = 0, **changed: Any) -> Any:
        """Send a correction."""
        return self.client(who, "en").send("POST", self.place_of, BODY | changed, version=seen)


@pytest.fixture
def town() -> Locked:
    return Locked()


def test_a_correction_stands_beside_the_answer_which_stays(town: Locked) -> None:
    town.let()
    empty = town.client("viewer").get(town.place_of)
    assert (empty.json(), empty["ETag"]) == ([], '"0"')
    sent = town.correct()
    made = AnswerCorrection.objects.get()
    assert (sent.status_code, sent["ETag"]) == (201, f'"{made.pk}"')
    (one,) = sent.json()
    assert {name: one[name] for name in RED} == RED
    assert (one["id"], one["reason"], one["light_words"]) == (made.pk, BODY["reason"], "off track, needs a decision")
    assert (one["role"], one["who"]) == ("manager", town.manager.name)
    beside = town.client("viewer", "en").get(town.there).json()
    assert (beside["corrections"], beside["text"], beside["version"]) == ([one], "Tiekartta on laadittu.", 1)
    assert made.history.get().door == "api"
    assert list(verify()) == []


def test_the_corrections_of_a_round_are_found(town: Locked) -> None:
    town.let()
    town.correct()
    to, viewer = f"rounds/{town.asking.pk}/answers/", town.client("viewer")

    def plans(**asked: str) -> list[int]:
        return [row["plan"]["id"] for row in viewer.get(to, **asked).json()["results"]]

    assert (plans(corrected="true"), plans(corrected="false")) == ([town.plan.pk], [town.silent.pk])
    assert problem(viewer.get(to, corrected="yes"), 400, "invalid")["errors"][0]["field"] == "corrected"


def test_what_nobody_said_before_the_lock_is_corrected_too(town: Locked) -> None:
    town.let()
    to = f"{town.place}corrections/"
    assert town.client("manager").send("POST", to, BODY, version=0).status_code == 201
    assert StatusReport.objects.get(pk=town.expected.pk).said == "nothing"


def test_a_second_one_has_to_have_seen_the_first(town: Locked) -> None:
    town.let()
    first = town.correct().json()[0]["id"]
    stale = town.correct(text="Toisin.")
    found = problem(stale, 412, "stale")
    assert (found["current"]["version"], stale["ETag"]) == (first, f'"{first}"')
    again = town.correct(seen=first, text="Toisin.")
    assert [one["text"] for one in again.json()] == [RED["text"], "Toisin."]


REFUSED: dict[str, tuple[Callable[[Locked], Any], int, str]] = {
    "nobody was let": (lambda town: town.correct(), 403, "forbidden"),
    "somebody else was let": (lambda town: town.let("contributor").correct(), 403, "forbidden"),
    "the version is missing": (lambda town: town.let().correct(seen=None), 428, "version_missing"),
    "no reason": (lambda town: town.let().correct(reason=" "), 400, "invalid"),
    "no cause": (lambda town: town.let().correct(cause=""), 400, "invalid"),
    "an unknown field": (lambda town: town.let().correct(colour="red"), 400, "invalid"),
    "nothing new": (
        lambda town: town.let().correct(light="on_track", text="Tiekartta on laadittu.", cause="", next_step=""),
        400,
        "invalid",
    ),
    "a neighbour": (lambda town: town.let().correct("neighbour"), 404, "not_found"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_says_why_and_leaves_nothing(town: Locked, case: str) -> None:
    do, status, code = REFUSED[case]
    problem(do(town), status, code)
    assert not AnswerCorrection.objects.exists()


def test_they_are_read_by_whom_the_answers_are_also_once_the_round_is_published(town: Locked) -> None:
    town.let()
    town.correct()
    make.brought(town.asking, "published")
    for place in (town.place_of, town.there):
        found = {who: town.client(who).get(place).status_code for who in ("viewer", "neighbour", "anonymous")}
        assert found == {"viewer": 200, "neighbour": 404, "anonymous": 401}
    assert Caller().get(f"rounds/{town.asking.pk}/answers/", corrected="true").status_code == 401


def test_a_list_with_corrections_costs_the_same_however_long_it_is(town: Locked) -> None:
    to, viewer = f"rounds/{town.asking.pk}/answers/", town.client("viewer")

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert viewer.get(to, page_size=200).status_code == 200
        return len(seen)

    def corrected() -> None:
        plan = make.plan(make.action_item(town.goal, town.unit), town.period)
        report = town.add(StatusReport(round=town.asking, plan=plan))
        said = {name: GREEN[name] for name in ("light", "text")}
        town.add(AnswerCorrection(report=report, why="Luku oli väärä.", at=make.NOW, **said))

    corrected()
    short = cost()
    for _ in range(10):
        corrected()
    assert cost() == short <= 10
