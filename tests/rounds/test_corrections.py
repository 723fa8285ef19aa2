"""After the lock: an exception lets a named person correct named answers for a time, beside what was locked."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from tests import make
from tests.edit.editors import html
from tests.plan.test_moves import signed_in
from tests.rounds.test_answers import RED
from tests.rounds.test_snapshots import Locking
from toimenpiteet.calendar import start_of_day
from toimenpiteet.models import AnswerCorrection, Grant, RoundSnapshot, StatusReport
from toimenpiteet.selectors.history.integrity import verify

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
AMBER = {
    "light": "at_risk",
    "text": "Luku oli väärä.",
    "cause": "Laskettiin väärin",
    "next_step": "Lasketaan uudelleen",
}


class Locked(Locking):
    """A locked round, and what its director and manager do after it on their pages."""

    def __init__(self) -> None:
        super().__init__()
        self.lock()
        self.now = start_of_day(self.due + 3 * DAY)
        self.last = self.due + 10 * DAY
        base = f"/kierrokset/{self.round.pk}"
        self.review, self.exception = f"{base}/katselmus/", f"{base}/poikkeus/"
        self.correction = f"{base}/vastaukset/{self.plan.pk}/oikaisu/"

    def let(self, **changed: Any) -> Any:
        """Let the manager correct, as the director does on the page."""
        wanted = {"holder": self.manager.pk, "plans": [self.plan.pk], "last_day": self.last, "reason": "Väärä luku"}
        with time_machine.travel(self.now, tick=False):
            return signed_in(self.director).post(self.exception, wanted | changed)

    def correct(self, at: datetime | None = None, **changed: Any) -> Any:
        """Correct the answer, as the manager does on the page."""
        with time_machine.travel(at or self.now, tick=False):
            return signed_in(self.manager).post(self.correction, {**AMBER, "reason": "Korjattu luku", **changed})

    def page(self, address: str, who: str = "director") -> str:
        """Return the text of a page after the lock."""
        with time_machine.travel(self.now, tick=False):
            return html(signed_in(getattr(self, who)).get(address))


@pytest.fixture
def world() -> Locked:
    return Locked()


def test_a_correction_stands_beside_the_locked_answer_with_both_values_who_and_why(world: Locked) -> None:
    kept = bytes(RoundSnapshot.objects.get().data)
    assert world.let().status_code == 303
    assert "Voit oikaista" in world.page("/odottaa/", "manager")
    assert RED.text in world.page(world.correction, "manager")
    assert world.correct().status_code == 303
    report, correction = StatusReport.objects.get(plan=world.plan), AnswerCorrection.objects.get()
    assert (report.text, correction.text, correction.why) == (RED.text, AMBER["text"], "Korjattu luku")
    page = world.page(world.review)
    for words in (RED.text, AMBER["text"], "Korjattu luku", world.manager.name, "Voivat oikaista nyt"):
        assert words in page
    assert bytes(RoundSnapshot.objects.get().data) == kept
    assert list(verify()) == []


def test_a_second_correction_leaves_the_first_and_names_what_somebody_else_said_meanwhile(world: Locked) -> None:
    world.let()
    world.correct()
    stale = world.correct(text="Toinen luku", seen_version=0)
    assert (stale.status_code, AnswerCorrection.objects.count()) == (409, 1)
    assert AMBER["text"] in html(stale)
    assert "Toinen luku" in html(stale)
    first = AnswerCorrection.objects.get()
    assert world.correct(text="Toinen luku", seen_version=first.pk).status_code == 303
    assert [row.text for row in AnswerCorrection.objects.all()] == [AMBER["text"], "Toinen luku"]


REFUSED: dict[str, tuple[Callable[[Locked], Any], int, str]] = {
    "nobody was let": (lambda world: world.correct(), 403, "poikkeuksen"),
    "the time is over": (
        lambda world: world.let() and world.correct(start_of_day(world.last + DAY)),
        403,
        "poikkeuksen",
    ),
    "it was ended": (lambda world: world.let() and end(world) and world.correct(), 403, "poikkeuksen"),
    "nothing new": (lambda world: world.let() and world.correct(**vars(RED)), 422, "saman kuin ennenkin"),
    "only spaces": (lambda world: world.let() and world.correct(text="  \n "), 422, "Kerro lauseella"),
    "no reason": (lambda world: world.let() and world.correct(reason=" "), 422, "Kerro miksi"),
    "a day that has passed": (lambda world: world.let(last_day=world.due), 422, "Valitse myöhempi"),
    "no plan": (lambda world: world.let(plans=[]), 422, "Mitkä vastaukset"),
    "somebody else's plan": (lambda world: world.let(plans=[make.World().plan.pk]), 422, "Mitkä vastaukset"),
}


def end(world: Locked) -> Any:
    """End the exception before its time, as the director does on the page."""
    address = f"{world.exception}{Grant.objects.get().pk}/paata/"
    with time_machine.travel(world.now, tick=False):
        answer = signed_in(world.director).post(address, {"reason": "Ei tarvita", "seen_version": 1})
    assert answer.status_code == 303
    return answer


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_says_why_and_leaves_nothing(world: Locked, case: str) -> None:
    do, status, words = REFUSED[case]
    answer = do(world)
    assert answer.status_code == status
    assert words in html(answer)
    assert not AnswerCorrection.objects.exists()


def test_a_round_that_still_takes_answers_has_nothing_to_correct() -> None:
    open_world = Locking()
    address = f"/kierrokset/{open_world.round.pk}/vastaukset/{open_world.plan.pk}/oikaisu/"
    assert signed_in(open_world.manager).get(address).status_code == 404


def test_a_locked_review_decides_nothing_and_says_what_was_locked(world: Locked) -> None:
    page = world.page(world.review)
    assert RoundSnapshot.objects.get().sha256 in page
    assert "Ei käyty läpi ennen lukitsemista" in page
    assert 'value="accept"' not in page
    assert "Muistuta" not in page
