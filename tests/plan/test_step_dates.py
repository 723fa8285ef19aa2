"""The date of a step says what it means, and only a due date can be late; a means of a plan is no step."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tests import make
from toimenpiteet import access
from toimenpiteet.models import Actor, Door, PeriodPlan, PlanMeans, Step, User
from toimenpiteet.selectors.history.integrity import against_deadlines
from toimenpiteet.selectors.search.search import search
from toimenpiteet.services import audited, changing, rules
from toimenpiteet.services.errors import Invalid
from toimenpiteet.services.plan import plans

pytestmark = pytest.mark.django_db
PAST: dict[str, Any] = {"due_on": date(2020, 11, 30), "due_precision": "day"}
OTHER_KINDS = ("happened", "in_force_from", "starts", "ends")


@pytest.fixture
def world() -> make.World:
    return make.World()


def by(who: User) -> dict[str, Any]:
    return {"scope": access.scope_of(who, make.TODAY), "actor": Actor.person(who, Door.PAGE), "now": make.NOW}


def page(client: Client, world: make.World) -> str:
    return client.get(f"/toimenpiteet/{world.item.pk}/").content.decode()


def means(world: make.World, **fields: Any) -> PlanMeans:
    values = {"key": "verkosto", "text_fi": "Kansalliset verkostot"} | fields
    return audited.add(PlanMeans(plan=world.plan, **values), make.stamp())


@pytest.mark.parametrize(("kind", "late"), [("due", True), *((kind, False) for kind in OTHER_KINDS)])
def test_only_a_due_date_moves_the_plans_deadline(world: make.World, kind: str, late: bool) -> None:
    make.step(world.plan, **PAST, date_kind=kind)
    plan = PeriodPlan.objects.get(pk=world.plan.pk)
    assert (plan.next_deadline_on == PAST["due_on"]) == late
    assert list(against_deadlines()) == []


def test_another_kind_takes_the_deadline_away_again(world: make.World) -> None:
    step = make.step(world.plan, **PAST)
    who = by(world.manager)
    stamp = audited.stamp(who["actor"], "Päätös on tehty", make.NOW)
    changing.change(Step, step.pk, {"date_kind": "happened"}, version=1, scope=who["scope"], stamp=stamp)
    assert PeriodPlan.objects.get(pk=world.plan.pk).next_deadline_on == date(2030, 12, 31)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("due", "määräaika 30.11.2020"),
        ("happened", "tapahtui 30.11.2020"),
        ("in_force_from", "tulee voimaan 30.11.2020"),
        ("starts", "alkaa 30.11.2020"),
        ("ends", "päättyy 30.11.2020"),
    ],
)
def test_the_page_says_what_the_date_means(world: make.World, client: Client, kind: str, words: str) -> None:
    make.step(world.plan, **PAST, date_kind=kind)
    shown = page(client, world)
    assert words in shown
    assert ("myöhässä" in shown) == (kind == "due")


def test_a_done_step_keeps_its_due_date_in_sight(world: make.World, client: Client) -> None:
    make.step(world.plan, **PAST, done=True, done_on=date(2020, 11, 27))
    shown = page(client, world)
    assert "27.11.2020" in shown
    assert "määräaika 30.11.2020" in shown


@pytest.mark.parametrize(
    "fields", [{"date_kind": "happened"}, {**PAST, "date_kind": ""}, {**PAST, "date_kind": "when"}]
)
def test_a_date_and_its_meaning_come_together(world: make.World, fields: dict[str, Any]) -> None:
    step = Step(plan=world.plan, key="kysely", text_fi="Kysely", **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        audited.add(step, make.stamp())
    with pytest.raises(Invalid) as refused:
        rules.check(step)
    assert refused.value.field == "date_kind"


def test_what_is_carried_over_keeps_dates_that_still_hold(world: make.World) -> None:
    make.period(world.strategy, 2031, 2035)
    make.step(world.plan, key="vanha", **PAST)
    make.step(world.plan, key="uusi", due_on=date(2032, 6, 30), due_precision="month")
    make.step(world.plan, key="voimassa", due_on=date(2021, 6, 30), due_precision="month", date_kind="in_force_from")
    means(world, doubt="Rivi epävarma.")
    plans.move(world.plan.pk, "carry_over", version=world.plan.version, comment="Jatketaan", **by(world.director))
    later = PeriodPlan.objects.get(item=world.item, period__start_year=2031)
    kept = Step.objects.filter(plan=later).values_list("key", "due_on", "date_kind")
    assert set(kept) == {
        ("vanha", None, ""),
        ("uusi", date(2032, 6, 30), "due"),
        ("voimassa", date(2021, 6, 30), "in_force_from"),
    }
    assert later.next_deadline_on == date(2032, 6, 30)
    assert PlanMeans.objects.filter(plan=later).values_list("key", "text_fi", "doubt").get() == (
        *("verkosto", "Kansalliset verkostot", "Rivi epävarma."),
    )


def test_means_are_read_beside_the_steps_and_found(world: make.World, client: Client) -> None:
    made = means(world, doubt="Rivi epävarma.")
    for address in (f"/toimenpiteet/{world.item.pk}/", f"/strategiat/{world.strategy.pk}/suunnitelma/"):
        shown = client.get(address).content.decode()
        assert "Kansalliset verkostot" in shown, address
        assert ("Rivi epävarma." in shown) is address.startswith("/toimenpiteet"), address
        assert "epävarma kohta" in shown, address
    everybody = access.scope_of(None, make.TODAY)
    assert [hit.page_id for hit in search(everybody, "verkostot").hits] == [world.item.pk]
    audited.remove(PlanMeans.objects.get(pk=made.pk), make.stamp())
    assert search(everybody, "verkostot").hits == []


def test_the_api_tells_dates_with_their_meaning_and_means(world: make.World, client: Client) -> None:
    make.step(world.plan, **PAST, date_kind="happened")
    make.step(world.plan, key="toinen")
    means(world)
    plan = client.get(f"/api/v1/plans/{world.plan.pk}/").json()
    assert plan["steps"][0]["date"] == {
        "on": "2020-11-30",
        "precision": "day",
        "kind": "happened",
        "words": "tapahtui 30.11.2020",
    }
    assert plan["steps"][1]["date"] is None
    assert [one["text"] for one in plan["means"]] == ["Kansalliset verkostot"]
    found = client.get("/api/v1/steps/", {"date_kind": "happened"}).json()
    assert [step["id"] for step in found["results"]] == [plan["steps"][0]["id"]]
