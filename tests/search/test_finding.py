"""What people type into the search, and what of it comes first."""

from decimal import Decimal

import pytest
from django.test import Client

from tests import make
from tests.web.test_pages import html
from toimenpiteet.access import Scope
from toimenpiteet.models import IndicatorValue
from toimenpiteet.selectors.search.search import Found, search
from toimenpiteet.services import audited

pytestmark = pytest.mark.django_db
PUBLIC = Scope()


@pytest.fixture
def world() -> make.World:
    return make.World()


def titles(found: Found) -> list[str]:
    return ["".join(piece for piece, _hit in hit.title.pieces) for hit in found.hits]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Digitalisaation tiekartta", "kartta"),
        ("Digitalisaation tiekartan teko", "kartta"),
        ("Kehittämissuunnitelma", "suunnitelma"),
        ("Kehittämissuunnitelmat ajan tasalle", "suunnitelma"),
        ("Tieto kulkee", "tiedon"),
        ("Tiedon kulku", "tieto"),
        ("Koti kaikille", "kodin"),
        ("Kodin lähellä", "koti"),
        ("Kehittäminen jatkuu", "kehittaminen"),
        ("Öljynvaihto", "oljynvaihto"),
        ("Ruokapalvelut", "palvelu"),
        ("Åtgärder för vägarna", "vagarna"),
    ],
)
def test_what_was_meant_is_found(world: make.World, said: str, asked: str) -> None:
    item = make.action_item(world.goal, world.unit, name_fi=said)
    assert item.pk in [hit.page_id for hit in search(PUBLIC, asked, "item").hits]


def test_the_very_words_come_first_then_beginnings_other_forms_and_parts_of_compounds(world: make.World) -> None:
    for name in ("Tiekartta", "Karttoja kaikille", "Karttapalvelu", "Kartta"):
        make.action_item(world.goal, world.unit, name_fi=name)
    found = titles(search(PUBLIC, "kartta", "item"))
    assert found[:3] == ["Kartta", "Karttapalvelu", "Karttoja kaikille"]
    assert "Tiekartta" in found[3:]


def test_a_goal_is_found_by_its_number(world: make.World) -> None:
    fifth = make.goal(world.theme, number=5, name_fi="Viestintä uudistuu")
    make.goal(world.theme, number=6, name_fi="Tavoite on selvä")
    for asked in ("tavoite 5", "Tavoite 5", "mål 5", "goal 5"):
        assert search(PUBLIC, asked).hits[0].page_id == fifth.pk, asked


def test_action_items_come_before_indicators_without_a_figure(world: make.World) -> None:
    bare = make.indicator(world.strategy, name_fi="Pyöräily")
    told = make.indicator(world.strategy, name_fi="Pyöräily")
    row = {"kind": "TP", "year": 2020, "value": Decimal(5)}
    audited.add(IndicatorValue(indicator=told, key="a", **row), make.stamp())
    item = make.action_item(world.goal, world.unit, name_fi="Pyöräily")
    found = [(hit.kind, hit.page_id) for hit in search(PUBLIC, "pyöräily").hits]
    assert found[-1] == ("indicator", bare.pk)
    assert {("item", item.pk), ("indicator", told.pk)} == set(found[:2])


def test_hits_say_how_they_stand_and_that_only_some_words_were_found(world: make.World) -> None:
    page = html(Client().get("/haku/", {"q": "tiekartta"}))
    assert "ei aloitettu" in page.partition('<ol class="hits">')[2]
    some = html(Client().get("/haku/", {"q": "tiekartta olematonsana"}))
    assert "Missään ei ole kaikkia näitä sanoja." in some
    assert f'href="/toimenpiteet/{world.item.pk}/"' in some


def test_the_marked_part_is_what_was_found(world: make.World) -> None:
    make.action_item(world.goal, world.unit, name_fi="Kehittämissuunnitelma")
    (hit,) = search(PUBLIC, "suunnitelma", "item").hits
    assert ("Kehittämissuunnitelma", True) in hit.title.pieces
