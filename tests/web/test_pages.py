"""The screens of the main job, as each person sees them."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests import make
from tests.plan.test_moves import move, signed_in
from toimenpiteet.workflow import Role

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("spring")]


@pytest.fixture
def world() -> make.World:
    return make.World()


def html(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def test_the_front_page_leads_each_to_their_own(world: make.World) -> None:
    assert Client().get("/")["Location"] == "/strategiat/"
    assert signed_in(world.manager).get("/")["Location"] == "/odottaa/"


def test_a_manager_finds_everything_of_their_units_most_urgent_first(world: make.World) -> None:
    urgent = make.action_item(world.goal, world.unit, name_fi="Kiireinen asia")
    make.plan(urgent, world.period, due_on=date(2021, 3, 19), due_precision="day")
    late = make.action_item(world.goal, world.unit, name_fi="Myöhästynyt asia")
    make.plan(late, world.earlier)
    other = make.action_item(world.goal, make.unit(world.municipality, "Tilapalvelut"), name_fi="Toisten asia")
    make.plan(other, world.period)

    page = html(signed_in(world.manager).get("/odottaa/"))

    order = [page.index(name) for name in ("Myöhästynyt asia", "Kiireinen asia", "Digitalisaation tiekartta")]
    assert order == sorted(order)
    assert "Toisten asia" not in page
    assert "4 työpäivää jäljellä" in page
    assert "2 kuukautta myöhässä" in page


def test_group_responsibility_reaches_every_service_area(world: make.World) -> None:
    area = make.unit(world.municipality, "Kaupunkiympäristö", kind="service_area")
    group = make.unit(world.municipality, "palvelualueet", kind="group", member_kind="service_area")
    item = make.action_item(world.goal, group, name_fi="Kaikkien yhteinen")
    make.plan(item, world.period)

    assert "Kaikkien yhteinen" in html(signed_in(make.member(area)).get("/odottaa/"))
    assert "Kaikkien yhteinen" not in html(signed_in(world.manager).get("/odottaa/"))


def test_the_director_sees_what_is_late_and_what_awaits_approval(world: make.World) -> None:
    late = make.action_item(world.goal, world.unit, name_fi="Myöhästynyt asia")
    make.plan(late, world.earlier)
    manager = signed_in(world.manager)
    move(manager, world.plan, "start")
    move(manager, world.plan, "propose_completion", "Tiekartta hyväksytty", version=2)

    page = html(signed_in(world.director).get("/odottaa/"))

    assert page.index("Digitalisaation tiekartta") < page.index("Myöhästynyt asia")
    assert "Hyväksy valmistuneeksi" in page


def test_nothing_waiting_says_so(world: make.World) -> None:
    page = html(signed_in(make.member(make.unit(world.municipality, "Uusi yksikkö"))).get("/odottaa/"))
    assert "Mikään ei nyt odota sinua" in page


def test_an_item_tells_why_a_move_is_not_open(world: make.World) -> None:
    page = html(signed_in(world.manager).get(f"/toimenpiteet/{world.item.pk}/"))
    assert "Aloita" in page
    assert "toiselle roolille" in page


def test_the_timeline_tells_in_sentences_and_hides_names_from_the_public(world: make.World) -> None:
    move(signed_in(world.manager), world.plan, "start")
    address = f"/toimenpiteet/{world.item.pk}/"

    assert "Maija Mallikas aloitti" in html(signed_in(world.director).get(address))
    public = html(Client().get(address))
    assert "aloitti" in public
    assert "Maija" not in public


def test_what_is_not_published_does_not_exist_for_the_public(world: make.World) -> None:
    hidden = make.strategy(world.municipality, published=False)
    assert Client().get(f"/strategiat/{hidden.pk}/").status_code == 404
    assert signed_in(world.manager).get(f"/strategiat/{hidden.pk}/").status_code == 200


def test_content_without_a_translation_is_marked_with_its_language(world: make.World) -> None:
    page = html(signed_in(world.manager).get(f"/toimenpiteet/{world.item.pk}/", headers={"Accept-Language": "sv"}))
    assert '<html lang="sv">' in page
    assert '<span lang="fi">Digitalisaation tiekartta</span>' in page


@pytest.fixture
def late_world(world: make.World) -> make.World:
    """Give three late plans: of the unit, of a unit under it, and of another unit."""
    child = make.unit(world.municipality, "Sovellukset", parent=world.unit)
    other = make.unit(world.municipality, "Tilapalvelut")
    for name, unit in (("Oma myöhä", world.unit), ("Lapsen myöhä", child), ("Muun myöhä", other)):
        make.plan(make.action_item(world.goal, unit, name_fi=name), world.earlier)
    return world


def test_overdue_filters_live_in_the_address(late_world: make.World) -> None:
    client = signed_in(late_world.director)
    everything = html(client.get("/myohassa/"))
    assert all(name in everything for name in ("Oma myöhä", "Lapsen myöhä", "Muun myöhä"))

    mine = html(client.get(f"/myohassa/?unit={late_world.unit.pk}"))
    assert "Oma myöhä" in mine
    assert "Lapsen myöhä" in mine
    assert "Muun myöhä" not in mine

    assert "Oma myöhä" not in html(client.get("/myohassa/?days=400"))
    assert "Oma myöhä" in html(client.get(f"/myohassa/?period={late_world.earlier.pk}&goal={late_world.goal.pk}"))
    assert "Oma myöhä" not in html(client.get(f"/myohassa/?period={late_world.period.pk}"))


def test_an_overdue_step_makes_the_plan_overdue_until_it_is_done(world: make.World) -> None:
    step = make.step(world.plan, due_on=date(2021, 2, 26), due_precision="day")
    client = signed_in(world.director)
    assert "Digitalisaation tiekartta" in html(client.get("/myohassa/"))

    client.post(f"/osatoimet/{step.pk}/", {"done": "true", "version": 1})
    assert "Digitalisaation tiekartta" not in html(client.get("/myohassa/"))


def test_the_overdue_list_as_csv_is_safe_in_a_spreadsheet(late_world: make.World) -> None:
    make.plan(make.action_item(late_world.goal, late_world.unit, name_fi="=HYPERLINK(1)"), late_world.earlier)
    response: Any = signed_in(late_world.director).get("/myohassa/csv/?columns=name&columns=late")

    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len(rows) == 5
    names = {row[0] for row in rows[1:]}
    assert "'=HYPERLINK(1)" in names
    assert all(row[-1].isdigit() for row in rows[1:])


def test_garbage_in_the_address_is_not_an_error_page(late_world: make.World) -> None:
    client = signed_in(late_world.director)
    for query in ("?page=-1", "?page=99999999999999999999", "?days=x", "?sort=drop", "?page=2&sort=name"):
        assert client.get(f"/myohassa/{query}").status_code == 200
    for query in ("?unit=abc", "?unit=999999", "?goal=99999999999999999999", "?period=0"):
        assert client.get(f"/myohassa/{query}").status_code == 404


def test_the_language_is_kept_with_the_person(world: make.World) -> None:
    client = signed_in(world.manager)
    response = client.post("/kieli/", {"language": "sv", "next": "/odottaa/"})
    assert response["Location"] == "/odottaa/"
    assert '<html lang="sv">' in html(client.get("/odottaa/"))
    world.manager.refresh_from_db()
    assert world.manager.language == "sv"
    client.post("/kieli/", {"language": "xx"})
    world.manager.refresh_from_db()
    assert world.manager.language == "sv"


def test_my_page_tells_what_i_am(world: make.World) -> None:
    make.official(world.municipality, Role.VIEWER, user=world.manager, valid_until=date(2021, 12, 31))
    page = html(signed_in(world.manager).get("/oma/"))
    assert "Tietohallinto" in page
    assert "31.12.2021" in page


def test_why_a_move_is_not_open_is_told_to_who_could_expect_it(world: make.World) -> None:
    address, words = f"/toimenpiteet/{world.item.pk}/", "Tilamuutokset, joita et voi tehdä, ja miksi"
    assert words in html(signed_in(world.manager).get(address))
    assert words not in html(Client().get(address))


def test_what_the_source_leaves_in_doubt_is_seen(world: make.World) -> None:
    unsure = make.unit(world.municipality, "Perusturva", doubt="Luettu kahdeksi yksiköksi.")
    item = make.action_item(world.goal, unsure, doubt="Sarakkeet ovat sekaisin.")
    plan = make.plan(item, world.period, doubt="Vuosi on epäselvä.")
    make.step(plan, doubt="Sana on katkennut.")
    page = html(Client().get(f"/toimenpiteet/{item.pk}/"))
    for doubt in ("kahdeksi yksiköksi", "Sarakkeet ovat", "Vuosi on epäselvä", "Sana on katkennut"):
        assert doubt in page


def test_a_plan_is_on_the_directors_page_once(world: make.World) -> None:
    make.member(world.unit, user=world.director)
    late = make.plan(make.action_item(world.goal, world.unit), world.earlier)
    manager = signed_in(world.manager)
    move(manager, late, "start")
    move(manager, late, "propose_completion", "Valmista tuli", version=2)
    assert html(signed_in(world.director).get("/odottaa/")).count(f'id="plan-{late.pk}"') == 1
