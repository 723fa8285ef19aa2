"""Answers in a round: begun, sent, confirmed, withdrawn, returned and accepted; by whom, and what is refused."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import Http404

from tests import make
from tests.rounds.test_turning import Asked
from toimenpiteet import access
from toimenpiteet.models import Actor, AnswerDraft, Door, ReportingRound, StatusReport, User
from toimenpiteet.selectors.history.integrity import verify
from toimenpiteet.selectors.rounds.answers import answers_page, state_of
from toimenpiteet.selectors.rounds.review import read, review_page
from toimenpiteet.services import audited
from toimenpiteet.services.errors import Forbidden, Invalid, Stale
from toimenpiteet.services.rounds import answers
from toimenpiteet.services.rounds.answers import Answer
from toimenpiteet.workflow import Role

pytestmark = pytest.mark.django_db
GREEN = Answer("on_track", "Väline on otettu käyttöön.")
UNKNOWN = Answer(
    "not_assessed", "Kysely on vasta keväällä.", unknown_because="figure_later", known_on=date(2021, 5, 31)
)
RED = Answer("off_track", "Kilpailutus keskeytyi.", "Yksikään tarjous ei kelvannut.", "Kilpailutetaan uudelleen.")
DAY = timedelta(days=1)


class Answering(Asked):
    """An open round that asks of one plan, its manager, a contributor and the director."""

    def __init__(self) -> None:
        super().__init__()
        self.turn(make.TODAY)
        self.report = StatusReport.objects.get(round=self.round, plan=self.plan)
        self.contributor = make.member(self.unit, Role.CONTRIBUTOR, user=make.user("Teppo Toteuttaja"))

    def by(self, who: User, version: int | None = None) -> dict[str, Any]:
        """Return as whom and when something is done."""
        self.report.refresh_from_db()
        seen = self.report.version if version is None else version
        actor = Actor.person(who, Door.PAGE)
        return {"version": seen, "scope": access.scope_of(who, make.TODAY), "actor": actor, "now": make.NOW}

    def send(self, answer: Answer = GREEN, who: User | None = None, version: int | None = None) -> StatusReport:
        """Send an answer."""
        return answers.send(self.round.pk, self.plan.pk, answer, **self.by(who or self.manager, version))

    def state(self) -> str:
        """Return how the answer stands."""
        self.report.refresh_from_db()
        return state_of(self.report)

    def said_in(self, year: int, said: str, light: str) -> None:
        """Make a locked round before this one, in which something was said."""
        day = self.due - (2021 - year) * 365 * DAY
        days = {"opens_on": day, "decided_on": day, "due_on": day}
        row = audited.add(ReportingRound(strategy=self.strategy, kind="budget", year=year, **days), make.stamp())
        words = {"cause": "Syy", "next_step": "Askel"} if light in {"at_risk", "off_track"} else {}
        fields = {"said": said, "light": light, "text": f"Sanottu {year}", "answered_at": make.NOW} | words
        audited.add(StatusReport(round=row, plan=self.plan, **fields), make.stamp())
        make.brought(row, "locked")


@pytest.fixture
def world() -> Answering:
    return Answering()


def test_a_manager_says_how_a_plan_stands(world: Answering) -> None:
    row = world.send(RED)
    assert (row.said, row.light, row.cause, row.answered_at) == ("updated", "off_track", RED.cause, make.NOW)
    newest = row.history.latest("history_id")
    assert (newest.history_change_reason, newest.acted_as) == ("Vastattu kierroksella", "manager")
    again = world.send()
    assert (again.pk, again.light, again.cause) == (row.pk, "on_track", "")
    assert list(verify()) == []


@pytest.mark.parametrize("light", ["on_track", "not_assessed"])
def test_a_light_that_asks_for_no_cause_takes_none_along_from_a_form_that_hid_it(world: Answering, light: str) -> None:
    because = "other" if light == "not_assessed" else ""
    row = world.send(replace(RED, light=light, unknown_because=because))
    assert (row.light, row.text, row.cause, row.next_step) == (light, RED.text, "", "")


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (Answer(text="Etenee"), "light"),
        (Answer("on_track"), "text"),
        (Answer("on_track", "   \n "), "text"),
        (Answer("at_risk", "Myöhässä", "", "Jatketaan"), "cause"),
        (Answer("off_track", "Seis", "Rahat loppuivat"), "next_step"),
        (Answer("vihreä", "Etenee"), "light"),
        (replace(UNKNOWN, unknown_because=""), "unknown_because"),
        (replace(UNKNOWN, unknown_because="kiire"), "unknown_because"),
        (replace(UNKNOWN, known_on=make.TODAY - timedelta(days=1)), "known_on"),
        (replace(UNKNOWN, text=" "), "text"),
        (Answer("on_track", "kello\x07"), "text"),
        (Answer("on_track", "x" * 5001), "text"),
    ],
)
def test_an_answer_that_is_not_whole_is_refused_at_its_field(world: Answering, answer: Answer, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        world.send(answer)
    assert refused.value.field == field
    assert world.state() == "silent"


def test_what_cannot_be_assessed_says_why_and_when_it_will_be_known(world: Answering) -> None:
    row = world.send(UNKNOWN)
    assert (row.unknown_because, row.known_on) == ("figure_later", UNKNOWN.known_on)
    world.report.refresh_from_db()
    answers.withdraw(world.round.pk, world.plan.pk, **world.by(world.manager))
    draft = AnswerDraft.objects.get()
    assert (draft.light, draft.unknown_because, draft.known_on) == ("not_assessed", "figure_later", UNKNOWN.known_on)
    assert StatusReport.objects.get().unknown_because == ""
    again = world.send(replace(UNKNOWN, light="on_track"))
    assert (again.light, again.unknown_because, again.known_on) == ("on_track", "", None)
    assert list(verify()) == []


def test_a_contributor_begins_and_a_manager_sends(world: Answering) -> None:
    with pytest.raises(Forbidden):
        world.send(GREEN, world.contributor)
    scope = access.scope_of(world.contributor, make.TODAY)
    answers.keep_draft(world.round.pk, world.plan.pk, Answer(text="Aloitettu"), scope=scope, now=make.NOW)
    answers.keep_draft(world.round.pk, world.plan.pk, Answer(text="Aloitettu jo"), scope=scope, now=make.NOW)
    kept = AnswerDraft.objects.get()
    assert (kept.text, kept.light) == ("Aloitettu jo", "")
    assert world.state() == "silent"
    page = answers_page(access.scope_of(world.manager, make.TODAY), world.round.pk, make.TODAY)
    assert [(row.state, row.start.text, row.may_send) for row in page.rows] == [("draft", "Aloitettu jo", True)]
    own = answers_page(scope, world.round.pk, make.TODAY)
    assert [row.may_send for row in own.rows] == [False]


def test_what_is_sent_takes_the_persons_own_draft_away(world: Answering) -> None:
    scope = access.scope_of(world.manager, make.TODAY)
    answers.keep_draft(world.round.pk, world.plan.pk, Answer(text="Kesken"), scope=scope, now=make.NOW)
    world.send()
    assert not AnswerDraft.objects.exists()


def test_two_managers_at_once_lose_nothing(world: Answering) -> None:
    world.send(GREEN, version=1)
    with pytest.raises(Stale) as refused:
        world.send(RED, version=1)
    assert refused.value.current.text == GREEN.text  # type: ignore[attr-defined]  # an answer


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.VIEWER, Role.ADMIN])
def test_who_does_not_answer_for_it_is_told_why(world: Answering, role: Role) -> None:
    with pytest.raises(Forbidden):
        world.send(GREEN, make.official(world.municipality, role, user=make.user()))


def test_for_another_municipality_it_does_not_exist(world: Answering) -> None:
    other = Answering()
    for act in (
        lambda: world.send(GREEN, other.manager),
        lambda: answers.accept(world.report.pk, **world.by(other.director)),
        lambda: answers_page(access.scope_of(other.manager, make.TODAY), world.round.pk, make.TODAY),
        lambda: review_page(access.scope_of(other.director, make.TODAY), world.round.pk, make.TODAY),
    ):
        with pytest.raises(Http404):
            act()


# No change


@pytest.mark.parametrize(
    ("before", "offered"),
    [
        ([], False),
        ([("updated", "on_track")], True),
        ([("updated", "at_risk")], True),
        ([("updated", "off_track")], False),
        ([("updated", "not_assessed")], False),
        ([("unchanged", "on_track"), ("updated", "on_track")], True),
        ([("unchanged", "on_track"), ("unchanged", "on_track")], False),
    ],
)
def test_no_change_is_an_answer_where_the_last_one_can_still_hold(
    world: Answering, before: list[tuple[str, str]], offered: bool
) -> None:
    for year, (said, light) in zip((2020, 2019), before, strict=False):
        world.said_in(year, said, light)
    page = answers_page(access.scope_of(world.manager, make.TODAY), world.round.pk, make.TODAY)
    assert bool(page.rows[0].needs_words) is not offered
    if not offered:
        with pytest.raises(Invalid):
            answers.send_unchanged(world.round.pk, world.plan.pk, **world.by(world.manager))
        return
    row = answers.send_unchanged(world.round.pk, world.plan.pk, **world.by(world.manager))
    assert (row.said, row.light, row.text) == ("unchanged", before[0][1], "Sanottu 2020")
    assert world.state() == "unchanged"


def test_where_a_day_is_past_no_change_asks_for_a_sentence(world: Answering) -> None:
    world.said_in(2020, "updated", "on_track")
    make.step(world.plan, due_on=make.TODAY - 6 * DAY, due_precision="day")
    with pytest.raises(Invalid) as refused:
        answers.send_unchanged(world.round.pk, world.plan.pk, **world.by(world.manager))
    assert "ohi" in refused.value.message


def test_what_was_returned_asks_for_a_sentence(world: Answering) -> None:
    """The director has asked something: the words of the round before are no reply."""
    world.said_in(2020, "updated", "on_track")
    answers.send_unchanged(world.round.pk, world.plan.pk, **world.by(world.manager))
    answers.give_back(world.report.pk, "Mitä tehtiin?", **world.by(world.director))
    page = answers_page(access.scope_of(world.manager, make.TODAY), world.round.pk, make.TODAY)
    assert "pyytänyt lisää" in page.rows[0].needs_words
    with pytest.raises(Invalid):
        answers.send_unchanged(world.round.pk, world.plan.pk, **world.by(world.manager))


# What the review makes of it


def test_an_answer_is_withdrawn_until_it_is_reviewed(world: Answering) -> None:
    world.send(RED)
    answers.withdraw(world.round.pk, world.plan.pk, **world.by(world.manager))
    assert world.state() == "silent"
    assert AnswerDraft.objects.get().cause == RED.cause
    with pytest.raises(Invalid):
        answers.withdraw(world.round.pk, world.plan.pk, **world.by(world.manager))
    world.send(RED)
    answers.accept(world.report.pk, **world.by(world.director))
    with pytest.raises(Invalid):
        answers.withdraw(world.round.pk, world.plan.pk, **world.by(world.manager))


def test_a_returned_answer_is_asked_for_again_with_the_directors_words(world: Answering) -> None:
    world.send()
    with pytest.raises(Invalid):
        answers.give_back(world.report.pk, " ", **world.by(world.director))
    answers.give_back(world.report.pk, "Mitä koulutuksia pidettiin?", **world.by(world.director))
    page = answers_page(access.scope_of(world.manager, make.TODAY), world.round.pk, make.TODAY)
    assert [(row.state, row.review_text) for row in page.rows] == [("returned", "Mitä koulutuksia pidettiin?")]
    assert (page.round.answered, page.round.returned) == (0, 1)
    world.send(RED)
    assert world.state() == "updated"


def test_nobody_reviews_silence_nor_twice_what_changed_meanwhile(world: Answering) -> None:
    with pytest.raises(Invalid):
        answers.accept(world.report.pk, **world.by(world.director))
    world.send()
    with pytest.raises(Forbidden):
        answers.accept(world.report.pk, **world.by(world.manager))
    seen = world.by(world.director)
    world.send(RED)
    with pytest.raises(Stale):
        answers.accept(world.report.pk, **seen)


def test_several_are_accepted_each_on_its_own(world: Answering) -> None:
    world.send()
    world.report.refresh_from_db()
    by = world.by(world.director)
    by.pop("version")
    done, refused = answers.accept_each([(world.report.pk, world.report.version), (world.report.pk, 1)], **by)
    assert ([row.pk for row in done], [type(one) for one in refused]) == ([world.report.pk], [Stale])
    assert world.state() == "accepted"


# When the round takes answers


@pytest.mark.parametrize(("status", "taken"), [("open", True), ("in_review", True), ("locked", False)])
def test_answers_are_taken_until_the_lock(world: Answering, status: str, taken: bool) -> None:
    make.brought(world.round, status)
    if taken:
        assert world.send().said == "updated"
        return
    for act in (
        world.send,
        lambda: answers.keep_draft(
            world.round.pk, world.plan.pk, GREEN, scope=access.scope_of(world.manager, make.TODAY), now=make.NOW
        ),
        lambda: answers.accept(world.report.pk, **world.by(world.director)),
    ):
        with pytest.raises(Invalid) as refused:
            act()
        assert "lukittu" in refused.value.message


def test_the_review_shows_the_riskiest_first_and_what_changed(world: Answering) -> None:
    calm = make.plan(make.action_item(world.goal, world.unit), world.period)
    world.turn(make.TODAY)
    world.said_in(2020, "updated", "on_track")
    other = StatusReport.objects.get(plan=calm, round=world.round)
    by = world.by(world.manager) | {"version": other.version}
    answers.send(world.round.pk, calm.pk, GREEN, **by)
    world.send(RED)
    page = review_page(access.scope_of(world.director, make.TODAY), world.round.pk, make.TODAY)
    assert [row.plan for row in page.queue] == [world.plan.pk, calm.pk]
    assert (page.queue[0].worse, page.queue[1].worse) == (True, False)
    (first,) = read(access.scope_of(world.director, make.TODAY), world.round.pk, page.queue[:1], make.TODAY)
    assert "".join(piece.text for piece in first.changes if piece.mark == "ins").strip()
    assert next((one.state, one.label, one.count) for one in page.counts) == ("updated", "päivitetty", 2)
