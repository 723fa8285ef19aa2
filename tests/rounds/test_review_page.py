"""The review of a round on its page: who answered, where lights disagree, who is silent, and reminding them."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tests import make
from tests.edit.editors import html
from tests.plan.test_moves import signed_in
from tests.rounds.test_answers import GREEN, Answering
from toimenpiteet import access
from toimenpiteet.models import Actor, Door, Nudge, StatusReport
from toimenpiteet.services import audited
from toimenpiteet.services.rounds import answers

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def _spring() -> object:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def world() -> Answering:
    return Answering()


def review(world: Answering, rest: str = "") -> str:
    return html(signed_in(world.director).get(f"/kierrokset/{world.round.pk}/katselmus/{rest}"))


def test_the_review_says_who_answered_and_where_the_lights_disagree(world: Answering) -> None:
    world.plan.refresh_from_db()
    audited.change(world.plan, make.stamp(), due_on=make.TODAY - timedelta(days=30), due_precision="day")
    answers.send(world.round.pk, world.plan.pk, GREEN, **world.by(world.manager))
    page = review(world)
    assert f"{world.manager.name}, vastuuhenkilö" in page
    assert "tietojen mukaan" in page
    assert "määräaika on ohi" in page
    assert "valot eri mieltä" in page
    assert GREEN.text in review(world, "?tila=disagrees")
    assert GREEN.text not in review(world, "?tila=accepted")


def test_a_silent_unit_is_shown_with_whom_to_call_and_is_reminded_once_a_day(world: Answering) -> None:
    page = review(world)
    assert f"mailto:{world.manager.email}" in page
    client, to = signed_in(world.director), f"/kierrokset/{world.round.pk}/muistuta/{world.unit.pk}/"
    assert client.post(to).status_code == 303
    assert "Muistutettu tänään" in review(world)
    again = client.post(to)
    assert (again.status_code, Nudge.objects.count()) == (422, 1)
    assert "Kerran päivässä riittää" in html(again)
    assert signed_in(world.manager).post(to).status_code == 403
    assert Nudge.objects.count() == 1


def test_a_unit_without_anybody_is_nobody_to_ask(world: Answering) -> None:
    lonely = make.unit(world.municipality, "Tyhjä yksikkö", email="")
    plan = make.plan(make.action_item(world.goal, lonely), world.period)
    audited.add(StatusReport(round=world.round, plan=plan), make.stamp())
    page = review(world)
    assert "Ei ketään, jolta kysyä" in page
    assert "postilaatikko vastuutahon sivulla" in page


def test_a_decision_leads_on_to_the_next_answer(world: Answering) -> None:
    other = make.plan(make.action_item(world.goal, world.unit), world.period)
    audited.add(StatusReport(round=world.round, plan=other), make.stamp())
    answers.send(world.round.pk, world.plan.pk, GREEN, **world.by(world.manager))
    scope = {"scope": access.scope_of(world.manager, make.TODAY), "now": make.NOW}
    by: Any = {"version": 1, "actor": Actor.person(world.manager, Door.PAGE), **scope}
    second = answers.send(world.round.pk, other.pk, GREEN, **by)
    first = StatusReport.objects.get(plan=world.plan)
    data = {"round": world.round.pk, "version": first.version, "act": "accept", "next": second.pk, "tila": "updated"}
    answer = signed_in(world.director).post(f"/vastaukset/{first.pk}/katselmus/", data)
    assert answer["Location"].endswith(f"/katselmus/?tila=updated#katselmus-{second.pk}")
