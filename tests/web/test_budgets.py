"""How many SQL statements a page may run: a fixed number, however many rows it shows."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.plan.test_moves import move, signed_in
from toimenpiteet.models import Actor, Door, StatusReport, User
from toimenpiteet.services import audited, search
from toimenpiteet.services.rounds import rounds
from toimenpiteet.workflow import Role

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("spring")]

# More than two pages of the longest list.
FEW, MANY = 10, 110


@pytest.fixture
def world() -> make.World:
    return make.World()


def late_plans(world: make.World, count: int) -> None:
    """Add overdue plans, each with two responsible units and a step; two of them wait for approval."""
    other = make.unit(world.municipality, "Tilapalvelut")
    with search.gathered():
        plans = [
            make.plan(make.action_item(world.goal, world.unit), world.earlier, units=[world.unit, other])
            for _ in range(count)
        ]
        for plan in plans:
            make.step(plan)
    client = signed_in(world.manager)
    for plan in plans[:2]:
        move(client, plan, "start")
        move(client, plan, "propose_completion", "Valmista tuli.", version=2)


def statements(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


PAGES: list[tuple[str, Callable[[make.World], User], int]] = [
    ("/myohassa/", lambda world: world.director, 10),
    ("/myohassa/?sort=name&days=3", lambda world: world.director, 10),
    # One of them reads the last words on each plan.
    ("/odottaa/", lambda world: world.manager, 13),
    ("/odottaa/?q=a&status=not_started", lambda world: world.manager, 13),
    ("/odottaa/", lambda world: world.director, 18),
    # Who directs and has units of their own as well gets both pages in one.
    ("/odottaa/", lambda world: make.member(world.unit, user=world.director), 21),
    ("/odottaa/", lambda world: make.official(world.municipality, Role.VIEWER), 10),
    ("/odottaa/muutokset/", lambda world: world.director, 10),
    ("/strategiat/{strategy}/", lambda world: world.manager, 15),
    ("/strategiat/{strategy}/kokonaan/", lambda world: world.manager, 15),
]


def test_the_days_of_rounds_cost_the_same_for_one_round_and_for_many(world: make.World) -> None:
    make.round_days(world.strategy)
    client, address = signed_in(world.director), f"/strategiat/{world.strategy.pk}/kierrokset/"
    few = statements(client, address)
    for year in range(2022, 2028):
        asked = Actor.system("testit", Door.COMMAND)
        rounds.ensure_rounds(world.strategy, years=[year], actor=asked, now=make.NOW)
    assert few == statements(client, address)
    assert few <= 9


@pytest.mark.parametrize(("address", "who", "budget"), PAGES, ids=lambda value: value if isinstance(value, str) else "")
def test_a_list_costs_the_same_for_few_rows_and_for_many(
    world: make.World, address: str, who: Callable[[make.World], User], budget: int
) -> None:
    client, address = signed_in(who(world)), address.format(strategy=world.strategy.pk)
    late_plans(world, FEW)
    few = statements(client, address)
    late_plans(world, MANY - FEW)

    assert few == statements(client, address)
    assert few <= budget


def test_the_directors_landing_costs_the_same_in_a_round_of_few_answers_and_of_many(world: make.World) -> None:
    asked, client = make.asked(world.plan).round, signed_in(world.director)

    def ask(count: int) -> None:
        for number in range(count):
            unit = make.unit(world.municipality, f"Vastuutaho {number}")
            plan = make.plan(make.action_item(world.goal, unit), world.period, units=[unit, world.unit])
            audited.add(StatusReport(round=asked, plan=plan), make.stamp())

    with search.gathered():
        ask(FEW)
        few = statements(client, "/odottaa/")
        ask(MANY - FEW)
        assert few == statements(client, "/odottaa/")
    # Who is silent in a round is told with whom to call, what was sent and when they were reminded.
    assert few <= 25


def test_the_overdue_list_filtered_by_everything_stays_near_its_budget(world: make.World) -> None:
    late_plans(world, FEW)
    filters = f"unit={world.unit.pk}&goal={world.goal.pk}&period={world.earlier.pk}&days=3"
    # Three to find what is filtered by, two for the tree of units.
    assert statements(signed_in(world.director), f"/myohassa/?{filters}") <= 15


def test_the_overdue_list_as_csv_costs_the_same_for_each_five_hundred_rows(world: make.World) -> None:
    client = signed_in(world.director)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/myohassa/csv/").getvalue()
        return len(captured)

    late_plans(world, FEW)
    cost()
    few = cost()
    late_plans(world, MANY - FEW)
    assert few == cost() <= 10


def test_an_item_costs_the_same_after_a_long_history(world: make.World) -> None:
    client, address = signed_in(world.manager), f"/toimenpiteet/{world.item.pk}/"
    move(client, world.plan, "start")
    make.step(world.plan)
    few = statements(client, address)
    for number in range(20):
        make.step(world.plan, due_on=date(2021, 6, 1 + number), due_precision="day")
        name, comment = ("resume", "") if number % 2 else ("pause", "Odotetaan päätöstä.")
        world.plan.refresh_from_db()
        move(client, world.plan, name, comment)

    assert few == statements(client, address)
    assert few <= 17
