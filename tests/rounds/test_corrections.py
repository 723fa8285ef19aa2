"""After the lock: an exception lets a named person correct named answers for a time, beside what was locked."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests import make
from tests.edit.editors import html
from tests.plan.test_moves import signed_in
from tests.rounds.test_answers import RED
from tests.rounds.test_snapshots import Locking
from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.calendar import start_of_day
from toimenpiteet.dates import day_words
from toimenpiteet.models import AnswerCorrection, Grant, RoundSnapshot, StatusReport
from toimenpiteet.selectors.history.integrity import verify
from toimenpiteet.workflow import Role

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


def test_a_correction_stands_in_the_items_timeline_and_in_what_changed(world: Locked) -> None:
    world.let()
    world.correct()
    told = world.page(f"/toimenpiteet/{world.plan.item_id}/").partition('id="timeline"')[2]
    for words in (
        f"{world.manager.name} oikaisi, mitä toimenpiteestä sanottiin lukitulla kierroksella.",
        "viivästyy tai vaarassa",
        AMBER["text"],
        "Korjattu luku",
        f"{world.director.name} antoi vastausoikeuden: {world.manager.name}.",
    ):
        assert words in told
    news = world.page("/odottaa/").partition('id="changed"')[2]
    assert "Lukittua vastausta oikaistu" in news
    assert AMBER["text"] in news
    with time_machine.travel(world.now, tick=False):
        public = html(Client().get(f"/toimenpiteet/{world.plan.item_id}/"))
        rows = signed_in(world.director).get(f"/api/v1/plans/{world.plan.pk}/history/").json()["results"]
    assert "oikaisi" not in public
    assert AMBER["text"] not in public
    assert [row["object"] for row in rows if row["object"] == "answercorrection"] == ["answercorrection"]


def test_a_row_of_the_locked_review_leads_to_letting_its_answer_be_corrected(world: Locked) -> None:
    link = f"{world.exception}?plan={world.plan.pk}"
    assert f'href="{link}"' in world.page(world.review)
    asked = world.page(link).partition('id="id_plans"')[2]
    first = asked.partition("<input ")[2].partition(">")[0]
    assert f'value="{world.plan.pk}"' in first
    assert "checked" in first


def test_the_page_of_the_report_tells_of_corrections_outside_what_was_frozen(world: Locked) -> None:
    report = f"/kierrokset/{world.round.pk}/raportti/"
    before = world.page(report, "director")
    assert "oikaisut" not in before
    world.let()
    world.correct()
    page = world.page(report, "manager")
    frozen, told = page.split('<h2 id="oikaisut">')
    for words in (RED.text, AMBER["text"], "Korjattu luku", f"{world.manager.name}, vastuuhenkilö", world.unit.name):
        assert words in told
    assert AMBER["text"] not in frozen
    assert "1 vastaus on oikaistu lukituksen jälkeen" in frozen
    # Said in a role, which everybody may read.
    assert AnswerCorrection.history.get().acted_as == "manager"


def test_everybody_reads_a_correction_once_the_round_is_published_with_the_role_alone(world: Locked) -> None:
    report = f"/kierrokset/{world.round.pk}/raportti/"
    world.let()
    world.correct()
    stranger = signed_in(make.World().director)
    readers: list[Any] = [Client(), stranger]
    assert [reader.get(report).status_code for reader in readers] == [302, 404]
    assert not access.visible(Scope(), AnswerCorrection).exists()
    world.act("publish", world.director)
    for reader in readers:
        told = html(reader.get(report)).partition('<h2 id="oikaisut">')[2]
        for words in (RED.text, AMBER["text"], "vastuuhenkilö: Korjattu luku", world.unit.name):
            assert words in told
        assert world.manager.name not in told


def test_who_corrects_without_a_role_for_the_plan_has_none_on_record(world: Locked) -> None:
    viewer = make.official(world.municipality, Role.VIEWER)
    world.let(holder=viewer.pk)
    with time_machine.travel(world.now, tick=False):
        sent = signed_in(viewer).post(world.correction, {**AMBER, "reason": "Korjattu luku"})
    assert sent.status_code == 303
    assert AnswerCorrection.history.get().acted_as == ""
    world.act("publish", world.director)
    told = html(Client().get(f"/kierrokset/{world.round.pk}/raportti/")).partition('<h2 id="oikaisut">')[2]
    assert "strategiajohtajan luvalla: Korjattu luku" in " ".join(told.split())


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
    "nothing new": (
        lambda world: world.let() and world.correct(**vars(RED) | {"known_on": ""}),
        422,
        "saman kuin ennenkin",
    ),
    "only spaces": (lambda world: world.let() and world.correct(text="  \n "), 422, "Kerro lauseella"),
    "nothing to see": (
        lambda world: world.let() and world.correct(text=" \u00a0\u200b\u202e\u200d"),
        422,
        "Kerro lauseella",
    ),
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


def test_the_last_day_of_an_exception_is_said_as_the_director_chose_it(world: Locked) -> None:
    world.let()
    for page in (world.page(world.review), world.page("/odottaa/", "manager")):
        assert f"{day_words(world.last)} asti" in page
        assert "klo 0.00" not in page


def test_a_round_that_still_takes_answers_has_nothing_to_correct() -> None:
    open_world = Locking()
    address = f"/kierrokset/{open_world.round.pk}/vastaukset/{open_world.plan.pk}/oikaisu/"
    assert signed_in(open_world.manager).get(address).status_code == 404


def test_a_locked_review_decides_nothing_and_says_what_was_locked(world: Locked) -> None:
    page = world.page(world.review)
    assert RoundSnapshot.objects.get().sha256 in page
    assert "Ei käyty läpi ennen lukitsemista" in page
    assert "2 vastausta pyydettiin" in page
    assert "odotetaan" not in page
    assert 'value="accept"' not in page
    assert "Muistuta" not in page
