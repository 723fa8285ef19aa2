"""Lineage on the pages: chosen in the form of the move, told on the items' pages both ways, and in their timelines."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests import make
from tests.pages import squeezed
from tests.plan.test_carrying_over import Ending, named
from tests.plan.test_moves import HTMX, move, signed_in, status
from tests.web.test_budgets import statements
from tests.web.test_pages import html
from toimenpiteet.models import ActionItem, PeriodPlan, PlanSuccessor, StatusChange
from toimenpiteet.services import audited

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def world() -> Iterator[Ending]:
    with time_machine.travel(make.NOW, tick=False):
        yield Ending()


def page_of(item: ActionItem, client: Client | None = None, language: str = "fi") -> str:
    """Return the page of an item without its timeline."""
    shown = (client or Client()).get(f"/toimenpiteet/{item.pk}/", headers={"Accept-Language": language})
    return squeezed(html(shown)).partition('id="timeline"')[0]


def lines(page: str) -> list[str]:
    """Return what the page tells of lineage, without the links."""
    found = re.findall(r'<p class="lineage">(.*?)</p>', page)
    return [squeezed(re.sub(r"<[^>]+>", "", line)).strip().replace(" ,", ",") for line in found]


def carry(client: Client, plan: PeriodPlan, *items: ActionItem, comment: str = "Työ jatkuu.", **extra: Any) -> Any:
    """Send the form of the move."""
    data = {"name": "carry_over", "comment": comment, "version": plan.version, "next": f"/toimenpiteet/{plan.item_id}/"}
    chosen = {"continues_in": [item.pk for item in items]}
    return client.post(f"/suunnitelmat/{plan.pk}/siirto/", data | chosen | extra.pop("data", {}), **extra)


# Told both ways


def test_what_is_split_and_what_is_merged_is_told_by_every_item_concerned(world: Ending) -> None:
    director = signed_in(world.director)
    assert carry(director, world.a, world.new, world.b.item).status_code == 303
    assert carry(director, world.d, world.b.item).status_code == 303
    assert lines(page_of(world.a.item)) == ["Jatkuu kaudella 2021–2030 toimenpiteissä: Uusi, Ilta (jaettu)"]
    assert lines(page_of(world.d.item)) == ["Jatkuu kaudella 2021–2030 toimenpiteessä: Ilta (yhdistetty)"]
    assert lines(page_of(world.new)) == ["Jatkaa kauden 2020 toimenpidettä: Aamu"]
    assert lines(page_of(world.b.item)) == ["Jatkaa kauden 2020 toimenpiteitä: Aamu, Yö (yhdistetty)"]
    # Its own plan of the period that ends goes on there too, once it is carried over.
    assert carry(director, world.b).status_code == 303
    own = "Jatkuu kaudella 2021–2030"
    assert lines(page_of(world.b.item)) == [own, "Jatkaa kauden 2020 toimenpiteitä: Ilta, Aamu, Yö (yhdistetty)"]


def test_the_lines_lead_to_the_other_plans(world: Ending) -> None:
    carry(signed_in(world.director), world.a, world.a.item, world.new)
    later = world.later(world.new)
    page = page_of(world.a.item)
    assert f'<a href="/toimenpiteet/{world.new.pk}/#period-{later.pk}"> Uusi</a>' in page
    assert f'<a href="/toimenpiteet/{world.a.item_id}/#period-{world.later(world.a.item).pk}"> Aamu</a>' in page
    assert "(yhdistetty)" not in page
    # Of what it goes on with itself it tells as of every plan that was carried over.
    assert lines(page)[1] == "Jatkoa kaudelta 2020"
    assert f'<a href="/toimenpiteet/{world.a.item_id}/#period-{world.a.pk}"> Aamu</a>' in page_of(world.new)


@pytest.mark.parametrize(
    ("language", "ahead", "behind"),
    [
        (
            "sv",
            "Fortsätter under perioden 2021–2030 i åtgärderna: Uusi, Ilta (delad)",
            "Fortsätter åtgärden från perioden 2020: Aamu",
        ),
        (
            "en",
            "Continues in the period 2021–2030 in the action items: Uusi, Ilta (split)",
            "Continues the action item of the period 2020: Aamu",
        ),
    ],
)
def test_it_is_told_in_each_language(world: Ending, language: str, ahead: str, behind: str) -> None:
    carry(signed_in(world.director), world.a, world.new, world.b.item)
    assert lines(page_of(world.a.item, language=language)) == [ahead]
    assert lines(page_of(world.new, language=language)) == [behind]


def test_periods_are_told_apart_and_an_item_without_a_later_plan_is_still_named(world: Ending) -> None:
    last = make.period(world.strategy, 2031, 2035)
    make.plan(world.new, last)
    carry(signed_in(world.director), world.a, world.new, world.b.item)
    first, second = lines(page_of(world.a.item))
    assert first == "Jatkuu kaudella 2031–2035 toimenpiteessä: Uusi (jaettu)"
    assert second == "Jatkuu kaudella 2021–2030 toimenpiteessä: Ilta (jaettu)"
    later = PeriodPlan.objects.get(item=world.new)
    for part in (*later.unit_links.all(), later):
        audited.remove(part, make.stamp())
    assert lines(page_of(world.a.item))[0] == "Jatkuu toimenpiteissä: Uusi (jaettu)"


def test_a_reopened_plan_tells_of_no_lineage_and_its_timeline_of_all(world: Ending) -> None:
    director = signed_in(world.director)
    carry(director, world.a, world.new)
    world.a.refresh_from_db()
    assert move(director, world.a, "reopen", "Jäi kesken.").status_code == 303
    assert lines(page_of(world.a.item)) == lines(page_of(world.new)) == []
    told = html(director.get(f"/toimenpiteet/{world.a.item_id}/")).partition('id="timeline"')[2]
    assert "Teppo Testaaja merkitsi, että työ jatkuu toimenpiteessä ”Uusi”." in told
    assert "Teppo Testaaja merkitsi, ettei työ enää jatku toimenpiteessä ”Uusi”." in told
    # The words are told once, with the move.
    assert told.count("Työ jatkuu.") == told.count("Jäi kesken.") == 1


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("fi", "Kunnan edustaja|Viranhaltija merkitsi, että työ jatkuu toimenpiteessä ”Uusi”."),
        ("sv", "antecknade att arbetet fortsätter i åtgärden ”Uusi”."),
        ("en", "An official let it go on in the action item “Uusi”."),
    ],
)
def test_everybody_reads_it_in_the_timeline(world: Ending, language: str, sentence: str) -> None:
    carry(signed_in(world.director), world.a, world.new)
    page = html(Client().get(f"/toimenpiteet/{world.a.item_id}/", headers={"Accept-Language": language}))
    assert re.search(sentence, re.sub(r"</?span[^>]*>", "", page.partition('id="timeline"')[2]))
    assert "Työ jatkuu." not in page


def test_a_page_costs_the_same_for_few_relatives_and_for_many(world: Ending) -> None:
    director, reader = signed_in(world.director), signed_in(world.manager)
    carry(director, world.a, world.new, world.b.item)
    address, behind = f"/toimenpiteet/{world.a.item_id}/", f"/toimenpiteet/{world.b.item_id}/"
    few = [statements(reader, address), statements(reader, behind)]
    for number in range(12):
        plan = make.plan(make.action_item(world.goal, world.unit, name_fi=f"Asia {number}"), world.earlier)
        carry(director, plan, world.b.item)
        audited.add(PlanSuccessor(plan=world.a, item=plan.item, order=number + 2), make.stamp())
    assert [statements(reader, address), statements(reader, behind)] == few
    # One to find them, and one for the plans of the other items.
    assert few[0] - few[1] == 1
    assert few[1] - statements(reader, f"/toimenpiteet/{world.d.item_id}/") == 1


# Chosen in the form


def test_the_form_leads_to_the_choice_on_the_items_page_and_where_a_period_is_closed(world: Ending) -> None:
    director, choice = signed_in(world.director), f"/suunnitelmat/{world.a.pk}/jatko/"
    for address in (f"/toimenpiteet/{world.a.item_id}/", f"/kaudet/{world.earlier.pk}/paattaminen/"):
        page = squeezed(html(director.get(address)))
        assert f'hx-get="{choice}"' in page
        assert f'<a href="{choice}">Valitse toimenpiteet</a>' in page
    assert "jatko" not in html(signed_in(world.manager).get(f"/toimenpiteet/{world.a.item_id}/"))
    # The plan of the last period goes on nowhere.
    assert "jatko" not in html(director.get(f"/toimenpiteet/{world.item.pk}/"))


def test_the_choice_is_of_all_items_of_the_strategy_that_go_on(world: Ending) -> None:
    director, other = signed_in(world.director), make.goal(world.theme, number=2, name_fi="Talous on vakaa")
    make.action_item(other, world.unit, name_fi="Budjetti")
    strange = make.strategy(world.municipality)
    make.action_item(make.goal(make.theme(strange)), world.unit, name_fi="Vieras")
    move(director, world.d, "discontinue", "Ei jatketa.")
    address = f"/suunnitelmat/{world.a.pk}/jatko/"
    part = squeezed(html(director.get(address, headers=HTMX)))
    assert "<html" not in part
    names = re.findall(r"<span>(?:Myös tämä toimenpide: )?(\w[\w ]*)</span>", part)
    assert names == ["Aamu", "Digitalisaation tiekartta", "Uusi", "Ilta", "Budjetti"]
    assert part.index("2. Talous on vakaa") < part.index("Budjetti")
    few = statements(director, address)
    for number in range(120):
        make.action_item(other, world.unit, name_fi=f"Asia {number}")
    assert statements(director, address) == few
    assert html(director.get(address, headers=HTMX)).count('type="checkbox"') == 125


def test_without_a_script_the_choice_is_a_page_with_the_whole_form(world: Ending) -> None:
    director = signed_in(world.director)
    page = squeezed(html(director.get(f"/suunnitelmat/{world.a.pk}/jatko/")))
    assert f'action="/suunnitelmat/{world.a.pk}/siirto/"' in page
    for name in ("continues_in", "comment", "version", "name", "next"):
        assert f'name="{name}"' in page
    carry(director, world.a, world.new)
    closed = director.get(f"/suunnitelmat/{world.a.pk}/jatko/")
    assert (closed.status_code, closed["Location"]) == (302, f"/toimenpiteet/{world.a.item_id}/#plan-{world.a.pk}")


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_refusal_keeps_the_words_and_the_choice(world: Ending, headers: dict[str, str]) -> None:
    move(signed_in(world.director), world.d, "discontinue", "Ei jatketa.")
    refused = carry(signed_in(world.director), world.a, world.new, world.d.item, headers=headers)
    assert refused.status_code == 422
    page = squeezed(refused.content.decode())
    assert "”Yö” on päättynyt, joten mikään ei jatku siinä." in page
    assert ">Työ jatkuu.</textarea>" in page
    assert re.findall(r'value="(\d+)" checked', page) == [str(world.new.pk)]
    assert f'aria-describedby="plan-{world.a.pk}-onward-help plan-{world.a.pk}-error"' in page
    assert (status(world.a), named(world.a)) == ("not_started", [])


def test_a_missing_reason_keeps_the_choice(world: Ending) -> None:
    refused = carry(signed_in(world.director), world.a, world.a.item, world.new, comment=" ")
    assert refused.status_code == 422
    checked = re.findall(r'value="(\d+)" checked', squeezed(refused.content.decode()))
    assert checked == [str(world.a.item_id), str(world.new.pk)]


def test_what_is_no_number_is_refused_as_an_item_that_is_not_there(world: Ending) -> None:
    refused = carry(signed_in(world.director), world.a, data={"continues_in": ["uusi"]})
    assert refused.status_code == 422
    assert "Yhtä valituista toimenpiteistä ei enää ole" in refused.content.decode()
    # Other moves have no such field.
    assert carry(signed_in(world.director), world.a, world.new, data={"name": "start"}).status_code == 303
    assert not StatusChange.objects.exclude(move="start").exists()


def test_the_button_takes_all_of_it_back(world: Ending) -> None:
    director = signed_in(world.director)
    carry(director, world.a, world.new)
    world.a.refresh_from_db()
    assert move(director, world.a, "take_back").status_code == 303
    assert (status(world.a), named(world.a)) == ("not_started", [])
    assert not PeriodPlan.objects.filter(item=world.new).exists()
