"""The end of a period: what is open, what a move would do, and each plan carried over, approved or discontinued."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from tests import make
from tests.pages import squeezed
from tests.plan.test_moves import move, signed_in
from tests.web.test_budgets import statements
from toimenpiteet.models import PeriodPlan, StatusChange
from toimenpiteet.workflow import Role

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PREVIEW, MOVES = "/suunnitelmat/siirrot/esikatselu/", "/suunnitelmat/siirrot/"


class Closing(make.World):
    """A period that is over, with a plan in each open status; one item has a plan in the next period already."""

    def __init__(self) -> None:
        super().__init__()
        self.idle, self.going, self.proposed = (self._plan(name) for name in ("Odottava", "Käynnissä", "Ehdotettu"))
        self.next = make.plan(self.going.item, self.period)
        client = signed_in(self.manager)
        for plan in (self.going, self.proposed):
            move(client, plan, "start")
        move(client, self.proposed, "propose_completion", "Valmis.", version=2)
        self.place = f"/kaudet/{self.earlier.pk}/paattaminen/"
        self.client = signed_in(self.director)

    def _plan(self, name: str) -> PeriodPlan:
        return make.plan(make.action_item(self.goal, self.unit, name_fi=name), self.earlier)

    def order(self, name: str, *plans: PeriodPlan, **more: Any) -> dict[str, Any]:
        """Return the form that chooses `plans` as they are now."""
        for plan in plans:
            plan.refresh_from_db()
        return {"name": name, "plan": [f"{plan.pk}:{plan.version}" for plan in plans], "next": self.place, **more}

    def preview(self, name: str, *plans: PeriodPlan, **more: Any) -> tuple[int, str]:
        """Return what the look ahead answers, and says."""
        response = self.client.post(PREVIEW, self.order(name, *plans, **more))
        return response.status_code, squeezed(response.content.decode())


@pytest.fixture
def world() -> Iterator[Closing]:
    with time_machine.travel(make.NOW, tick=False):
        yield Closing()


def test_the_director_finds_what_is_open_of_a_period_that_is_over(world: Closing) -> None:
    first = squeezed(world.client.get("/odottaa/").content.decode())
    assert "Kausi 2020 on päättynyt (Mallilan strategia), ja osa sen toimenpiteistä on yhä avoinna." in first
    assert world.place in first
    assert world.place in world.client.get(f"/strategiat/{world.strategy.pk}/").content.decode()
    page = world.client.get(world.place).content.decode()
    # First what waits for the director.
    assert page.index("Ehdotettu") < page.index("Käynnissä") < page.index("Odottava")
    assert "Odottava" not in world.client.get(f"{world.place}?tila=in_progress").content.decode()
    for person in (world.manager, make.official(world.municipality, Role.VIEWER)):
        assert signed_in(person).get(world.place).status_code == 403


def test_a_look_ahead_tells_what_would_happen_and_does_nothing(world: Closing) -> None:
    plans = (world.idle, world.going, world.proposed)
    before = StatusChange.objects.count()
    status, page = world.preview("carry_over", *plans, comment="Työ jatkuu.")
    goes, stays = page.split('id="staying"')
    assert status == 200
    assert "jatkuu kaudella 2021–2030" in goes
    assert "on jo kaudella 2021–2030" in goes
    assert "Ehdotettu" not in goes.split('id="going"')[1]
    assert "Ehdotettu" in stays
    assert "Voit nyt tehdä sille tämän: Hyväksy valmistuneeksi, Palauta täydennettäväksi." in stays
    assert "Työ jatkuu." in stays
    assert StatusChange.objects.count() == before
    # A plan that somebody changed since is not moved unseen.
    stale = {"plan": [f"{world.idle.pk}:7"]}
    assert "muutti tätä" in world.preview("discontinue", world.idle, **stale)[1]
    assert world.preview("", world.idle)[0] == 422
    assert world.preview("carry_over")[0] == 422


def test_what_is_chosen_is_carried_over_and_the_item_tells_it_both_ways(world: Closing) -> None:
    sent = world.client.post(MOVES, world.order("carry_over", world.idle, world.going, comment="Työ jatkuu."))
    assert (sent.status_code, sent["Location"]) == (303, world.place)
    world.client.post(MOVES, world.order("approve", world.proposed))
    rows = StatusChange.objects.filter(move__in=("carry_over", "approve")).order_by("pk")
    assert [(row.move, row.comment, bool(row.made_plan_id)) for row in rows] == [
        ("carry_over", "Työ jatkuu.", True),
        ("carry_over", "Työ jatkuu.", False),
        ("approve", "", False),
    ]
    item = squeezed(world.client.get(f"/toimenpiteet/{world.going.item_id}/").content.decode())
    assert f'Jatkuu kaudella <a href="#period-{world.next.pk}">2021–2030</a>' in item
    assert f'Jatkoa kaudelta <a href="#period-{world.going.pk}">2020</a>' in item
    assert "Kaudesta ei ole enää mitään avoinna" in world.client.get(world.place).content.decode()


def test_whoever_approves_reads_what_was_proposed_and_by_whom(world: Closing) -> None:
    for place in ("/odottaa/", world.place):
        page = squeezed(world.client.get(place).content.decode())
        said = "15.3.2021 klo 11.00: Maija Mallikas ilmoitti toimenpiteen valmiiksi.</p> <p>Valmis.</p>"
        assert said in page, place


def test_without_a_reason_nothing_is_discontinued(world: Closing) -> None:
    refused = world.client.post(MOVES, world.order("discontinue", world.idle, world.going, comment=" "))
    assert refused.status_code == 422
    assert not StatusChange.objects.filter(move="discontinue").exists()


def test_a_period_costs_the_same_for_few_plans_and_for_many(world: Closing) -> None:
    few, first = statements(world.client, world.place), statements(world.client, "/odottaa/")
    for number in range(20):
        make.plan(make.action_item(world.goal, world.unit, name_fi=f"Asia {number}"), world.earlier)
    assert few == statements(world.client, world.place) <= 13
    assert first == statements(world.client, "/odottaa/")
