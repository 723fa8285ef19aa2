"""Units, projects and indicators as tables: words, columns and order in the address, and files of what is shown."""

import re
from typing import Any

import pytest

from tests import make
from tests.plan.test_moves import signed_in
from tests.web.test_pages import html

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("spring")]


@pytest.fixture
def world() -> make.World:
    world = make.World()
    make.unit(world.municipality, "Äänestyslautakunta", kind="body")
    make.unit(world.municipality, "Asukastupa")
    make.project(world.plan, name_fi="Kestävä liikkuminen")
    make.indicator(world.strategy, name_fi="Asukasmäärä", unit_of_measure="asukasta")
    return world


def names(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', page)


def table(world: make.World, address: str) -> str:
    return html(signed_in(world.director).get(address))


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/vastuutahot/?view=table&sort=name", ["Asukastupa", "Tietohallinto", "Äänestyslautakunta"]),
        ("/vastuutahot/?view=table&sort=-name", ["Äänestyslautakunta", "Tietohallinto", "Asukastupa"]),
        ("/vastuutahot/?view=table&sort=-plans", ["Tietohallinto"]),
        ("/vastuutahot/?view=table&q=ÄÄNESTYS", ["Äänestyslautakunta"]),
        ("/vastuutahot/?view=table&q=toimielin", ["Äänestyslautakunta"]),
        ("/hankkeet/?view=table&q=kestävä+liikkuminen", ["Kestävä liikkuminen"]),
        ("/strategiat/{strategy}/mittarit/?view=table", ["Asukasmäärä"]),
    ],
)
def test_rows_are_found_and_ordered_as_the_address_says(world: make.World, address: str, found: list[str]) -> None:
    page = table(world, address.format(strategy=world.strategy.pk))
    assert names(page)[: len(found)] == found


def test_columns_are_chosen_and_the_file_holds_what_is_shown(world: make.World) -> None:
    address = "/vastuutahot/?view=table&columns=name&columns=kind&q=asukastupa"
    page = table(world, address)
    assert 'data-label="Laji"' in page
    assert 'data-label="Avoimia suunnitelmia"' not in page
    response: Any = signed_in(world.director).get(f"{address}&as=csv")
    lines = response.getvalue().decode("utf-8-sig").splitlines()
    assert [line.split(";")[0] for line in lines][1:] == ["Asukastupa"]
    assert len(lines[0].split(";")) == 2


def test_words_that_nothing_has_are_kept_and_told(world: make.World) -> None:
    page = table(world, '/vastuutahot/?view=table&q=<script>"x')
    assert names(page) == []
    assert "Luettelosta ei löydy näitä sanoja." in page
    assert "&lt;script&gt;&quot;x" in page
    assert "<script>&quot;" not in page


def test_the_tree_leads_to_the_table_and_back(world: make.World) -> None:
    assert '<a href="?view=table">Näytä taulukkona</a>' in table(world, "/vastuutahot/")
    assert '<a href="/vastuutahot/">Näytä luettelona</a>' in table(world, "/vastuutahot/?view=table")
