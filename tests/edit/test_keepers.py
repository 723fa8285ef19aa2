"""Who keeps what: people and units are the administrator's, what strategies consist of also the director's."""

from typing import Any

import pytest
from django.http import Http404

from tests import make
from toimenpiteet import access
from toimenpiteet.models import Goal, Unit, User
from toimenpiteet.services import changing
from toimenpiteet.services.errors import Forbidden
from toimenpiteet.workflow import Role

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def world() -> make.World:
    return make.World()


def _by(person: User) -> dict[str, Any]:
    return {"scope": access.scope_of(person, make.TODAY), "stamp": make.stamp("Valtuuston päätös")}


def _rename(world: make.World, person: User) -> None:
    changing.change(Goal, world.goal.pk, {"name_fi": "Palvelut paranevat"}, version=1, **_by(person))


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.ADMIN])
def test_the_director_and_the_administrator_change_a_goal(world: make.World, role: Role) -> None:
    _rename(world, make.official(world.municipality, role))
    assert Goal.objects.get(pk=world.goal.pk).name == "Palvelut paranevat"


def test_a_manager_sees_the_goal_and_is_told_who_may_change_it(world: make.World) -> None:
    with pytest.raises(Forbidden) as refused:
        _rename(world, world.manager)
    assert "strategiajohtaja" in refused.value.message
    assert Goal.objects.get(pk=world.goal.pk).version == 1


def test_the_director_of_another_municipality_does_not_find_it(world: make.World) -> None:
    with pytest.raises(Http404):
        _rename(world, make.official(make.municipality()))


def test_the_director_does_not_keep_units(world: make.World) -> None:
    with pytest.raises(Forbidden) as refused:
        changing.change(Unit, world.unit.pk, {"name_fi": "Toinen"}, version=1, **_by(world.director))
    assert "pääkäyttäjä" in refused.value.message
