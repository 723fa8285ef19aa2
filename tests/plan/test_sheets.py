"""The plan, a goal, what waits, what changed and what was found as whole files."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.plan.test_moves import move, signed_in
from tests.web.test_lists import SHEET, cells_of, sheet_of
from toimenpiteet.models import ActionItem, PeriodPlan
from toimenpiteet.services import audited

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("spring")]


@pytest.fixture
def world() -> make.World:
    return make.World()


def table(client: Client, address: str) -> list[dict[str, str]]:
    answer: Any = client.get(address)
    assert answer.status_code == 200, address
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig")), delimiter=";"))


def plan_of(world: make.World, query: str = "") -> str:
    return f"/strategiat/{world.strategy.pk}/suunnitelma/?as=csv{query}"


def test_the_plan_is_a_row_for_each_item_and_period(world: make.World) -> None:
    earlier = make.plan(world.item, world.earlier, text_fi="Aloitetaan kysely.")
    make.project(earlier, name_fi="Dataportaali")
    make.step(earlier, due_on=date(2020, 6, 30), due_precision="day")
    bare = make.action_item(world.goal, world.unit, name_fi="Ei vielä millään kaudella")
    move(signed_in(world.manager), world.plan, "start")
    move(signed_in(world.manager), PeriodPlan.objects.get(pk=world.plan.pk), "pause", "Odotetaan rahoitusta.")

    first, second, third = table(signed_in(world.director), plan_of(world))

    assert (first["Toimenpide"], first["Kausi"], first["Teksti"]) == (world.item.name, "2020", "Aloitetaan kysely.")
    assert (first["Hankkeet"], first["Vastuutahot"]) == ("Dataportaali", "Tietohallinto")
    assert (first["Osatoimenpiteitä tehty"], first["Osatoimenpiteet"]) == ("0", "1")
    assert (second["Kausi"], second["Tila"]) == ("2021–2030", "keskeytetty")
    assert second["Viimeksi sanottu"] == "Odotetaan rahoitusta."
    assert (third["Toimenpide"], third["Kausi"], third["Tila"]) == (bare.name, "", "")


def test_days_and_figures_are_what_they_are(world: make.World) -> None:
    answer: Any = signed_in(world.director).get(plan_of(world).replace("csv", "xlsx"))
    cells = cells_of(sheet_of(answer.getvalue()))
    number, day = cells["B2"], cells["J2"]
    assert "t" not in number.attrib or number.attrib["t"] == "n"
    # A day is the number of days since 1900, as XLSX counts them.
    assert day.findtext(f"{SHEET}v") == str((PeriodPlan.objects.get().next_deadline_on - date(1899, 12, 30)).days)


def test_a_file_holds_what_the_page_is_narrowed_to(world: make.World) -> None:
    other = make.goal(world.theme, number=2, name_fi="Talous on vakaa")
    elsewhere = make.action_item(other, world.unit, name_fi="Toinen asia")
    make.plan(elsewhere, world.period)
    client = signed_in(world.director)
    assert [row["Toimenpide"] for row in table(client, plan_of(world, f"&goal={other.pk}"))] == ["Toinen asia"]
    assert table(client, plan_of(world, "&status=completed")) == []
    bare = make.action_item(other, world.unit, name_fi="Ei vielä millään kaudella")
    assert bare.name in client.get(plan_of(world, f"&goal={other.pk}").replace("as=csv", "open=all")).content.decode()
    assert f"?goal={other.pk}&amp;as=csv" in client.get(f"/tavoitteet/{other.pk}/").content.decode()
    assert client.get(plan_of(world, "&goal=999999")).status_code == 404


def test_of_a_past_day_the_file_is_that_day(world: make.World) -> None:
    audited.change(world.plan, make.stamp(at=make.NOW + timedelta(days=20)), text_fi="Myöhemmin kirjoitettu.")
    with time_machine.travel(make.NOW + timedelta(days=30), tick=False):
        past = table(signed_in(world.director), plan_of(world, "&as_of=2021-03-15"))
    assert [row["Teksti"] for row in past] == ["Laaditaan tiekartta."]


def test_the_public_gets_the_published_plan_and_nobodys_words(world: make.World) -> None:
    move(signed_in(world.manager), world.plan, "start")
    move(signed_in(world.manager), PeriodPlan.objects.get(pk=world.plan.pk), "pause", "Odotetaan rahoitusta.")
    (row,) = table(Client(), plan_of(world))
    assert (row["Tila"], row["Viimeksi sanottu"]) == ("keskeytetty", "")
    hidden = make.strategy(world.municipality, published=False)
    assert Client().get(f"/strategiat/{hidden.pk}/suunnitelma/?as=csv").status_code == 404


def test_a_file_costs_as_many_statements_however_long_it_is(world: make.World) -> None:
    client = signed_in(world.director)

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            table(client, plan_of(world))
        return len(asked)

    few = statements()
    for number in range(20):
        make.plan(make.action_item(world.goal, world.unit, name_fi=f"Asia {number}"), world.period)
    assert statements() == few
    assert len(table(client, plan_of(world))) == ActionItem.objects.count()


def test_what_waits_is_a_file(world: make.World) -> None:
    (row,) = table(signed_in(world.manager), "/odottaa/?as=csv")
    assert (row["Toimenpide"], row["Kausi"]) == (world.item.name, "2021–2030")
    assert table(signed_in(world.manager), "/odottaa/?as=csv&status=on_hold") == []
    assert Client().get("/odottaa/?as=csv").status_code == 302


def test_what_changed_is_a_file(world: make.World) -> None:
    with time_machine.travel(make.NOW + timedelta(days=2), tick=False):
        move(signed_in(world.manager), world.plan, "start")
    with time_machine.travel(make.NOW + timedelta(days=30), tick=False):
        address = f"/strategiat/{world.strategy.pk}/muutokset/?from=2021-03-15&to=2021-03-20&as=csv"
        rows = table(signed_in(world.director), address)
    assert [row["Toimenpide"] for row in rows] == [world.item.name]


def test_what_was_found_is_a_file(world: make.World) -> None:
    rows = table(signed_in(world.director), "/haku/?q=tiekartta&as=csv")
    found = next(row for row in rows if row["Nimi"] == world.item.name)
    assert found["Osoite"] == f"http://testserver/toimenpiteet/{world.item.pk}/"
    assert found["Tila"] == "ei aloitettu"
    assert table(Client(), "/haku/?q=kaivos&as=csv") == []
