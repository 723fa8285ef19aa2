"""A plan's last sign: what its managers and contributors did to it, and nothing else."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from tests import make
from toimenpiteet import access
from toimenpiteet.models import Actor, Door, PeriodPlan, Step, User
from toimenpiteet.selectors.history import integrity
from toimenpiteet.services import audited, changing
from toimenpiteet.services.plan import derived, plans
from toimenpiteet.workflow import Role

pytestmark = pytest.mark.django_db

LATER = make.NOW + timedelta(days=3)


@pytest.fixture
def world() -> make.World:
    return make.World()


def last_sign(world: make.World) -> datetime | None:
    found = PeriodPlan.objects.get(pk=world.plan.pk)
    assert [str(finding) for finding in integrity.verify()] == []
    return found.last_sign_at


def by(person: User, at: datetime = LATER) -> dict[str, Any]:
    scope = access.scope_of(person, make.TODAY)
    return {"scope": scope, "actor": Actor.person(person, Door.PAGE), "now": at}


def writes(actor: Actor, now: datetime, **who: Any) -> dict[str, Any]:
    return {**who, "stamp": audited.stamp(actor, "Työpajan päätös", now)}


def version(world: make.World) -> int:
    return PeriodPlan.objects.values_list("version", flat=True).get(pk=world.plan.pk)


def move(world: make.World, person: User, name: str, at: datetime = LATER, comment: str = "") -> None:
    plans.move(world.plan.pk, name, version=version(world), comment=comment, **by(person, at))


def test_a_plan_that_was_loaded_has_given_no_sign(world: make.World) -> None:
    make.step(world.plan)
    audited.change(world.plan, make.stamp(at=LATER), text_fi="Ladattu uudestaan.")
    assert last_sign(world) is None


def test_a_managers_move_is_a_sign(world: make.World) -> None:
    move(world, world.manager, "start")
    assert last_sign(world) == LATER


def test_a_directors_acts_are_none(world: make.World) -> None:
    move(world, world.director, "start")
    plans.comment_on(world.plan.pk, "Miten menee?", **by(world.director))
    step = make.step(world.plan)
    plans.tick_step(step.pk, done=True, version=1, **by(world.director))
    scope = access.scope_of(world.director, make.TODAY)
    change = {"version": version(world), "scope": scope, "stamp": make.stamp(at=LATER)}
    changing.change(PeriodPlan, world.plan.pk, {"text_fi": "Muotoiltu."}, **change)
    assert last_sign(world) is None


def test_whoever_is_both_gives_a_sign_as_manager_and_none_as_director(world: make.World) -> None:
    both = make.member(world.unit, user=world.director)
    move(world, both, "start", make.NOW)
    move(world, both, "propose_completion", LATER, "Valmista tuli.")
    move(world, both, "approve", LATER + timedelta(days=1))
    assert last_sign(world) == LATER


def test_a_contributors_steps_and_comments_are_signs(world: make.World) -> None:
    contributor = make.member(world.unit, Role.CONTRIBUTOR)
    step = changing.add(Step(plan=world.plan, text_fi="Kysely"), **writes(**by(contributor, make.NOW)))
    assert last_sign(world) == make.NOW
    days = iter(make.NOW + timedelta(days=day) for day in range(1, 9))
    acts: list[Any] = [
        lambda **who: plans.tick_step(step.pk, done=True, version=1, **who),
        lambda **who: changing.change(Step, step.pk, {"text_fi": "Kysely kaikille"}, version=2, **writes(**who)),
        lambda **who: plans.comment_on(world.plan.pk, "Kysely lähti.", **who),
        lambda **who: changing.remove(Step, step.pk, version=3, **writes(**who)),
    ]
    for act, at in zip(acts, days, strict=False):
        act(**by(contributor, at))
        assert last_sign(world) == at
    assert not Step.objects.filter(plan=world.plan).exists()


def test_a_sign_is_nobodys_change_of_the_plan(world: make.World) -> None:
    plans.comment_on(world.plan.pk, "Kysely lähti.", **by(world.manager))
    assert (version(world), world.plan.history.count()) == (1, 1)
    assert last_sign(world) == LATER


def test_an_act_dated_before_the_last_sign_does_not_set_it_back(world: make.World) -> None:
    plans.comment_on(world.plan.pk, "Uudempi", **by(world.manager))
    plans.comment_on(world.plan.pk, "Vanhempi", **by(world.manager, make.NOW))
    move(world, world.manager, "start", make.NOW)
    assert last_sign(world) == LATER


def test_a_sign_that_the_record_does_not_know_is_found_and_set_right(world: make.World) -> None:
    move(world, world.manager, "start")
    for forged in (None, LATER + timedelta(days=9)):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE toimenpiteet_periodplan SET last_sign_at = %s WHERE id = %s",
                [forged and connection.ops.adapt_datetimefield_value(forged), world.plan.pk],
            )
        found = list(integrity.verify())
        assert [(one.model, one.pk, one.field) for one in found] == [("PeriodPlan", world.plan.pk, "last_sign_at")]
        derived.refresh_sign(PeriodPlan.objects.get(pk=world.plan.pk))
        assert last_sign(world) == LATER
