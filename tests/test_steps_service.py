"""The steps of a plan: who may change them, what is refused, what the record keeps."""

from datetime import date
from typing import Any

import pytest
from django.http import Http404

from tests import make
from toimenpiteet import access
from toimenpiteet.models import Actor, Door, PeriodPlan, Step, Unit, User
from toimenpiteet.services import plans, steps
from toimenpiteet.services.errors import Forbidden, Invalid, Stale
from toimenpiteet.services.steps import Wanted
from toimenpiteet.workflow import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> make.World:
    return make.World()


def by(who: User) -> dict[str, Any]:
    return {"scope": access.scope_of(who, make.TODAY), "actor": Actor.person(who, Door.PAGE), "now": make.NOW}


def says(text: str, **more: Any) -> Wanted:
    return Wanted({"text_fi": text, "text_sv": "", "text_en": ""}, **more)


def add(world: make.World, text: str = "Kysely asukkaille", key: str = "avain-1", **more: Any) -> Step:
    return steps.add(world.plan.pk, says(text, **more), key=key, **by(world.manager))


def order(plan: PeriodPlan) -> list[str]:
    return list(Step.objects.filter(plan=plan).order_by("order", "pk").values_list("text_fi", flat=True))


def test_those_who_work_on_the_plan_add_steps_and_nobody_else(world: make.World) -> None:
    for who in (world.manager, make.member(world.unit, Role.CONTRIBUTOR), world.director):
        steps.add(world.plan.pk, says(who.email), key=f"avain-{who.pk}", **by(who))
    other = make.member(make.unit(world.municipality, "Tilapalvelut"))
    for who in (other, make.official(world.municipality, Role.VIEWER), make.official(world.municipality, Role.ADMIN)):
        with pytest.raises(Forbidden):
            steps.add(world.plan.pk, says("Ei saa"), key="avain-x", **by(who))
    assert Step.objects.filter(plan=world.plan).count() == 3


def test_a_step_of_another_municipality_does_not_exist(world: make.World) -> None:
    step, stranger = make.step(world.plan), make.World().manager
    for act in (
        lambda: steps.add(world.plan.pk, says("Ei ole"), key="avain", **by(stranger)),
        lambda: steps.edit(step.pk, says("Ei ole"), version=1, **by(stranger)),
        lambda: steps.place(step.pk, 0, version=1, **by(stranger)),
        lambda: steps.remove(step.pk, version=1, **by(stranger)),
    ):
        with pytest.raises(Http404):
            act()
    assert order(world.plan) == ["Kysely asiakkaille"]


def test_the_record_tells_who_added_reworded_and_removed_a_step(world: make.World) -> None:
    step = add(world)
    steps.edit(step.pk, says("Kysely asukkaille ja yrityksille"), version=1, **by(world.director))
    steps.remove(step.pk, version=2, reason="Tehdään toisessa hankkeessa", **by(world.manager))
    told = [
        (row.history_type, row.actor_name.text, row.history_change_reason)
        for row in Step.history.filter(id=step.pk).order_by("history_id")
    ]
    assert told == [
        ("+", "Maija Mallikas", "Osatoimi lisätty"),
        ("~", "Teppo Testaaja", "Osatoimea muokattu"),
        ("-", "Maija Mallikas", "Tehdään toisessa hankkeessa"),
    ]


def test_the_same_form_twice_makes_one_step(world: make.World) -> None:
    assert add(world, key="avain-7").pk == add(world, key="avain-7").pk
    assert Step.objects.filter(plan=world.plan).count() == 1


def test_a_new_step_comes_last_and_its_due_date_becomes_the_plans_next_deadline(world: make.World) -> None:
    make.step(world.plan, text_fi="Ensimmäinen", order=4)
    add(world, "Toinen", due_on=date(2021, 11, 30), due_precision="season")
    assert order(world.plan) == ["Ensimmäinen", "Toinen"]
    assert PeriodPlan.objects.get(pk=world.plan.pk).next_deadline_on == date(2021, 11, 30)
    step = Step.objects.get(text_fi="Toinen")
    steps.remove(step.pk, version=1, **by(world.manager))
    assert PeriodPlan.objects.get(pk=world.plan.pk).next_deadline_on == date(2030, 12, 31)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (says(""), "text_fi"),
        (says("   \n "), "text_fi"),
        (says("a" * 10_000), "text_fi"),
        (says("Kysely\x00"), "text_fi"),
        (says("Kysely", due_precision="month"), "due_precision"),
        (says("Kysely", due_on=date(2021, 6, 15), due_precision="month"), "due_on"),
        (says("Kysely", due_on=date(2021, 6, 30), due_precision="fortnight"), "due_on"),
        (says("Kysely", unit_id=999_999), "unit"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(world: make.World, wanted: Wanted, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        steps.add(world.plan.pk, wanted, key="avain", **by(world.manager))
    assert refused.value.field == field
    assert not Step.objects.exists()


def test_a_unit_of_another_municipality_or_one_that_has_ended_is_no_choice(world: make.World) -> None:
    elsewhere = make.unit(make.municipality(), "Muualla")
    ended: Unit = make.unit(world.municipality, "Entinen", successor=world.unit)
    for unit in (elsewhere, ended):
        with pytest.raises(Invalid) as refused:
            add(world, unit_id=unit.pk)
        assert refused.value.field == "unit"


def test_a_step_keeps_the_unit_that_it_had_when_that_has_ended(world: make.World) -> None:
    ended = make.unit(world.municipality, "Entinen", successor=world.unit)
    step = make.step(world.plan, unit=ended)
    steps.edit(step.pk, says("Kysely uusiksi", unit_id=ended.pk), version=1, **by(world.manager))
    assert Step.objects.get(pk=step.pk).unit == ended


def test_two_people_never_overwrite_each_other_in_silence(world: make.World) -> None:
    step = add(world)
    steps.edit(step.pk, says("Haastattelut"), version=1, **by(world.director))
    for act in (
        lambda: steps.edit(step.pk, says("Työpaja"), version=1, **by(world.manager)),
        lambda: steps.place(step.pk, 0, version=1, **by(world.manager)),
        lambda: steps.remove(step.pk, version=1, **by(world.manager)),
    ):
        with pytest.raises(Stale):
            act()
    assert order(world.plan) == ["Haastattelut"]


def test_a_change_of_nothing_leaves_nothing(world: make.World) -> None:
    step = add(world)
    steps.edit(step.pk, says("Kysely asukkaille"), version=1, **by(world.manager))
    steps.place(step.pk, 5, version=1, **by(world.manager))
    assert Step.history.filter(id=step.pk).count() == 1


def test_a_closed_plan_keeps_its_steps_as_they_are(world: make.World) -> None:
    step = add(world)
    plans.move(world.plan.pk, "discontinue", version=1, comment="Ei enää ajankohtainen", **by(world.director))
    for act in (
        lambda: add(world, key="toinen"),
        lambda: steps.edit(step.pk, says("Työpaja"), version=1, **by(world.manager)),
        lambda: steps.place(step.pk, 0, version=1, **by(world.manager)),
        lambda: steps.remove(step.pk, version=1, **by(world.manager)),
    ):
        with pytest.raises(Invalid):
            act()
    assert order(world.plan) == ["Kysely asukkaille"]


@pytest.mark.parametrize(
    ("orders", "to", "result", "written"),
    [
        ([0, 1, 2], 0, "cab", 3),
        ([0, 1, 2], 1, "acb", 2),
        ([0, 1, 2], 99, "abc", 0),
        ([5, 10, 40], 1, "acb", 2),
        ([0, 0, 0], 1, "acb", 2),
    ],
)
def test_a_step_is_put_in_its_place_and_only_what_moves_is_written(
    world: make.World, orders: list[int], to: int, result: str, written: int
) -> None:
    made = [make.step(world.plan, text_fi=text, order=at) for text, at in zip("abc", orders, strict=True)]
    steps.place(made[2].pk, to, version=1, **by(world.manager))
    assert "".join(order(world.plan)) == result
    assert Step.history.filter(history_type="~").count() == written


def test_a_text_is_kept_as_it_was_typed_whatever_its_script(world: make.World) -> None:
    text = "مرحبا 👷🏽‍♀️ <b>tekstiä</b> {{ 7 * 7 }}"
    add(world, text)
    assert order(world.plan) == [text]
