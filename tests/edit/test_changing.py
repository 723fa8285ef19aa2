"""One way of changing behind every door: the same rules in the same words, a form sent twice, an order, deadlines."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from tests import make
from tests.api.town import Town
from tests.edit.editors import WHY, Kept, html, keep, send, typed
from tests.plan.test_moves import signed_in
from toimenpiteet import access
from toimenpiteet.models import (
    Actor,
    Comment,
    Door,
    Goal,
    PeriodPlan,
    PlanMeans,
    PlanUnit,
    Step,
    UnauditedChange,
    User,
)
from toimenpiteet.services import audited, changing
from toimenpiteet.services.errors import Invalid, PlanClosed
from toimenpiteet.services.plan import plans
from toimenpiteet.workflow import Status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]
CLOSED = "Toimenpide on suljettu, joten sen osatoimenpiteet ja keinot pysyvät ennallaan."


@pytest.fixture
def world() -> Kept:
    return Kept()


def close(plan: PeriodPlan) -> None:
    """Complete a plan by its moves."""
    people = {"propose_completion": make.member(plan.unit_links.get().unit)}
    director = make.official(plan.municipality)
    for move in ("start", "propose_completion", "approve"):
        who = people.get(move, director)
        told: Any = {"actor": Actor.person(who, Door.PAGE), "now": make.NOW, "comment": "Valmista tuli"}
        version = PeriodPlan.objects.get(pk=plan.pk).version
        plans.move(plan.pk, move, scope=access.scope_of(who, make.TODAY), version=version, **told)
    assert PeriodPlan.objects.get(pk=plan.pk).status == Status.COMPLETED


# The steps of a closed plan


def test_every_door_keeps_the_steps_of_a_closed_plan_and_says_why_in_the_same_words(world: Kept) -> None:
    other = make.step(world.plan, order=5)
    form = typed(world.client.get(keep(world, "step"))) | {"reason": WHY, "text_fi": "Muutettu"}
    close(world.plan)
    admin, director, step = world.client, signed_in(world.director), world.step
    rows = [f"{row.pk}:{row.version}" for row in (other, step)]
    version = {"seen_version": 1, "reason": WHY}
    answers = [
        admin.get(keep(world, "step")),
        admin.post(keep(world, "step"), form),
        admin.post(reverse("edit-remove", args=["step", step.pk]), version),
        admin.post(reverse("edit-add", args=["step", world.plan.pk]), {"text_fi": "Uusi", "reason": WHY}),
        admin.post(reverse("edit-order", args=["step", world.plan.pk]), {"row": rows}),
        director.post(reverse("step-edit", args=[step.pk]), {"text_fi": "Muutettu", **version}),
        director.post(reverse("step-remove", args=[step.pk]), version),
        director.post(reverse("step-add", args=[world.plan.pk]), {"text_fi": "Uusi"}),
        director.post(reverse("step-order", args=[world.plan.pk]), {"row": rows, "move": f"{step.pk}:up"}),
    ]
    for at, answer in enumerate(answers):
        assert (at, answer.status_code) == (at, 403)
        assert CLOSED in html(answer)
        assert html(answer).partition("<h1>")[2].partition("</h1>")[0].strip() == "Toimenpide on suljettu"
    assert [(row.text, row.version) for row in Step.objects.order_by("order")] == [("Kysely asiakkaille", 1)] * 2


def test_the_page_of_a_closed_plan_offers_no_change_to_its_steps_and_means(world: Kept) -> None:
    offered = [
        keep(world, "step"),
        *(reverse("edit-add", args=[editable, world.plan.pk]) for editable in ("step", "means")),
    ]
    page = html(world.client.get(keep(world, "plan")))
    assert [address for address in offered if f'"{address}"' not in page] == []
    close(world.plan)
    page = html(world.client.get(keep(world, "plan")))
    assert [address for address in offered if f'"{address}"' in page] == []
    assert CLOSED in page
    assert "Kysely asiakkaille" in page


def test_programs_keep_the_steps_of_a_closed_plan(world: Kept) -> None:
    other = make.step(world.plan, order=5)
    close(world.plan)
    by: Any = {"scope": None, "stamp": make.stamp()}
    for act in (
        lambda: changing.add(Step(plan=world.plan, key="uusi", text_fi="Uusi"), **by),
        lambda: changing.change(Step, world.step.pk, {"text_fi": "Muutettu"}, version=1, **by),
        lambda: changing.remove(Step, world.step.pk, **by),
        lambda: changing.order(Step.objects.filter(plan=world.plan), [(other.pk, 1), (world.step.pk, 1)], **by),
    ):
        with pytest.raises(PlanClosed):
            act()


def test_the_means_of_a_closed_plan_stay_too(world: Kept) -> None:
    means = PlanMeans.objects.get(plan=world.plan)
    close(world.plan)
    keeping, why = world.client, {"reason": WHY, "version": 1}
    for answer in (
        keeping.post(reverse("edit", args=["means", means.pk]), {"text_fi": "Muutettu", **why}),
        keeping.post(reverse("edit-remove", args=["means", means.pk]), why),
        keeping.post(reverse("edit-add", args=["means", world.plan.pk]), {"text_fi": "Uusi", "reason": WHY}),
    ):
        assert (answer.status_code, CLOSED in html(answer)) == (403, True)
    assert [(row.text, row.version) for row in PlanMeans.objects.all()] == [(means.text, 1)]


def test_the_steps_of_a_closed_plan_are_not_ticked_through_the_api() -> None:
    town = Town()
    close(town.plan)
    answer = town.client("manager").send("PATCH", f"steps/{town.step.pk}/", {"done": True}, version=1)
    assert (answer.status_code, CLOSED in answer.json()["detail"]) == (400, True)


# A responsible unit


def _by(who: User) -> dict[str, Any]:
    stamp = audited.stamp(Actor.person(who, Door.PAGE), WHY, make.NOW)
    return {"scope": access.scope_of(who, make.TODAY), "stamp": stamp}


def test_a_plan_is_left_without_a_unit_through_no_door(world: Kept) -> None:
    link = PlanUnit.objects.get(plan=world.plan)
    data = typed(world.client.get(keep(world, "plan"))) | {"reason": WHY}
    answer = world.client.post(keep(world, "plan"), data | {"units": []})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["units"])
    for by in ({"scope": None, "stamp": make.stamp()}, _by(world.admin)):
        with pytest.raises(Invalid) as refused:
            changing.remove(PlanUnit, link.pk, **by)
        assert refused.value.field == "unit"
        with pytest.raises(Invalid):
            changing.add(PeriodPlan(item=world.item, period=world.earlier, key="uusi"), **by)
    assert PlanUnit.objects.filter(plan=world.plan).count() == PeriodPlan.objects.count() == 1


def test_within_one_act_the_unit_may_come_after_the_plan(world: Kept) -> None:
    by: Any = {"scope": None, "stamp": make.stamp()}
    with changing.act():
        plan = changing.add(PeriodPlan(item=world.item, period=world.earlier, key="uusi"), **by)
        changing.add(PlanUnit(plan=plan, unit=world.unit), **by)
    with pytest.raises(Invalid), changing.act():
        changing.remove(PlanUnit, PlanUnit.objects.get(plan=plan).pk, **by)
    assert PlanUnit.objects.filter(plan=plan).exists()


def test_a_person_never_acts_as_a_program(world: Kept) -> None:
    with pytest.raises(UnauditedChange):
        changing.change(
            Goal, world.goal.pk, {"name_fi": "Toinen"}, version=1, scope=None, stamp=_by(world.admin)["stamp"]
        )


# A form sent twice


def _form(world: Kept, what: str) -> tuple[Any, str, dict[str, str], Any]:
    """Return whose browser sends the form of `what`, where, what it says, and the rows that it makes."""
    says = {"text_fi": "Kahdesti", "name_fi": "Kahdesti", "comment": "Kahdesti", "reason": WHY}
    if what == "comment":
        return signed_in(world.manager), reverse("comment", args=[world.plan.pk]), says, Comment
    if what == "step":
        return signed_in(world.director), reverse("step-add", args=[world.plan.pk]), says, Step
    above = {"kept step": ("step", world.plan), "kept goal": ("goal", world.theme)}[what]
    place = reverse("edit-add", args=[above[0], above[1].pk])
    return world.client, place, says, Step if what == "kept step" else Goal


@pytest.mark.parametrize("what", ["kept goal", "kept step", "step", "comment"])
@pytest.mark.parametrize(("apart", "made"), [(timedelta(0), 1), (timedelta(seconds=59), 1), (timedelta(minutes=1), 2)])
def test_the_same_form_within_a_minute_makes_one_row_and_later_two(
    world: Kept, what: str, apart: timedelta, made: int
) -> None:
    client, place, says, model = _form(world, what)
    before = model.objects.count()
    for at in (make.NOW, make.NOW + apart):
        with time_machine.travel(at, tick=False):
            assert client.post(place, says).status_code == 303
    assert model.objects.count() - before == made


@pytest.mark.parametrize("change", [{"text_fi": "Toinen"}, {"reason": "Muusta syystä"}])
def test_another_text_or_reason_is_another_row(world: Kept, change: dict[str, str]) -> None:
    place = reverse("edit-add", args=["step", world.plan.pk])
    first = {"text_fi": "Uusi", "reason": WHY}
    assert [world.client.post(place, data).status_code for data in (first, first | change)] == [303, 303]
    assert Step.objects.exclude(pk=world.step.pk).count() == 2


def test_the_same_words_of_two_people_are_two_rows(world: Kept) -> None:
    data = {"text_fi": "Uusi", "reason": WHY}
    for client in (world.client, signed_in(world.director)):
        assert client.post(reverse("edit-add", args=["step", world.plan.pk]), data).status_code == 303
    assert Step.objects.filter(text_fi="Uusi").count() == 2


# An order


@pytest.mark.parametrize("named", ["aab", "abb", "abba", "ab"])
def test_an_order_that_names_a_row_twice_or_not_at_all_is_refused(world: Kept, named: str) -> None:
    rows = {name: make.step(world.plan, text_fi=name, order=at) for at, name in enumerate("bac", 1)}
    rows |= {"k": world.step}
    seen = [f"{rows[name].pk}:1" for name in (*named, "c", "k")]
    if named == "ab":
        seen = seen[:-1]
    kept = world.client.post(reverse("edit-order", args=["step", world.plan.pk]), {"row": seen})
    item = signed_in(world.director).post(
        reverse("step-order", args=[world.plan.pk]), {"row": seen, "move": f"{rows['a'].pk}:down"}
    )
    assert (kept.status_code, item.status_code) == (409, 409)
    assert {row.version for row in Step.objects.all()} == {1}


# Deadlines that follow


def _deadline(world: Kept) -> date:
    return PeriodPlan.objects.get(pk=world.plan.pk).next_deadline_on


def test_a_periods_new_last_year_moves_the_deadlines_of_its_plans(world: Kept) -> None:
    dated = make.plan(
        make.action_item(world.goal, world.unit), world.period, due_on=date(2027, 6, 30), due_precision="day"
    )
    assert _deadline(world) == date(2030, 12, 31)
    assert send(world.client, keep(world, "period"), end_year="2028").status_code == 303
    # 31.12.2028 is a Sunday, and the new year begins with a holiday.
    assert _deadline(world) == date(2029, 1, 2)
    assert PeriodPlan.objects.get(pk=dated.pk).next_deadline_on == date(2027, 6, 30)
    assert PeriodPlan.objects.get(pk=world.plan.pk).version == 1


def test_a_strategys_days_off_move_the_deadlines_of_its_plans(world: Kept) -> None:
    audited.change(world.period, make.stamp(), end_year=2028)
    assert _deadline(world) == date(2029, 1, 2)
    data = typed(world.client.get(keep(world, "strategy"))) | {"reason": WHY}
    data.pop("shift_deadlines")
    assert world.client.post(keep(world, "strategy"), data).status_code == 303
    assert _deadline(world) == date(2028, 12, 31)
    assert (
        world.client.post(keep(world, "strategy"), data | {"shift_deadlines": "on", "seen_version": 2}).status_code
        == 303
    )
    assert _deadline(world) == date(2029, 1, 2)
