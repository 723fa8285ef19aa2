"""The page of a strategy's rounds: every day with its rule in three languages, and moving one without JavaScript."""

from datetime import date

import pytest
import time_machine
from django.test import Client

from tests import make
from tests.edit.editors import html
from tests.plan.test_moves import signed_in
from toimenpiteet.models import RoundDay

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def _spring() -> object:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def world() -> make.World:
    return make.World()


@pytest.fixture
def days(world: make.World) -> dict[str, RoundDay]:
    return make.round_days(world.strategy)


def page_of(world: make.World, client: Client, language: str = "fi") -> str:
    return html(client.get(f"/strategiat/{world.strategy.pk}/kierrokset/", headers={"Accept-Language": language}))


def place(day: RoundDay) -> str:
    return f"/kierrospaivat/{day.pk}/siirra/"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fi",
            ("Talousarvio 2022", "Vastaukset viimeistään", "22.9.2021", "15 arkipäivää tämän jälkeen: kierros avautuu"),
        ),
        ("sv", ("Budget 2022", "Svaren senast", "22.9.2021", "sista måndag senast 17.11.")),
        ("en", ("Budget 2022", "Answers are due", "22 Sep 2021", "first working day in September")),
    ],
)
def test_the_public_reads_the_days_and_their_rules(
    world: make.World, days: dict[str, RoundDay], language: str, words: tuple[str, ...]
) -> None:
    page = page_of(world, Client(), language)
    for text in words:
        assert text in page, text
    assert place(days["opens"]) not in page
    assert f"/strategiat/{world.strategy.pk}/kierrokset/" in html(Client().get(f"/strategiat/{world.strategy.pk}/"))


def test_the_director_moves_a_day_and_the_old_one_stays_in_sight(world: make.World, days: dict[str, RoundDay]) -> None:
    client, day = signed_in(world.director), days["answers_due"]
    assert place(day) in page_of(world, client)
    asked = html(client.get(place(day)))
    assert 'value="2021-09-22"' in asked
    answer = client.post(place(day), {"decided_on": "2021-09-25", "reason": "Syysloma siirtyi", "seen_version": "1"})
    assert (answer.status_code, answer["Location"]) == (
        303,
        f"/strategiat/{world.strategy.pk}/kierrokset/#kierros-{day.round_id}",
    )
    page = page_of(world, client)
    for words in ("27.9.2021", "päätetty päivälle 25.9.2021", "säännön mukaan 22.9.2021", "Syysloma siirtyi"):
        assert words in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"decided_on": "2021-08-02", "reason": "Kiire"}, "tulisi päivän"),
        ({"decided_on": "2021-09-23", "reason": ""}, "Kerro miksi"),
        ({"decided_on": "", "reason": "Kiire"}, "Valitse uusi päivä"),
    ],
)
def test_a_refusal_keeps_what_was_typed(
    world: make.World, days: dict[str, RoundDay], typed: dict[str, str], words: str
) -> None:
    day = days["answers_due"]
    answer = signed_in(world.director).post(place(day), typed | {"seen_version": "1"})
    assert answer.status_code == 422
    assert words in html(answer)
    assert typed["reason"] in html(answer)
    day.refresh_from_db()
    assert (day.version, day.holds_on) == (1, date(2021, 9, 22))


def test_two_directors_at_once_are_told(world: make.World, days: dict[str, RoundDay]) -> None:
    client, day = signed_in(world.director), days["answers_due"]
    client.post(place(day), {"decided_on": "2021-09-23", "reason": "Ensin", "seen_version": "1"})
    late = client.post(place(day), {"decided_on": "2021-09-24", "reason": "Sitten", "seen_version": "1"})
    assert late.status_code == 409
    assert "Sitten" in html(late)
    assert "23.9.2021" in html(late)
    again = {"decided_on": "2021-09-24", "reason": "Sitten", "seen_version": "2"}
    assert client.post(place(day), again).status_code == 303


def test_a_strategy_without_a_calendar_says_so(world: make.World) -> None:
    assert "ei ole vielä kierroksia" in page_of(world, Client())
