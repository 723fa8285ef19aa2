"""The plan page: theme → goal → item, the periods side by side, in pieces when it is long."""

import gzip
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from tests import make
from tests.pages import seen, squeezed
from tests.plan.test_moves import HTMX, move, signed_in
from tests.web.test_budgets import statements
from tests.web.test_pages import html
from toimenpiteet.models import PeriodPlan
from toimenpiteet.selectors.plan import page as plan_page
from toimenpiteet.services import audited

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("spring")]


@pytest.fixture
def world() -> make.World:
    return make.World()


def address(world: make.World, query: str = "") -> str:
    return f"/strategiat/{world.strategy.pk}/suunnitelma/{query}"


def rows_of(world: make.World, query: str = "") -> str:
    return f"/tavoitteet/{world.goal.pk}/rivit/{query}"


@pytest.fixture
def long_plan(world: make.World, monkeypatch: pytest.MonkeyPatch) -> make.World:
    """Give a plan that is too long to come whole."""
    monkeypatch.setattr(plan_page, "SMALL", 0)
    return world


def test_both_periods_stand_side_by_side(world: make.World) -> None:
    make.plan(world.item, world.earlier, text_fi="Aloitetaan kysely.")
    page = html(signed_in(world.manager).get(address(world)))
    assert page.index("Aloitetaan kysely.") < page.index("Laaditaan tiekartta.")
    assert page.index('<th scope="col">2020</th>') < page.index('<th scope="col">2021–2030</th>')


def test_the_plan_of_the_public_is_the_published_one(world: make.World) -> None:
    assert "Laaditaan tiekartta." in html(Client().get(address(world)))
    hidden = make.strategy(world.municipality, published=False)
    assert Client().get(f"/strategiat/{hidden.pk}/suunnitelma/").status_code == 404
    assert signed_in(world.manager).get(f"/strategiat/{hidden.pk}/suunnitelma/").status_code == 200


def test_a_strategy_without_a_plan_says_so(world: make.World) -> None:
    empty = make.strategy(world.municipality)
    assert "ei ole vielä tavoitteita" in html(Client().get(f"/strategiat/{empty.pk}/suunnitelma/"))


def test_a_long_plan_comes_in_pieces(long_plan: make.World) -> None:
    client = signed_in(long_plan.manager)
    page = squeezed(html(client.get(address(long_plan))))
    assert "Palvelut kehittyvät" in page
    assert "1 toimenpide · valmiina 0/1" in page
    assert "Laaditaan tiekartta." not in page
    piece = html(client.get(rows_of(long_plan), headers=HTMX))
    assert "Laaditaan tiekartta." in piece
    assert "<html" not in piece


def test_without_javascript_a_goal_is_opened_by_a_link_that_leads_back_to_it(long_plan: make.World) -> None:
    client = signed_in(long_plan.manager)
    link = client.get(rows_of(long_plan, "?late=1"))
    assert link["Location"] == address(long_plan, f"?late=1&open={long_plan.goal.pk}#goal-{long_plan.goal.pk}")
    assert "Laaditaan tiekartta." in html(client.get(address(long_plan, f"?open={long_plan.goal.pk}")))
    assert "Laaditaan tiekartta." in html(client.get(address(long_plan, "?open=all")))


def test_an_unpublished_goal_of_another_municipality_has_no_rows(world: make.World) -> None:
    audited.change(world.strategy, make.stamp(), published=False)
    client = signed_in(make.World().manager)
    assert client.get(rows_of(world), headers=HTMX).status_code == 404
    assert client.get(rows_of(world)).status_code == 404


def test_the_printed_plan_is_whole_and_has_nothing_to_press(long_plan: make.World) -> None:
    page = html(signed_in(long_plan.manager).get(address(long_plan, "?print=1")))
    assert "Laaditaan tiekartta." in page
    assert "Aloita" not in page


@pytest.fixture
def mixed(world: make.World) -> make.World:
    """Give a late item of another unit, one of a unit under the own, and one that was started."""
    other = make.unit(world.municipality, "Tilapalvelut")
    child = make.unit(world.municipality, "Sovellukset", parent=world.unit)
    make.plan(make.action_item(world.goal, other, name_fi="Myöhästynyt asia"), world.earlier)
    make.plan(make.action_item(world.goal, child, name_fi="Lapsen asia"), world.period)
    move(signed_in(world.manager), world.plan, "start")
    return world


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"Digitalisaation", "Myöhästynyt", "Lapsen"}),
        ("?unit=mine", {"Digitalisaation"}),
        ("?unit={unit}", {"Digitalisaation", "Lapsen"}),
        ("?late=1", {"Myöhästynyt"}),
        ("?status=in_progress", {"Digitalisaation"}),
        ("?period={earlier}", {"Myöhästynyt"}),
        ("?unit=mine&late=1", set()),
        ("?status=drop table", {"Digitalisaation", "Myöhästynyt", "Lapsen"}),
    ],
)
@pytest.mark.parametrize("small", [60, 0], ids=["whole", "in pieces"])
def test_filters_live_in_the_address(
    mixed: make.World, monkeypatch: pytest.MonkeyPatch, query: str, shown: set[str], small: int
) -> None:
    monkeypatch.setattr(plan_page, "SMALL", small)
    client = signed_in(mixed.manager)
    query = query.format(unit=mixed.unit.pk, earlier=mixed.earlier.pk)
    page = html(client.get(address(mixed, query)))
    if not small:
        page += html(client.get(rows_of(mixed, query), headers=HTMX))
    names = {"Digitalisaation": "Digitalisaation tiekartta", "Myöhästynyt": "Myöhästynyt asia", "Lapsen": "Lapsen asia"}
    assert {name for name, whole in names.items() if f">{whole}</a>" in page} == shown
    assert ("Näillä rajauksilla ei löydy toimenpiteitä" in page) == (not shown)


def test_what_is_asked_for_and_does_not_exist_for_the_person_is_not_found(world: make.World) -> None:
    stranger = make.World()
    client = signed_in(world.director)
    for query in (
        f"?unit={stranger.unit.pk}",
        f"?period={stranger.period.pk}",
        "?unit=x",
        "?period=x",
        "?unit=mine",
        "?unit=99999999999999999999",
    ):
        assert client.get(address(world, query)).status_code == 404, query
    assert client.get(address(world, "?open=x&open=99999999999&late=2")).status_code == 200


def test_two_periods_are_compared_by_word_and_not_by_colour_alone(world: make.World) -> None:
    other = make.unit(world.municipality, "Tilapalvelut")
    earlier = make.plan(world.item, world.earlier, units=[world.unit, other], text_fi="Laaditaan kysely.")
    make.step(earlier, text_fi="Kysely asiakkaille")
    make.step(earlier, text_fi="Palvelupisteiden aukioloajat yhdenmukaistetaan")
    make.step(earlier, text_fi="Vanhat lomakkeet poistetaan")
    make.step(world.plan, text_fi="Kysely  asiakkaille")
    make.step(world.plan, text_fi="Palvelupisteiden aukioloajat yhtenäistetään")
    make.step(world.plan, text_fi="Uusi sähköinen asiointi")
    for page in (
        html(Client().get(address(world, "?compare=1"))),
        html(Client().get(f"/toimenpiteet/{world.item.pk}/?compare=1")),
    ):
        compared = page[page.index('class="comparison"') :]
        plain = squeezed(compared).replace("</span> <span>", " ")
        assert "Laaditaan<del> kysely.</del> <ins> tiekartta.</ins>" in seen(compared)
        assert "lisätty Uusi sähköinen asiointi" in plain
        assert "ei tällä kaudella Vanhat lomakkeet poistetaan" in plain
        assert "ei tällä kaudella Tilapalvelut" in plain
        assert "ennallaan Kysely asiakkaille" in plain.replace("  ", " ")
        assert "muotoiltu uudelleen" in plain
        assert "<del> yhdenmukaistetaan</del> <ins> yhtenäistetään</ins>" in seen(compared)


def test_an_item_of_one_period_has_nothing_to_compare(world: make.World) -> None:
    assert "verrattavaa ei ole" in html(Client().get(address(world, "?compare=1")))


def test_a_move_made_on_the_plan_leads_back_to_it(world: make.World) -> None:
    client = signed_in(world.manager)
    page = html(client.get(address(world, "?late=0")))
    assert f'name="next" value="{address(world)}?late=0"' in page


def items(world: make.World, count: int) -> None:
    for number in range(count):
        item = make.action_item(world.goal, world.unit, name_fi=f"Toimenpide {number}")
        for during in (world.earlier, world.period):
            make.step(make.plan(item, during), due_on=date(2021, 6, 30), due_precision="month")


@pytest.mark.parametrize("small", [1000, 0], ids=["whole", "in pieces"])
def test_the_plan_costs_the_same_for_few_items_and_for_many(
    world: make.World, monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    monkeypatch.setattr(plan_page, "SMALL", small)
    # Responsible from above: the rights of this person are found through the tree of units.
    client = signed_in(make.member(make.unit(world.municipality, "Sovellukset", parent=world.unit)))
    items(world, 5)
    few = {query: statements(client, address(world, query)) for query in ("", "?compare=1", "?late=1")}
    items(world, 40)
    assert {query: statements(client, address(world, query)) for query in few} == few
    assert max(few.values()) <= 16


def test_the_first_page_of_a_long_plan_is_light(world: make.World) -> None:
    items(world, plan_page.SMALL + 60)
    page = signed_in(world.director).get(address(world)).content
    assert len(gzip.compress(page)) < 8_000


def test_a_page_never_holds_more_rows_than_it_can_but_paper_does(
    long_plan: make.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make.goal(long_plan.theme, number=2, name_fi="Talous on vakaa")
    item = make.action_item(other, long_plan.unit, name_fi="Toinen asia")
    make.plan(item, long_plan.period)
    monkeypatch.setattr("toimenpiteet.web.plan.page.MOST", 1)
    client = signed_in(long_plan.manager)
    page = html(client.get(address(long_plan, "?open=all")))
    assert "Digitalisaation tiekartta" in page
    assert "Toinen asia" not in page
    assert f"/tavoitteet/{other.pk}/rivit/" in page
    assert "Toinen asia" in html(client.get(address(long_plan, "?print=1")))


def test_a_long_goal_comes_in_pages(world: make.World) -> None:
    items(world, plan_page.ROWS + 3)
    client = signed_in(world.manager)
    first = html(client.get(address(world, f"?open={world.goal.pk}")))
    assert first.count('<th scope="row">') == plan_page.ROWS
    more = rows_of(world, f"?from={plan_page.ROWS}")
    assert f'hx-get="{more}"' in first
    last = html(client.get(more, headers=HTMX))
    assert last.count('<th scope="row">') == 4
    assert "hx-get" not in last.partition("</table>")[2]
    # Who asked for more goes on reading there, and hears which rows these are.
    assert 'tabindex="-1" autofocus' in last
    assert f"{plan_page.ROWS + 1}–{plan_page.ROWS + 4}</caption>" in last
    # Without a script the same rows stand in the page.
    link = client.get(more)["Location"]
    assert link == address(world, f"?open={world.goal.pk}&from={plan_page.ROWS}#goal-{world.goal.pk}")
    assert html(client.get(link)).count('<th scope="row">') == 4
    assert html(client.get(address(world, "?print=1"))).count('<th scope="row">') == plan_page.ROWS + 4


@pytest.mark.parametrize("start", ["x", "-5", "99999999999999999999", "٣", "1000"])
def test_a_place_that_no_row_has_is_no_error(world: make.World, start: str) -> None:
    client = signed_in(world.manager)
    assert client.get(rows_of(world, f"?from={start}"), headers=HTMX).status_code == 200
    assert client.get(address(world, f"?open={world.goal.pk}&from={start}")).status_code == 200


def test_a_plan_of_some_size_opens_folded_with_bars(world: make.World) -> None:
    items(world, plan_page.SMALL + 1)
    page = html(signed_in(world.manager).get(address(world)))
    assert "<details" in page
    assert '<th scope="row">' not in page
    assert f'<svg class="progress-bar" viewBox="0 0 {PeriodPlan.objects.count()} 1"' in page
    # What is asked for and is little comes open.
    client = signed_in(world.manager)
    move(client, world.plan, "start")
    assert html(client.get(address(world, "?status=in_progress"))).count('<th scope="row">') == 1


# As of a day: tests/history/test_past.py compares what is read, through the API


@pytest.fixture
def since(world: make.World) -> Iterator[make.World]:
    """Give the plan a month later: reworded, on hold, one item more and one less."""
    gone = make.action_item(world.goal, world.unit, name_fi="Poistettu toimenpide")
    make.plan(gone, world.period, due_on=date(2021, 3, 12), due_precision="day")
    later = make.NOW + timedelta(days=30)
    with time_machine.travel(later, tick=False):
        stamp = make.stamp(at=later)
        audited.change(world.plan, stamp, text_fi="Tiekartta on toinen.")
        (plan,) = gone.plans.all()
        audited.remove(plan.unit_links.get(), stamp)
        audited.remove(plan, stamp)
        audited.remove(gone, stamp)
        yield world


@pytest.mark.parametrize("small", [60, 0], ids=["whole", "in pieces"])
def test_a_past_day_shows_the_plan_as_it_stood_and_says_so(
    since: make.World, monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    monkeypatch.setattr(plan_page, "SMALL", small)
    client, query = signed_in(since.manager), "?as_of=2021-03-15"
    page = html(client.get(address(since, query)))
    assert "Tavoitteet ja toimenpiteet sellaisina kuin ne olivat, kun 15.3.2021 päättyi." in page
    assert f'<a href="{address(since)}"> Näytä tämän päivän tilanne </a>' in squeezed(page)
    if not small:
        assert f"{rows_of(since)}{query}" in page
        page += html(client.get(rows_of(since, query), headers=HTMX))
        assert "Laaditaan tiekartta." in html(client.get(address(since, f"{query}&open=all")))
    assert "Laaditaan tiekartta." in page
    assert "Tiekartta on toinen." not in page
    # Late on that day, and nothing that could be done.
    assert "3 päivää myöhässä" in page
    assert "Aloita" not in page
    # What is gone leads nowhere.
    assert squeezed(page).count('Poistettu toimenpide <span class="mark">sittemmin poistettu</span>') == 1
    assert page.count(f'href="/toimenpiteet/{since.item.pk}/"') == 1
    today = html(client.get(address(since)))
    assert "sellaisina kuin ne olivat" not in today


def test_a_past_day_is_filtered_and_printed_like_today(since: make.World) -> None:
    client = signed_in(since.manager)
    page = html(client.get(address(since, "?as_of=2021-03-15&late=1&unit=mine")))
    assert "Poistettu toimenpide" in page
    assert "Digitalisaation tiekartta" not in page
    assert f'<a href="{address(since)}?unit=mine&amp;late=1"> Näytä tämän päivän tilanne' in squeezed(page)
    printed = html(client.get(address(since, "?as_of=2021-03-15&print=1")))
    assert "Tavoitteet ja toimenpiteet sellaisina kuin ne olivat" in printed
    assert "Poistettu toimenpide" in printed


def test_a_day_without_a_plan_is_refused_with_what_was_typed(since: make.World) -> None:
    client = signed_in(since.manager)
    for day, says in (
        ("2021-03-14", "Tiedot alkavat 15.3.2021."),
        ("2031-01-01", "vasta tulossa"),
        ("eilen", "ei ole päivä"),
    ):
        answer = client.get(address(since, f"?as_of={day}"))
        assert answer.status_code == 422
        page = answer.content.decode()
        assert says in page
        assert f'value="{day}"' in page
        assert "Laaditaan tiekartta." not in page


def test_a_past_day_is_for_people_of_the_municipality(since: make.World) -> None:
    past = address(since, "?as_of=2021-03-15")
    assert Client().get(past)["Location"].startswith("/tunnus/")
    assert 'name="as_of"' not in html(Client().get(address(since)))
    stranger = signed_in(make.World().director)
    assert stranger.get(past).status_code == 403
    assert stranger.get(address(since)).status_code == 200


def test_the_past_of_a_plan_costs_little_more_than_today(since: make.World) -> None:
    client = signed_in(since.manager)
    few = statements(client, address(since, "?as_of=2021-03-15&open=all"))
    items(since, 20)
    past = statements(client, address(since, "?as_of=2021-03-15&open=all"))
    assert past == few <= statements(client, address(since, "?open=all")) + 4
