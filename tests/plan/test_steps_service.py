"""The steps of a plan: who may change them, what is refused, what the record keeps."""

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from tests import make
from toimenpiteet import access
from toimenpiteet.models import Actor, Door, PeriodPlan, Step, Unit, User
from toimenpiteet.services import audited, changing
from toimenpiteet.services.errors import Forbidden, Invalid, OrderChanged, PlanClosed, Stale
from toimenpiteet.services.plan import plans
from toimenpiteet.workflow import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> make.World:
    return make.World()


def by(who: User, reason: str = "Työpajan päätös") -> dict[str, Any]:
    return {
        "scope": access.scope_of(who, make.TODAY),
        "stamp": audited.stamp(Actor.person(who, Door.PAGE), reason, make.NOW),
    }


def add(world: make.World, text: str = "Kysely asukkaille", who: User | None = None, **more: Any) -> Step:
    return changing.add(Step(plan=world.plan, text_fi=text, **more), **by(who or world.manager))


def edit(step: Step, text: str, who: User, version: int = 1, **more: Any) -> Step:
    return changing.change(Step, step.pk, {"text_fi": text, **more}, version=version, **by(who))


def remove(step: Step, who: User, version: int = 1, reason: str = "Työpajan päätös") -> None:
    changing.remove(Step, step.pk, version=version, **by(who, reason))


def place(step: Step, to: int, who: User, version: int | None = None) -> list[int]:
    rows = Step.objects.filter(plan=step.plan_id)
    wanted = [(row.pk, row.version) for row in rows.exclude(pk=step.pk).order_by("order", "pk")]
    wanted.insert(to, (step.pk, version or Step.objects.get(pk=step.pk).version))
    return changing.order(rows, wanted, **by(who))


def order(plan: PeriodPlan) -> list[str]:
    return list(Step.objects.filter(plan=plan).order_by("order", "pk").values_list("text_fi", flat=True))


def test_those_who_work_on_the_plan_add_steps_and_nobody_else(world: make.World) -> None:
    for who in (world.manager, make.member(world.unit, Role.CONTRIBUTOR), world.director):
        add(world, who.email, who)
    other = make.member(make.unit(world.municipality, "Tilapalvelut"))
    for who in (other, make.official(world.municipality, Role.VIEWER)):
        with pytest.raises(Forbidden):
            add(world, "Ei saa", who)
    assert Step.objects.filter(plan=world.plan).count() == 3


def test_a_step_of_another_municipality_does_not_exist(world: make.World) -> None:
    step, stranger = make.step(world.plan), make.World().manager
    for act in (
        lambda: add(world, "Ei ole", stranger),
        lambda: edit(step, "Ei ole", stranger),
        lambda: remove(step, stranger),
    ):
        with pytest.raises(Http404):
            act()
    assert order(world.plan) == ["Kysely asiakkaille"]


def test_the_record_tells_who_added_reworded_and_removed_a_step(world: make.World) -> None:
    step = add(world)
    edit(step, "Kysely asukkaille ja yrityksille", world.director)
    remove(step, world.manager, 2, "Tehdään toisessa hankkeessa")
    told = [
        (row.history_type, row.actor_name.text, row.history_change_reason)
        for row in Step.history.filter(id=step.pk).order_by("history_id")
    ]
    assert told == [
        ("+", "Maija Mallikas", "Työpajan päätös"),
        ("~", "Teppo Testaaja", "Työpajan päätös"),
        ("-", "Maija Mallikas", "Tehdään toisessa hankkeessa"),
    ]


def test_a_new_step_comes_last_and_its_due_date_becomes_the_plans_next_deadline(world: make.World) -> None:
    make.step(world.plan, text_fi="Ensimmäinen", order=4)
    add(world, "Toinen", due_on=date(2021, 11, 30), due_precision="season", date_kind="due")
    assert order(world.plan) == ["Ensimmäinen", "Toinen"]
    assert PeriodPlan.objects.get(pk=world.plan.pk).next_deadline_on == date(2021, 11, 30)
    step = Step.objects.get(text_fi="Toinen")
    remove(step, world.manager)
    assert PeriodPlan.objects.get(pk=world.plan.pk).next_deadline_on == date(2030, 12, 31)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"text": ""}, "text_fi"),
        ({"text": "   \n "}, "text_fi"),
        ({"text": "a" * 10_000}, "text_fi"),
        ({"text": "Kysely\x00"}, "text_fi"),
        ({"text": "Kysely", "due_precision": "month"}, "due_precision"),
        ({"text": "Kysely", "due_on": date(2021, 6, 15), "due_precision": "month"}, "due_on"),
        ({"text": "Kysely", "due_on": date(2021, 6, 30), "due_precision": "fortnight"}, "due_on"),
        ({"text": "Kysely", "unit_id": 999_999}, "unit"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(world: make.World, wanted: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        add(world, **wanted)
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
    edit(step, "Kysely uusiksi", world.manager, unit=ended.pk)
    assert Step.objects.get(pk=step.pk).unit == ended


def test_two_people_never_overwrite_each_other_in_silence(world: make.World) -> None:
    step = add(world)
    first = add(world, "Ensin")
    edit(first, "Haastattelut", world.director)
    for act in (lambda: edit(first, "Työpaja", world.manager), lambda: remove(first, world.manager)):
        with pytest.raises(Stale):
            act()
    with pytest.raises(OrderChanged):
        place(first, 0, world.manager, version=1)
    assert order(world.plan) == [step.text, "Haastattelut"]


def test_a_change_of_nothing_leaves_nothing(world: make.World) -> None:
    step = add(world)
    edit(step, "Kysely asukkaille", world.manager)
    assert place(step, 5, world.manager) == []
    assert Step.history.filter(id=step.pk).count() == 1


def test_a_closed_plan_keeps_its_steps_as_they_are(world: make.World) -> None:
    step, other = add(world), add(world, "Toinen")
    told: dict[str, Any] = {
        "actor": Actor.person(world.director, Door.PAGE),
        "now": make.NOW,
        "comment": "Ei enää ajankohtainen",
    }
    scope = access.scope_of(world.director, make.TODAY)
    plans.move(world.plan.pk, "discontinue", version=1, scope=scope, **told)
    for act in (
        lambda: add(world, "Kolmas"),
        lambda: edit(step, "Työpaja", world.manager),
        lambda: place(other, 0, world.manager),
        lambda: remove(step, world.manager),
    ):
        with pytest.raises(PlanClosed):
            act()
    assert order(world.plan) == ["Kysely asukkaille", "Toinen"]


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
    place(made[2], to, world.manager)
    assert "".join(order(world.plan)) == result
    assert Step.history.filter(history_type="~").count() == written


def test_a_text_is_kept_as_it_was_typed_whatever_its_script(world: make.World) -> None:
    text = "مرحبا 👷🏽‍♀️ <b>tekstiä</b> {{ 7 * 7 }}"
    add(world, text)
    assert order(world.plan) == [text]


# The lock


def test_a_locked_plan_is_found_without_touching_what_it_hangs_on(world: make.World) -> None:
    scope = access.scope_of(world.manager, make.TODAY)
    with transaction.atomic(), CaptureQueriesContext(connection) as seen:
        locked, _right = plans.editable(scope, world.plan.pk)
    assert (locked.pk, locked.text, locked.version) == (world.plan.pk, world.plan.text, 1)
    # Rows that were joined would be locked with it, and every move in the city would wait for the one before.
    assert ["JOIN" in query["sql"] for query in seen.captured_queries if "periodplan" in query["sql"]] == [False]


def test_a_plan_of_another_municipality_is_not_locked(world: make.World) -> None:
    stranger, nobody = make.official(make.municipality()), make.user()
    for who in (stranger, nobody):
        with transaction.atomic(), pytest.raises(Http404):
            plans.editable(access.scope_of(who, make.TODAY), world.plan.pk)
