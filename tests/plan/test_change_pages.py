"""The pages of changes: proposed from the item, decided by the director, seen by the manager, listed by the year."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests import make
from tests.pages import squeezed
from tests.plan.test_change_requests import BOARD, LATER, Changing
from tests.plan.test_moves import signed_in
from tests.web.test_budgets import statements
from toimenpiteet.models import ChangeRequest
from toimenpiteet.services.plan import change_requests
from toimenpiteet.workflow import Role

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("spring")]
TYPED = {"cause": "Kilpailutus viivästyi.", "effect": "Käyttöönotto siirtyy.", "due_precision": "day"}


@pytest.fixture
def world() -> Changing:
    return Changing()


def test_a_manager_proposes_and_keeps_what_was_typed_when_something_is_missing(world: Changing) -> None:
    client, address = signed_in(world.manager), f"/suunnitelmat/{world.plan.pk}/muutos/"
    item = f"/toimenpiteet/{world.item.pk}/"
    assert address in client.get(item).content.decode()
    typed = {**TYPED, "kind": "due", "seen_version": world.plan.version}
    wrong = client.post(address, {**typed, "due_on": ""})
    page = read(wrong)
    assert (wrong.status_code, "Anna uusi määräaika." in page, TYPED["cause"] in page) == (422, True, True)
    # The last day of the month is what a month means.
    right = client.post(address, {**typed, "due_on": "2022-11-03", "due_precision": "month"})
    row = ChangeRequest.objects.get()
    assert (right.status_code, right["Location"]) == (303, f"{item}#muutos-{row.pk}")
    assert (row.due_on, row.due_precision) == (date(2022, 11, 30), "month")
    stale = client.post(address, {**typed, "kind": "ending", "seen_version": 1})
    assert (stale.status_code, TYPED["effect"] in read(stale)) == (409, True)


def test_the_director_finds_it_with_its_words_and_decides(world: Changing) -> None:
    row, client = world.propose(), signed_in(world.director)
    make.asked(world.plan)
    asked = world.plan.reports.get().round_id
    for place in ("/odottaa/", f"/kierrokset/{asked}/katselmus/", f"/muutosesitykset/{row.pk}/"):
        page = read(client.get(place))
        for said in ("Maija Mallikas, vastuuhenkilö", "Kilpailutus viivästyi.", "30.6.2021", "31.12.2022"):
            assert said in page, (place, said)
    news = read(client.get("/odottaa/muutokset/"))
    assert "Muutosta esitetty: määräaika" in news
    assert "Kilpailutus viivästyi." in news
    address = f"/muutosesitykset/{row.pk}/"
    silent = client.post(address, {"act": "decline", "words": " ", "body": "", "seen_version": 1})
    assert (silent.status_code, "vastuuhenkilö lukee sen" in read(silent)) == (422, True)
    client.post(address, {"act": "refer", "words": "Yli vuosi.", "body": "Kaupunginhallitus", "seen_version": 1})
    typed = {"act": "accept", "words": "Hyväksyttiin.", "section": "123", "seen_version": 2}
    dayless = client.post(address, typed)
    page = read(dayless)
    assert (dayless.status_code, "Anna päivä, jona toimielin päätti" in page, 'value="123"' in page) == (
        422,
        True,
        True,
    )
    done = client.post(address, {**typed, "body": "Kaupunginhallitus", "body_on": "2021-03-01", "next": "/odottaa/"})
    assert (done.status_code, done["Location"]) == (303, "/odottaa/")
    world.plan.refresh_from_db()
    assert world.plan.due_on == date(2022, 12, 31)
    assert client.post(address, {**typed, "body_on": "2021-03-01"}).status_code == 409


def test_the_manager_sees_what_was_decided_and_every_day_that_was(world: Changing) -> None:
    world.decide(change_requests.accept, world.propose(), BOARD)
    client, item = signed_in(world.manager), f"/toimenpiteet/{world.item.pk}/"
    for place in ("/odottaa/", item):
        page = read(client.get(place))
        assert "Hyväksyttiin esityksen mukaan." in page, place
        assert "Kaupunginhallitus 1.3.2021" in page, place
    story = "Määräaika alun perin kauden loppu, siirretty: 30.6.2021 (15.3.2021), siirretty: 31.12.2022 (15.3.2021)"
    assert story in read(client.get(item))
    # In the timeline in words; the public reads of the day, and neither who nor why.
    assert "Teppo Testaaja hyväksyi muutoksen: määräaika." in read(client.get(item))
    public = read(Client().get(item))
    assert "siirretty: 30.6.2021" in public
    assert "Kilpailutus" not in public
    assert "Hyväksyttiin" not in public


def read(response: Any) -> str:
    """Return a page as a browser reads it."""
    return squeezed(response.content.decode())


def test_a_manager_withdraws_and_the_year_shows_it_all(world: Changing) -> None:
    row = world.propose()
    client = signed_in(world.manager)
    assert client.post(f"/muutosesitykset/{row.pk}/", {"act": "withdraw", "seen_version": 1}).status_code == 303
    world.decide(change_requests.decline, world.propose(), change_requests.Decision("Määräajassa pysytään."))
    reader = signed_in(make.official(world.municipality, Role.VIEWER))
    place = f"/strategiat/{world.strategy.pk}/muutosesitykset/"
    assert place in reader.get(f"/strategiat/{world.strategy.pk}/").content.decode()
    page = read(reader.get(place))
    for said in ("Esitettiin 2 muutosta: hylätty 1, peruttu 1.", "Määräajassa pysytään.", LATER.cause):
        assert said in page, said
    assert "ei esitetty muutoksia" in read(reader.get(f"{place}?vuosi=2020"))
    assert reader.get(f"{place}?vuosi=20200").status_code == 404


def test_a_year_costs_the_same_for_one_change_and_for_many(world: Changing) -> None:
    client, place = signed_in(world.director), f"/strategiat/{world.strategy.pk}/muutosesitykset/"
    make.change_request(world.plan)
    few, waiting = statements(client, place), statements(client, "/odottaa/")
    for _number in range(5):
        make.change_request(make.plan(make.action_item(world.goal, world.unit), world.period))
    assert few == statements(client, place) <= 9
    assert waiting == statements(client, "/odottaa/")
