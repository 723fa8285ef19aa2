"""Goals that bind, kinds of figures and targets, sectors, and what dates mean: on the forms, the pages, in the API."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import make
from tests.edit.editors import WHY, Kept, html, keep, newest, send
from toimenpiteet.models import Goal, IndicatorTarget, IndicatorValue, PlanMeans, Step, Unit
from toimenpiteet.services import audited, rules
from toimenpiteet.services.errors import Invalid

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def world() -> Kept:
    return Kept()


def api(path: str) -> Any:
    return Client().get(f"/api/v1/{path}").json()


def test_a_step_without_a_chosen_meaning_is_due(world: Kept) -> None:
    day = {"due_on": "2021-10-05", "due_precision": "season"}
    assert send(world.client, keep(world, "step"), **day).status_code == 303
    assert Step.objects.values_list("due_on", "date_kind").get(pk=world.step.pk) == (date(2021, 11, 30), "due")
    assert send(world.client, keep(world, "step"), date_kind="starts").status_code == 303
    assert Step.objects.get(pk=world.step.pk).date_kind == "starts"
    assert send(world.client, keep(world, "step"), due_on="", due_precision="").status_code == 303
    assert Step.objects.values_list("due_on", "date_kind").get(pk=world.step.pk) == (None, "")


def test_means_are_added_under_their_plan(world: Kept) -> None:
    address = reverse("edit-add", args=["means", world.plan.pk])
    assert send(world.client, address, text_fi="Verrokkikaupungit").status_code == 303
    made = PlanMeans.objects.get(text_fi="Verrokkikaupungit")
    assert (made.plan_id, newest(made).history_change_reason) == (world.plan.pk, WHY)
    assert "Verrokkikaupungit" in html(world.client.get(keep(world, "plan")))


def test_a_goal_binds_and_says_when_it_is_reached(world: Kept) -> None:
    values = {"binding": "on", "counting": "share", "counting_share": "75"}
    assert send(world.client, keep(world, "goal"), **values).status_code == 303
    page = html(Client().get(f"/tavoitteet/{world.goal.pk}/"))
    assert "Sitova valtuustoon nähden" in page
    assert "osuus sen mittareista saavuttaa tavoitteensa (75 %)" in page
    goal = api(f"goals/{world.goal.pk}/")
    assert (goal["binding"], goal["counting"], goal["counting_share"]) == (True, "share", 75)
    assert [row["id"] for row in api("goals/?binding=true")["results"]] == [world.goal.pk]
    assert api("goals/?binding=false")["results"] == []


@pytest.mark.parametrize(
    "values", [{"counting": "share"}, {"counting_share": 75}, {"counting": "share", "counting_share": 101}]
)
def test_a_share_has_its_number(world: Kept, values: dict[str, Any]) -> None:
    goal = Goal.objects.get(pk=world.goal.pk)
    for name, value in values.items():
        setattr(goal, name, value)
    with pytest.raises(Invalid) as refused:
        rules.check(goal)
    assert refused.value.field == "counting_share"


def test_a_figure_tells_when_the_next_one_comes(world: Kept) -> None:
    values = {"kind": "preliminary", "next_expected_on": "2021-06-10", "next_expected_precision": "month"}
    assert send(world.client, keep(world, "value"), **values).status_code == 303
    value = IndicatorValue.objects.get(pk=world.rows["value"].pk)
    assert (value.kind, value.next_expected_on) == ("preliminary", date(2021, 6, 30))
    page = html(Client().get(f"/mittarit/{value.indicator_id}/"))
    assert "seuraava luku tulee kesäkuussa 2021" in page
    assert "ennakkotieto" in page
    [figure] = api(f"indicators/{value.indicator_id}/")["values"]
    assert (figure["kind"], figure["next_expected"]["on"]) == ("preliminary", "2021-06-30")


def test_a_figure_whose_year_or_kind_is_lost_is_never_the_latest(world: Kept) -> None:
    indicator = make.indicator(world.strategy)
    for key, kind, year, position, number in (
        ("a", "TP", 2019, None, 731),
        ("b", "TP", None, 2, 732),
        ("c", "unknown", 2020, None, 733),
        ("d", "estimate", 2999, None, 734),
    ):
        row = {"kind": kind, "year": year, "position": position, "value": Decimal(number)}
        audited.add(IndicatorValue(indicator=indicator, key=key, **row), make.stamp())
    listed = html(Client().get(f"/strategiat/{world.strategy.pk}/mittarit/"))
    assert "731" in listed
    assert "732" not in listed
    assert "733" not in listed
    assert "734" not in listed
    assert "lajia ei tiedetä" in html(Client().get(f"/mittarit/{indicator.pk}/"))


def test_a_figure_keeps_the_decimals_that_its_document_prints(world: Kept) -> None:
    indicator = make.indicator(world.strategy)
    for key, year, number, decimals in (("a", 2018, "16.2", None), ("b", 2019, "17", 1), ("c", 2020, "1700", None)):
        row = {"kind": "TP", "year": year, "value": Decimal(number), "decimals": decimals}
        audited.add(IndicatorValue(indicator=indicator, key=key, **row), make.stamp())
    page = html(Client().get(f"/mittarit/{indicator.pk}/"))
    for words in ("<strong>16,2</strong>", "<strong>17,0</strong>", "<strong>1\xa0700</strong>"):
        assert words in page, words


def test_the_doubt_of_a_figure_stands_beside_it_on_pages_and_in_files(world: Kept) -> None:
    indicator = make.indicator(world.strategy)
    row = {"kind": "TP", "year": 2020, "value": Decimal("-6154.5"), "doubt": "Luettu merkeistä Bl54."}
    audited.add(IndicatorValue(indicator=indicator, key="a", **row), make.stamp())
    address = f"/strategiat/{world.strategy.pk}/mittarit/"
    for page in (f"/mittarit/{indicator.pk}/", address, f"{address}?view=table"):
        assert "Luettu merkeistä Bl54." in html(Client().get(page)), page
    answer: Any = Client().get(address, {"as": "csv"})
    line = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[-1]
    assert ";-6154,5;" in line
    assert "Luettu merkeistä Bl54." in line


def test_targets_are_told_apart(world: Kept) -> None:
    indicator = make.indicator(world.strategy, unit_of_measure="asukasta")
    other = make.indicator(world.strategy, name_fi="Poistot")
    for key, fields in (
        ("amount", {"operator": "change", "value": Decimal(-1), "standing": "agreed"}),
        ("percent", {"operator": "change_percent", "value": Decimal(-10), "standing": "draft"}),
        ("above", {"operator": "above", "above_indicator": other, "standing": "proposed"}),
    ):
        audited.add(IndicatorTarget(indicator=indicator, key=key, order=len(key), **fields), make.stamp())
    page = html(Client().get(f"/mittarit/{indicator.pk}/"))
    for words in ("muutos −1 asukasta<", "suhteellinen muutos −10 %", "yli toisen mittarin Poistot"):
        assert words in page, words
    for words in ("(sovittu)", "(kirjattu luonnokseen)", "(vain ehdotettu)"):
        assert words in page, words
    targets = {target["key"]: target for target in api(f"indicators/{indicator.pk}/")["targets"]}
    assert targets["above"]["above_indicator"] == other.pk
    assert targets["percent"]["standing"] == "draft"


def test_only_a_comparison_names_another_indicator(world: Kept) -> None:
    other = make.indicator(world.strategy)
    response = send(world.client, keep(world, "target"), above_indicator=other.pk)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["above_indicator"])
    response = send(world.client, keep(world, "target"), operator="above", value="", above_indicator=other.pk)
    assert response.status_code == 303


def test_a_unit_may_be_a_sector(world: Kept) -> None:
    assert send(world.client, keep(world, "unit"), kind="sector").status_code == 303
    assert Unit.objects.get(pk=world.unit.pk).get_kind_display() == "toimiala"
    assert [unit["id"] for unit in api("units/?kind=sector")["results"]] == [world.unit.pk]
