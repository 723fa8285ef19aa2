"""The search page: what each person finds, as one types and without JavaScript."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.plan.test_moves import HTMX, signed_in
from tests.web.test_pages import html
from toimenpiteet import models
from toimenpiteet.services import audited

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def world() -> make.World:
    return make.World()


def search(client: Client, query: str, **more: Any) -> str:
    return html(client.get("/haku/", {"q": query, **more}))


def test_one_finds_an_item_by_another_form_of_its_word_and_is_led_to_it(world: make.World) -> None:
    page = search(Client(), "tiekartan")
    link = page.partition(f'<a href="/toimenpiteet/{world.item.pk}/">')[2].partition("</a>")[0]
    assert "Digitalisaation <mark>tiekartta</mark>" in link
    assert "Laaditaan <mark>tiekartta</mark>." in page
    assert "1 osuma." in page


def test_what_was_typed_stays_in_the_field_and_in_the_address_of_the_kinds(world: make.World) -> None:
    make.goal(world.theme, number=2, name_fi="Tiekartat ja sen sellaiset")
    page = search(Client(), 'tiekartta "&')
    assert 'value="tiekartta &quot;&amp;"' in page
    assert "?q=tiekartta+%22%26&amp;kind=goal" in page
    narrowed = search(Client(), "tiekartta", kind="goal")
    assert "sen sellaiset" in narrowed
    assert f'href="/toimenpiteet/{world.item.pk}/"' not in narrowed


def test_as_one_types_only_the_results_come(world: make.World) -> None:
    response = Client().get("/haku/", {"q": "tiek"}, headers=HTMX)
    piece = html(response)
    assert "<html" not in piece
    assert f'href="/toimenpiteet/{world.item.pk}/"' in piece
    assert 'hx-swap-oob="true"' in piece
    assert "HX-Request" in response["Vary"]


def test_each_kind_of_hit_leads_to_a_page_that_exists(world: make.World) -> None:
    of: dict[str, Any] = {"strategy": world.strategy, "key": "haku"}
    plan = world.plan
    audited.add(models.StrategyPart(name_fi="Kumpare", kind="vision", **of), make.stamp())
    audited.add(models.CoreValue(name_fi="Kumpare", **of), make.stamp())
    audited.add(models.FollowUp(text_fi="Kumpare", **of), make.stamp())
    audited.add(models.ProcessEvent(name_fi="Kumpare", kind="survey", end_on=make.TODAY, **of), make.stamp())
    audited.add(models.BudgetLine(municipality=world.municipality, key="k", name_fi="Kumpare"), make.stamp())
    comment = {"text": "Kumpare", "at": make.NOW, "author_name": make.name("Maija Mallikas")}
    audited.add(models.Comment(plan=plan, **comment), make.stamp())
    make.indicator(world.strategy, name_fi="Kumpare")
    make.programme(world.strategy, name_fi="Kumpare")
    make.project(plan, name_fi="Kumpare")
    make.unit(world.municipality, "Kumpare")
    make.goal(make.theme(world.strategy, name_fi="Kumpare"), name_fi="Kumpare")
    make.strategy(world.municipality, name_fi="Kumpare")
    client = signed_in(world.manager)
    hits = client.get("/haku/", {"q": "kumpare"}).context["results"]
    assert len(hits) == 13
    for result in hits:
        page = html(client.get(result.href))
        assert "Kumpare" in page, result.href
        if "#" in result.href:
            assert f'id="{result.href.partition("#")[2]}"' in page, result.href


def test_nothing_of_other_municipalities_leaks_by_title_snippet_or_count(world: make.World) -> None:
    make.step(world.plan, text_fi="Salaisuus asuu täällä")
    page = search(signed_in(make.official(make.municipality())), "salaisuus")
    assert "asuu täällä" not in page
    assert "Haulla ei löytynyt mitään." in page
    assert "Salaisuus</mark> asuu täällä" in search(signed_in(world.manager), "salaisuus")


def test_an_empty_search_is_a_page_with_a_field(world: make.World) -> None:
    for query in ("", "   ", "!?", "\x00"):
        page = search(Client(), query)
        assert 'name="q"' in page
        assert "<mark>" not in page


@pytest.mark.parametrize("query", ['"', "a* OR NOT (", "x" * 10_000, "tie\x00kartta\x07", "🦆", "שלום", "'; --", "%27"])
def test_whatever_is_typed_the_page_stays_whole(world: make.World, query: str) -> None:
    assert "</html>" in search(Client(), query)
    assert Client().get("/haku/", {"q": query, "page": "-3", "kind": "x'"}).status_code == 200


def test_marks_of_html_in_texts_stay_text(world: make.World) -> None:
    make.action_item(world.goal, world.unit, name_fi="<b>lihava</b> & co")
    assert "&lt;b&gt;<mark>lihava</mark>&lt;/b&gt; &amp; co" in search(Client(), "lihava")


def test_pages_of_results_and_their_cost(world: make.World) -> None:
    for number in range(25):
        make.action_item(world.goal, world.unit, name_fi=f"Kanava {number}.")
    client = signed_in(world.manager)
    client.get("/haku/?q=kanava")
    with CaptureQueriesContext(connection) as captured:
        page = search(client, "kanava")
    assert len(captured) <= 8
    assert "?q=kanava&amp;page=2" in page
    assert search(client, "kanava", page=2).count('class="hit"') == 5
