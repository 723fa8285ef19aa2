"""A strategy at a glance: its numbers are those of the lists behind them, and what is internal stays inside."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client

from tests import make
from tests.plan.test_moves import signed_in
from tests.rounds.test_answering import Several
from toimenpiteet.models import PeriodPlan, User
from toimenpiteet.workflow import TAKE_BACK

LEGEND = re.compile(r'<a\s+(?:class="late" )?href="(/strategiat/[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Several:
    world = Several(4)
    make.plan(world.item, world.earlier)
    make.plan(make.action_item(world.goal, world.unit, name_fi="Myöhäinen"), world.earlier)
    other = make.goal(world.theme, name_fi="Toinen tavoite")
    make.plan(make.action_item(other, world.unit, name_fi="Muu"), world.period)
    return world


def page_of(client: Client, world: make.World) -> str:
    return client.get(f"/strategiat/{world.strategy.pk}/").content.decode()


def numbers(page: str) -> dict[str, int]:
    """Return the number that each link to a list of the plan tells, by its address."""
    legends = "".join(part.split("</ul>")[0] for part in page.split('<ul class="legend">')[1:])
    said = {unescape(href): re.sub(r"<[^>]*>", " ", text) for href, text in LEGEND.findall(legends)}
    return {href: int(text.split()[0]) for href, text in said.items() if "/suunnitelma/" in href}


def move(who: User, plan: PeriodPlan, name: str, version: int, comment: str = "") -> None:
    make.moved(who, plan, name, make.NOW + timedelta(days=2, minutes=version), version, comment)


def rows_in(client: Client, address: str) -> int:
    page = client.get(f"{address}&open=all").content.decode()
    return len(set(re.findall(r'href="/toimenpiteet/(\d+)/"', page)))


def test_each_number_is_that_of_the_list_behind_it(world: Several) -> None:
    world.said(world.plans[1])
    move(world.manager, world.plans[0], "start", 1)
    client = signed_in(world.director)
    told = numbers(page_of(client, world))
    assert any("light=on_track" in address for address in told)
    assert any("late=1" in address for address in told)
    for address, number in told.items():
        assert rows_in(client, address) == number, address
    of_later = [number for address, number in told.items() if f"period={world.period.pk}&status" in address]
    assert sum(of_later) == PeriodPlan.objects.filter(period=world.period).count()


@time_machine.travel(make.NOW + timedelta(days=3), tick=False)
def test_what_changed_counts_each_plan_once_and_forgets_what_was_taken_back(world: Several) -> None:
    first = world.plans[0]
    client = signed_in(world.director)
    assert "Minkään toimenpiteen tila ei ole muuttunut." in page_of(client, world)
    move(world.manager, first, "start", 1)
    move(world.manager, first, "propose_completion", 2, "Valmis.")
    assert "1 on edennyt" in " ".join(page_of(client, world).split())
    move(world.manager, first, TAKE_BACK, 3)
    move(world.manager, first, "pause", 4, "Odotetaan.")
    page = " ".join(page_of(client, world).split())
    assert "taantunut" not in page
    assert "1 on edennyt" in page


def test_the_days_that_come_are_told_to_all_and_rounds_to_the_municipality_alone(world: Several) -> None:
    make.round_days(world.strategy, 2030)
    inside, outside = page_of(signed_in(world.director), world), page_of(Client(), world)
    assert f"#kierros-{world.round.pk}" in inside
    assert "Hallituksen käsittely: talousarvio 2031" in inside
    assert "Hallituksen käsittely: talousarvio 2031" in outside
    for words in (f"#kierros-{world.round.pk}", "vastattu", "edennyt", "Mitä on muuttunut"):
        assert words not in outside, words
    assert "Näin pitkällä ollaan" in outside


def test_a_strategy_without_plans_shows_its_themes_and_no_empty_boxes(world: Several) -> None:
    bare = make.strategy(world.municipality, name_fi="Pelkkä strategia")
    make.theme(bare, name_fi="Kasvu")
    page = Client().get(f"/strategiat/{bare.pk}/").content.decode()
    assert "Kasvu" in page
    assert "Näin pitkällä ollaan" not in page
    assert "Seuraavaksi" not in page


def test_the_matrix_has_the_numbers_of_the_lists_behind_it(world: Several) -> None:
    under = make.unit(world.municipality, "Alayksikkö", parent=world.unit)
    make.plan(make.action_item(world.goal, under, name_fi="Alayksikön asia"), world.period)
    client = signed_in(world.director)
    page = client.get(f"/strategiat/{world.strategy.pk}/vastuut/").content.decode()
    cells = re.findall(r'<a href="(/strategiat/[^"]*unit=[^"]*)">(\d+)</a>', page)
    assert len(cells) == 5
    for address, number in cells:
        assert rows_in(client, unescape(address)) == int(number), address
