"""The page of a strategy's rounds: every day with its rule in three languages, and moving one without JavaScript."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from tests import make
from tests.edit.editors import html
from tests.plan.test_moves import signed_in
from toimenpiteet.models import CalendarEntry, RoundDay
from toimenpiteet.services import audited

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("spring")]


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
            ("Talousarvio 2022", "Vastaukset viimeistään", "22.9.2021", "15 työpäivää tämän jälkeen: kierros avautuu"),
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


def test_a_city_says_from_which_day_on_rounds_count(world: make.World, days: dict[str, RoundDay]) -> None:
    make.round_days(world.strategy, 2022)
    audited.change(world.strategy, make.stamp(), rounds_from=date(2022, 1, 1))
    told = year_of(world)
    assert "aikaisintaan 1.1.2022 (strategian asetus)" in told
    assert "Kierrokset lasketaan tästä alkaen: Talousarvio 2023" in told
    assert page_of(world, Client()).count("ennen päivää, josta alkaen") == 1


def test_a_strategy_without_a_calendar_says_so(world: make.World) -> None:
    assert "ei ole vielä kierroksia" in page_of(world, Client())


def year_of(world: make.World, query: str = "", client: Client | None = None) -> str:
    page = html((client or Client()).get(f"/strategiat/{world.strategy.pk}/kierrokset/{query}"))
    return page.partition('id="vuosi"')[2].partition("</section>")[0]


def test_the_year_shows_the_days_of_both_rounds_in_their_order(world: make.World, days: dict[str, RoundDay]) -> None:
    audited.add(CalendarEntry(strategy=world.strategy, kind="annual_report", which="board", rule="06-19"), make.stamp())
    page = year_of(world)
    found = re.findall(r"<time[^>]*>([^<]+)</time>", page)
    assert found[0] == "7.1.2021"
    assert found[-1] == "31.12.2021"
    assert found == sorted(found, key=lambda day: [int(part) for part in reversed(day.split("."))])
    council = page.partition("15.11.2021")[2]
    assert "viimeinen maanantai 17.11. mennessä" in council.partition("</li>")[0]
    # The accounts of 2020 have no round, but rules; 19.6.2021 is Midsummer's Saturday.
    assert page.count("kierrosta ei ole") + page.count("kierrosta ei vielä ole") > 5
    assert "21.6.2021" in page
    assert "säännön mukaan 19.6.2021, joka on vapaapäivä" in page
    assert "?vuosi=2022#vuosi" in page
    assert "Vuosi 2022" in year_of(world, "?vuosi=2022")
    assert "Vuosi 2021" in year_of(world, "?vuosi=x")


def test_a_day_that_the_source_states_stands_beside_the_default(world: make.World) -> None:
    stated = {"rule": "last mon 11-10", "stated": True, "basis": "Strategian luku 5"}
    audited.add(CalendarEntry(strategy=world.strategy, kind="budget", which="council", **stated), make.stamp())
    make.round_days(world.strategy)
    told = year_of(world).partition("8.11.2021")[2].partition("</li>")[0]
    assert "Strategian luku 5" in told
    assert "oletuksen mukaan 15.11.2021" in told


def test_a_moved_day_keeps_the_old_one_and_its_reason_in_the_year(world: make.World, days: dict[str, RoundDay]) -> None:
    client, day = signed_in(world.director), days["answers_due"]
    client.post(place(day), {"decided_on": "2021-09-25", "reason": "Syysloma siirtyi", "seen_version": "1"})
    told = year_of(world, client=client).partition("27.9.2021")[2].partition("</li>")[0]
    assert place(day) in told
    for words in ("päätetty päivälle 25.9.2021", "säännön mukaan 22.9.2021", "Syysloma siirtyi"):
        assert words in told


def test_rounds_count_from_the_first_that_was_opened(world: make.World, days: dict[str, RoundDay]) -> None:
    assert "Kierrokset lasketaan tästä alkaen: Talousarvio 2022" in year_of(world)
    make.round_days(world.strategy, 2022)
    with time_machine.travel(datetime(2022, 3, 1, tzinfo=UTC), tick=False):
        assert "Kierrokset lasketaan tästä alkaen: Talousarvio 2023" in year_of(world)
        page = page_of(world, Client())
        assert "Ei pidetty" in page.partition(f'id="kierros-{days["opens"].round_id}"')[2].partition("<table")[0]
        assert page.count("Ei pidetty") == 1


def test_the_director_opens_a_round_from_its_page_and_finds_its_review_until_it_is_published(
    world: make.World, days: dict[str, RoundDay]
) -> None:
    row = days["opens"].round
    opening, review = f"/kierrokset/{row.pk}/siirto/open/", f"/kierrokset/{row.pk}/katselmus/"
    director = signed_in(world.director)
    seen = {}
    for status in ("planned", "open", "in_review", "locked", "published"):
        make.brought(row, status)
        page = page_of(world, director)
        seen[status] = (opening in page, review in page)
    assert seen == {"planned": (True, False)} | dict.fromkeys(list(seen)[1:], (False, True))
    for client in (Client(), signed_in(world.manager)):
        assert review not in page_of(world, client)


def test_a_round_that_was_opened_early_says_so_until_its_day(world: make.World, days: dict[str, RoundDay]) -> None:
    row = days["opens"].round
    make.brought(row, "open")
    told = []
    for day in (row.opens_on - timedelta(days=1), row.opens_on):
        with time_machine.travel(datetime(day.year, day.month, day.day, 9, tzinfo=UTC), tick=False):
            part = page_of(world, Client()).partition(f'id="kierros-{row.pk}"')[2].partition("<table")[0]
        told.append(("Avoinna" in part, "Avoinna: avattu ennen päiväänsä" in part))
    assert told == [(True, True), (True, False)]


def test_a_round_that_was_not_held_is_not_offered_to_be_opened(world: make.World, days: dict[str, RoundDay]) -> None:
    with time_machine.travel(datetime(2021, 12, 1, tzinfo=UTC), tick=False):
        page = page_of(world, signed_in(world.director))
    assert "ei pidetty" in page.lower()
    assert f"/kierrokset/{days['opens'].round_id}/siirto/open/" not in page


def test_a_day_counted_from_one_that_was_moved_says_so(world: make.World, days: dict[str, RoundDay]) -> None:
    client, words = signed_in(world.director), "päivästä, joka oli voimassa ennen siirtoa"
    assert words not in page_of(world, client)
    client.post(place(days["answers_due"]), {"decided_on": "2021-09-27", "reason": "Loma", "seen_version": "1"})
    assert f"vastaukset viimeistään ({words})" in re.sub(r"\s+", " ", page_of(world, client))


def test_a_round_that_was_locked_early_has_no_next_day_before_the_lock(
    world: make.World, days: dict[str, RoundDay]
) -> None:
    make.brought(days["lock"].round, "locked")
    page = page_of(world, signed_in(world.director))
    assert "kierros lukittiin ennen tätä päivää" in page
    following = page.partition('aria-current="date"')[2].partition("</li>")[0]
    assert "Vastaukset viimeistään" not in following
    assert "Kierros lukitaan" not in following


def test_who_comes_too_late_to_lock_is_told_how_the_round_stands(world: make.World, days: dict[str, RoundDay]) -> None:
    asked = make.brought(days["lock"].round, "in_review")
    client, to = signed_in(world.director), f"/kierrokset/{asked.pk}/siirto/lock/"
    assert "Lukitse kierros</button>" in html(client.get(to))
    assert client.post(to, {"reason": "Valmis", "seen_version": str(asked.version)}).status_code == 303
    late = client.post(to, {"reason": "Valmis", "seen_version": str(asked.version)})
    assert late.status_code in {400, 409, 422}
    for page in (html(late), html(client.get(to))):
        assert "Lukitse kierros</button>" not in page
        assert "Kierroksen tila on nyt lukittu" in page
