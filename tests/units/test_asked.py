"""Who is asked in reporting rounds: as the city says, else by kind; and who has nobody to ask."""

from datetime import timedelta

import pytest

from tests import make
from tests.edit.editors import html
from tests.plan.test_moves import signed_in
from tests.rounds.test_turning import Asked, asked_of
from toimenpiteet.models import StatusReport, Unit
from toimenpiteet.models.people import UnitKind
from toimenpiteet.selectors.plan.open_plans import units_asked
from toimenpiteet.selectors.units.asked import is_asked
from toimenpiteet.services import audited

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]


@pytest.fixture
def world() -> Asked:
    return Asked()


def council(world: Asked, **fields: str) -> Unit:
    return make.unit(world.municipality, "Kaupunginvaltuusto", kind="body", **fields)


@pytest.mark.parametrize("kind", UnitKind)
def test_the_city_decides_and_else_the_kind_does(world: Asked, kind: UnitKind) -> None:
    made = {said: make.unit(world.municipality, f"Taho {said}", kind=kind, asked=said) for said in ("", "yes", "no")}
    found = set(Unit.objects.filter(is_asked(), pk__in=[unit.pk for unit in made.values()]))
    assert (made["yes"] in found, made["no"] in found) == (True, False)
    assert (made[""] in found) == (kind not in {UnitKind.BODY, UnitKind.ROLE})


def test_no_answer_is_expected_of_a_plan_of_which_no_unit_is_asked(world: Asked) -> None:
    body = council(world)
    alone = make.plan(make.action_item(world.goal, body), world.period)
    together = make.plan(make.action_item(world.goal, body), world.period, units=[body, world.unit])
    world.turn(make.TODAY)
    assert asked_of(world) == sorted([world.plan.pk, together.pk])
    assert units_asked(world.round) == {world.unit.pk}

    audited.change(body, make.stamp(), asked="yes")
    world.turn(make.TODAY)
    assert alone.pk in asked_of(world)
    assert units_asked(world.round) == {world.unit.pk, body.pk}


@pytest.mark.once
def test_who_is_not_asked_is_not_silent_and_its_page_says_why(world: Asked) -> None:
    body = council(world, email="")
    lonely = make.unit(world.municipality, "Tyhjä yksikkö", email="")
    for unit in (body, lonely):
        make.plan(make.action_item(world.goal, unit), world.period)
    director = signed_in(world.director)
    page = html(director.get("/odottaa/")).split('aria-labelledby="silent"')[1].split("</section>", maxsplit=1)[0]
    assert "Kaupunginvaltuusto" not in page
    assert "2/2" in page
    assert "Ei ketään, jolta kysyä" in page.partition("Tyhjä yksikkö")[2].partition("</li>")[0]
    assert page.count("Ei ketään, jolta kysyä") == 1
    assert "Ei kysytä (asetus)" in html(director.get(f"/vastuutahot/{body.pk}/"))
    assert "Ei kysytä" not in html(director.get(f"/vastuutahot/{lonely.pk}/"))


@pytest.mark.once
def test_a_group_is_asked_through_its_members(world: Asked) -> None:
    group = make.unit(world.municipality, "Palvelualueet", kind="group", email="")
    make.group_member(group, world.unit)
    make.group_member(group, council(world, email="valtuusto@mallila.example"))
    make.plan(make.action_item(world.goal, group), world.period)
    world.turn(make.TODAY)
    page = html(signed_in(world.director).get(f"/kierrokset/{world.round.pk}/katselmus/"))
    told = page.partition("Palvelualueet</a>")[2].partition("</article>")[0]
    assert f"mailto:{world.manager.email}" in told
    assert "Ei ketään" not in told
    assert "valtuusto@" not in told
    assert world.unit.email not in told


@pytest.mark.once
def test_of_a_unit_that_has_gone_on_in_another_that_one_is_asked(world: Asked) -> None:
    ended = {"valid_until": make.TODAY - timedelta(days=1), "successor": world.unit, "email": ""}
    former = make.unit(world.municipality, "Tilakeskus", **ended)
    make.plan(make.action_item(world.goal, former), world.period)
    world.turn(make.TODAY)
    page = html(signed_in(world.director).get(f"/kierrokset/{world.round.pk}/katselmus/"))
    assert f"mailto:{world.manager.email}" in page.partition("Tilakeskus</a>")[2].partition("</article>")[0]


@pytest.mark.once
def test_what_was_asked_before_the_setting_says_so_in_the_review(world: Asked) -> None:
    world.turn(make.TODAY)
    audited.change(world.unit, make.stamp(), asked="no")
    assert StatusReport.objects.filter(plan=world.plan).exists()
    told = html(signed_in(world.director).get(f"/kierrokset/{world.round.pk}/katselmus/"))
    told = told.partition('aria-labelledby="silent"')[2]
    assert "Ei kysytä (asetus)" in told
    assert "muistuta/" not in told
