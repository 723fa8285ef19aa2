"""What was said in the newest round that asks, where plans are read: their page, their item's, and the API."""

from datetime import timedelta

import pytest
from django.test import Client

from tests import make
from tests.edit.editors import html
from tests.plan.test_moves import signed_in
from tests.rounds.test_answering import Several
from tests.rounds.test_answers import GREEN, RED
from tests.web.test_budgets import statements
from toimenpiteet.models import PeriodPlan, ReportingRound, StatusReport
from toimenpiteet.services import audited
from toimenpiteet.services.rounds import answers
from toimenpiteet.services.rounds.answers import Answer
from toimenpiteet.workflow import Role

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("spring")]
STATES = ["silent", "draft", "unchanged", "updated", "returned", "accepted"]


@pytest.fixture
def world() -> Several:
    return Several()


def in_state(world: Several, state: str) -> PeriodPlan:
    """Bring one of the plans into a state, so that no other stands in it."""
    plan, *others = world.plans
    for other in others:
        world.said(other, RED)
    if state == "draft":
        world.begin(plan, Answer(text="Kesken"))
    elif state == "unchanged":
        said = {"said": "unchanged", "light": "on_track", "text": "Ennallaan.", "answered_at": make.NOW}
        audited.change(world.of(plan), make.stamp(), **said)
    elif state != "silent":
        world.said(plan)
    if state == "updated":
        for other in others:
            answers.give_back(world.of(other).pk, "Lisää.", **world.by(world.director, world.of(other).version))
    if state in {"returned", "accepted"}:
        review = {"returned": lambda pk, **by: answers.give_back(pk, "Lisää.", **by), "accepted": answers.accept}
        review[state](world.of(plan).pk, **world.by(world.director, world.of(plan).version))
    return plan


def page_of(world: Several, query: str = "") -> str:
    return f"/strategiat/{world.strategy.pk}/suunnitelma/{query}"


def shown(world: Several, page: str) -> list[bool]:
    return [f'id="plan-{plan.pk}"' in page for plan in world.plans]


@pytest.mark.parametrize("state", STATES)
def test_the_plan_can_be_narrowed_to_each_of_the_six_states(world: Several, state: str) -> None:
    plan = in_state(world, state)
    client = signed_in(world.manager)
    page = html(client.get(page_of(world, f"?answer={state}")))
    assert shown(world, page) == [one == plan for one in world.plans]
    assert f'class="answer-state state-{state}"' in page


def test_the_plan_can_be_narrowed_to_a_light_and_silence_has_none(world: Several) -> None:
    first, second, _silent = world.plans
    world.said(first, GREEN)
    world.said(second, RED)
    client = signed_in(world.director)
    assert shown(world, html(client.get(page_of(world, "?light=off_track")))) == [False, True, False]
    assert shown(world, html(client.get(page_of(world, "?light=not_assessed")))) == [False, False, False]
    page = html(client.get(page_of(world)))
    assert [page.count(words) for words in ('"light light-on_track"', '"light light-off_track"')] == [1, 1]
    assert page.count('class="answer-state state-silent"') == 1
    assert "ei etene, vaatii päätöksen" in html(client.get(page_of(world, "?print=1")))


@pytest.mark.parametrize(("who", "state"), [("manager", "draft"), ("director", "silent")])
def test_a_draft_is_silence_for_who_does_not_answer(world: Several, who: str, state: str) -> None:
    plan = in_state(world, "draft")
    client = signed_in(getattr(world, who))
    assert f"state-{state}" in html(client.get(f"/toimenpiteet/{plan.item_id}/"))
    narrowed = {
        asked: shown(world, html(client.get(page_of(world, f"?answer={asked}")))) for asked in ("draft", "silent")
    }
    assert narrowed.pop(state) == [one == plan for one in world.plans]
    assert list(narrowed.values()) == [[False, False, False]]


def test_the_public_reads_no_answer_and_narrows_by_none(world: Several) -> None:
    plan = world.plans[0]
    world.said(plan, RED)
    for address in (page_of(world, "?answer=silent"), f"/toimenpiteet/{plan.item_id}/"):
        page = html(Client().get(address))
        assert "answer-state" not in page
        assert RED.text not in page
        assert f'id="plan-{plan.pk}"' in page
    assert 'name="answer"' not in html(Client().get(page_of(world)))


def test_the_item_says_what_was_answered_and_leads_there_who_answers(world: Several) -> None:
    plan = world.plans[0]
    world.said(plan, RED)
    link = f'href="{world.address}#vastaus-{plan.pk}"'
    own = html(signed_in(world.manager).get(f"/toimenpiteet/{plan.item_id}/"))
    for words in ("ei etene, vaatii päätöksen", RED.text, RED.cause, RED.next_step, link):
        assert words in own
    read = html(signed_in(make.official(world.municipality, Role.VIEWER)).get(f"/toimenpiteet/{plan.item_id}/"))
    assert RED.text in read
    assert link not in read


def test_the_newest_round_that_asks_is_told_and_none_when_none_asks(world: Several) -> None:
    plan = world.plans[0]
    world.said(plan, RED)
    due = world.due + timedelta(days=30)
    days = {"opens_on": make.TODAY, "decided_on": due, "due_on": due}
    later = audited.add(ReportingRound(strategy=world.strategy, kind="annual_report", year=2021, **days), make.stamp())
    audited.add(StatusReport(round=later, plan=plan), make.stamp())
    client, address = signed_in(world.director), f"/toimenpiteet/{plan.item_id}/"
    assert "plan-answer" in html(client.get(address))
    make.brought(later, "open")
    assert "state-silent" in html(client.get(address))
    assert shown(world, html(client.get(page_of(world, "?light=off_track")))) == [False, False, False]
    for one in (later, world.round):
        one.refresh_from_db()
        make.brought(one, "locked")
    assert "plan-answer" not in html(client.get(address))


def test_answers_cost_one_statement_however_many_there_are(world: Several) -> None:
    client = signed_in(world.director)
    few = statements(client, page_of(world, "?open=all"))
    for _ in range(20):
        plan = make.plan(make.action_item(world.goal, world.unit), world.period)
        audited.add(StatusReport(round=world.round, plan=plan), make.stamp())
    assert statements(client, page_of(world, "?open=all")) == few
    assert statements(Client(), page_of(world, "?open=all")) < few
    assert statements(client, page_of(world, "?answer=silent&light=on_track")) <= few
