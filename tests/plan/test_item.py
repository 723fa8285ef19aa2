"""The item's page: everything on it, kept in place by the director, its timeline with lasting links."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests import make
from tests.pages import seen, squeezed
from tests.plan.test_moves import HTMX, move, signed_in
from tests.plan.test_steps import body
from tests.web.test_budgets import statements
from tests.web.test_pages import html
from toimenpiteet.models import (
    ActionItem,
    BudgetLine,
    Indicator,
    LinkedGoal,
    PeriodPlan,
    PlanProject,
    PlanUnit,
    Project,
    Step,
)
from toimenpiteet.services import audited
from toimenpiteet.workflow import Role

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("spring")]


@pytest.fixture
def world() -> make.World:
    return make.World()


def address(world: make.World, query: str = "") -> str:
    return f"/toimenpiteet/{world.item.pk}/{query}"


def events(page: str) -> list[str]:
    return re.findall(r'id="tapahtuma-([a-z_]+-\d+)"', page)


# What is on the page


def test_everything_about_an_item_is_on_one_page(world: make.World) -> None:
    other = make.goal(world.theme, number=2, name_fi="Talous on vakaa")
    audited.add(LinkedGoal(item=world.item, goal=other), make.stamp())
    audited.add(
        Indicator(strategy=world.strategy, goal=world.goal, key="tyytyvaisyys", name_fi="Asiakastyytyväisyys"),
        make.stamp(),
    )
    project = audited.add(Project(municipality=world.municipality, key="iot", name_fi="IoT-hanke"), make.stamp())
    audited.add(PlanProject(plan=world.plan, project=project), make.stamp())
    page = html(Client().get(address(world)))
    for words in ("Talous on vakaa", "Asiakastyytyväisyys", "IoT-hanke", "Tietohallinto", "Laaditaan tiekartta."):
        assert words in page


def test_what_was_carried_over_leads_to_where_it_goes_on(world: make.World) -> None:
    early = make.plan(world.item, world.earlier)
    data = {"name": "carry_over", "comment": "Jatketaan", "version": 1}
    signed_in(world.director).post(f"/suunnitelmat/{early.pk}/siirto/", data)
    page = squeezed(html(Client().get(address(world))))
    assert f'Jatkuu kaudella <a href="#period-{world.plan.pk}">' in page
    assert f'Jatkoa kaudelta <a href="#period-{early.pk}">' in page


def test_an_item_that_was_moved_tells_which_goal_it_came_from(world: make.World) -> None:
    other = make.goal(world.theme, number=2, name_fi="Talous on vakaa")
    audited.change(ActionItem.objects.get(pk=world.item.pk), make.stamp(), goal_id=other.pk)
    page = html(signed_in(world.director).get(address(world)))
    assert "Siirretty tavoitteesta ”Palvelut kehittyvät” tavoitteeseen ”Talous on vakaa”" in page
    assert "siirsi toimenpiteen tavoitteeseen ”Talous on vakaa”" in page


def test_an_item_without_any_plan_is_a_whole_page(world: make.World) -> None:
    item = make.action_item(world.goal, world.unit, name_fi="Tyhjä")
    assert "ei ole vielä millään kaudella" in html(Client().get(f"/toimenpiteet/{item.pk}/"))


# Kept in place


def plan_data(world: make.World, text: str, version: int = 1, **more: Any) -> dict[str, Any]:
    units = [str(pk) for pk in PlanUnit.objects.filter(plan=world.plan).values_list("unit_id", flat=True)]
    data: dict[str, Any] = {
        **dict.fromkeys(("text_sv", "text_en", "due_on", "due_precision", "source", "doubt"), ""),
        "text_fi": text,
        "units": units,
        "initial-units": units,
        "reason": "Täsmennetty",
        "seen_version": version,
    }
    return data | more


def edit_plan(world: make.World) -> str:
    return f"/suunnitelmat/{world.plan.pk}/muokkaa/"


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_the_director_keeps_the_plan_in_its_place_with_a_reason(world: make.World, headers: dict[str, str]) -> None:
    client = signed_in(world.director)
    assert edit_plan(world) in html(client.get(address(world)))
    form = body(client.get(edit_plan(world), headers=headers), 200)
    assert f'id="plan-{world.plan.pk}"' in form
    other = make.unit(world.municipality, "Tilapalvelut")
    line = audited.add(BudgetLine(municipality=world.municipality, key="ict", name_fi="ICT"), make.stamp())
    data = plan_data(world, "Laaditaan ja hyväksytään tiekartta.", budget_lines=[line.pk])
    data |= {"units": [world.unit.pk, other.pk], "due_on": "2022-02-03", "due_precision": "year_end"}
    response = client.post(edit_plan(world), data, headers=headers)
    assert response.status_code == (200 if headers else 303)
    page = html(client.get(address(world)))
    for words in ("Tietohallinto, Tilapalvelut", "ICT", "vuoden 2022 loppuun mennessä", "Täsmennetty"):
        assert words in page
    assert "Laaditaan<ins> ja hyväksytään</ins> tiekartta." in seen(page)
    assert "lisäsi: Tilapalvelut." in page


@pytest.mark.parametrize(
    ("who", "answer"),
    [("manager", 403), ("contributor", 403), ("viewer", 403), ("admin", 303), ("director", 303), ("stranger", 404)],
)
def test_the_text_of_a_plan_is_the_keepers(world: make.World, who: str, answer: int) -> None:
    people = {
        "manager": world.manager,
        "contributor": make.member(world.unit, Role.CONTRIBUTOR),
        "viewer": make.official(world.municipality, Role.VIEWER),
        "admin": make.official(world.municipality, Role.ADMIN),
        "director": world.director,
        "stranger": make.World().director,
    }
    client = signed_in(people[who])
    assert client.post(edit_plan(world), plan_data(world, "Toisin")).status_code == answer
    assert client.get(edit_plan(world)).status_code == (200 if answer == 303 else answer)
    if answer != 404:
        assert (edit_plan(world) in html(client.get(address(world)))) == (answer == 303)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_two_directors_see_both_texts_and_nothing_typed_is_lost(world: make.World, headers: dict[str, str]) -> None:
    signed_in(world.director).post(edit_plan(world), plan_data(world, "Laaditaan suunnitelma."))
    other = signed_in(make.official(world.municipality, user=make.user("Oili Ohjaaja")))
    page = body(other.post(edit_plan(world), plan_data(world, "Päivitetään tiekartta."), headers=headers), 409)
    assert "Teppo Testaaja tallensi" in page
    assert "<del>Laaditaan suunnitelma.</del>" in seen(page)
    assert "<ins>Päivitetään tiekartta.</ins>" in seen(page)
    assert "Päivitetään tiekartta.</textarea>" in page
    assert "Täsmennetty</textarea>" in page
    assert PeriodPlan.objects.get(pk=world.plan.pk).text == "Laaditaan suunnitelma."


def test_a_plan_without_a_reason_or_a_unit_is_not_saved(world: make.World) -> None:
    client = signed_in(world.director)
    wrong: list[dict[str, Any]] = [{"reason": " "}, {"units": []}, {"text_fi": "a" * 60_000}]
    for data in wrong:
        page = body(client.post(edit_plan(world), plan_data(world, "Toisin") | data), 422)
        assert 'aria-invalid="true"' in page or "is-wrong" in page
    assert PeriodPlan.objects.get(pk=world.plan.pk).version == 1


def test_the_director_renames_the_item_and_its_history_tells_before_and_after(world: make.World) -> None:
    other = make.unit(world.municipality, "Tilapalvelut")
    data: dict[str, Any] = {
        "name_fi": "Digitalisaation polku",
        "name_sv": "",
        "name_en": "",
        "lead_unit": other.pk,
        "source": "",
    }
    data |= {"doubt": "", "reason": "Nimi selkeämmäksi", "seen_version": 1}
    client, edit = signed_in(world.director), f"/toimenpiteet/{world.item.pk}/muokkaa/"
    assert client.post(edit, data).status_code == 303
    page = html(client.get(address(world, "?kind=edit")))
    assert "Digitalisaation<del> tiekartta</del> <ins> polku</ins>" in seen(page)
    assert "Tietohallinto → Tilapalvelut" in page
    assert "<del>" not in html(Client().get(address(world)))


# The timeline


def busy(world: make.World, count: int = 70) -> None:
    """Move the plan to and fro and comment, some seconds apart."""
    client = signed_in(world.manager)
    with time_machine.travel(make.NOW, tick=False) as clock:
        move(client, world.plan, "start")
        for number in range(count):
            clock.shift(timedelta(seconds=10))
            client.post(f"/suunnitelmat/{world.plan.pk}/kommentti/", {"comment": f"Kommentti {number}"})


def test_a_long_history_comes_in_pages_newest_first(world: make.World) -> None:
    busy(world)
    client = signed_in(world.director)
    pages = [html(client.get(address(world, f"?page={number}"))) for number in (1, 2, 3, 99, 0)]
    assert [len(events(page)) for page in pages] == [30, 30, 13, 13, 30]
    assert "Kommentti 69" in pages[0]
    assert "aloitti" in pages[2]
    assert not set(events(pages[0])) & set(events(pages[1]))


def test_the_timeline_is_narrowed_by_kind_in_the_address(world: make.World) -> None:
    busy(world, 3)
    step = make.step(world.plan)
    client = signed_in(world.manager)
    client.post(f"/osatoimet/{step.pk}/", {"done": "true", "version": 1})
    kinds = {kind: events(html(client.get(address(world, f"?kind={kind}")))) for kind in ("move", "comment", "step")}
    assert [len(found) for found in kinds.values()] == [1, 3, 1]
    assert all(slug.startswith(kind) for kind, found in kinds.items() for slug in found)
    assert len(events(html(client.get(address(world, "?kind=nonsense"))))) == 7


def test_a_link_to_an_event_finds_it_on_a_later_page_and_past_a_filter(world: make.World) -> None:
    busy(world)
    client = signed_in(world.director)
    first = events(html(client.get(address(world, "?page=3"))))[-3]
    for query in (f"?event={first}", f"?event={first}&kind=comment", f"?event={first}&page=1"):
        page = squeezed(html(client.get(address(world, query))))
        assert first in events(page)
        assert f'is-named" id="tapahtuma-{first}"' in page
    assert client.get(address(world, "?event=move-0")).status_code == 200
    assert client.get(address(world, f"?event={'x' * 3000}")).status_code == 200


def test_every_event_carries_its_lasting_link(world: make.World) -> None:
    move(signed_in(world.manager), world.plan, "start")
    page = html(Client().get(address(world)))
    for slug in events(page):
        assert f'href="{address(world)}?event={slug}#tapahtuma-{slug}"' in page


def test_the_public_reads_neither_names_nor_what_was_taken_away(world: make.World) -> None:
    step = make.step(world.plan, text_fi="Soita Maija Mallikkaalle")
    data = {"text_fi": "Soitto", "text_sv": "", "text_en": "", "due_on": "", "due_precision": "", "unit": ""}
    signed_in(world.manager).post(f"/osatoimet/{step.pk}/muokkaa/", data | {"seen_version": 1})
    move(signed_in(world.manager), world.plan, "start")
    inside = html(signed_in(world.director).get(address(world)))
    assert "Mallikkaalle</del>" in inside
    assert "Maija Mallikas aloitti" in inside
    public = html(Client().get(address(world)))
    assert "muutti osatoimenpidettä ”Soitto”" in public
    assert "ei aloitettu → käynnissä" in public
    assert "Mallik" not in public


def test_what_came_with_the_plan_is_not_told_again(world: make.World) -> None:
    make.step(world.plan)
    assert len(events(html(Client().get(address(world))))) == 2


# Size


def huge(world: make.World) -> None:
    """Give the item 60 steps and 9 units, long names, and some 300 events."""
    for number in range(8):
        unit = make.unit(world.municipality, "Yksikkö" * 25 + str(number))
        audited.add(PlanUnit(plan=world.plan, unit=unit, order=number + 1), make.stamp())
    for number in range(60):
        step = make.step(world.plan, text_fi="Osatoimenpide " * 30, order=number, unit=world.unit)
        for _ in range(4):
            step = Step.objects.get(pk=step.pk)
            audited.change(step, make.stamp(), text_fi=f"{step.text} lisää {step.version}")
    audited.change(ActionItem.objects.get(pk=world.item.pk), make.stamp(), name_fi="Välilyönnitön" * 20)


def test_an_item_of_sixty_steps_and_nine_units_costs_no_more_than_a_small_one(world: make.World) -> None:
    client = signed_in(make.member(make.unit(world.municipality, "Sovellukset", parent=world.unit)))
    few = statements(client, address(world))
    huge(world)
    assert statements(client, address(world)) == few <= 16
    page = html(client.get(address(world)))
    assert len(events(page)) == 30
    assert page.count("</html>") == 1
