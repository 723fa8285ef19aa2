"""A name that looks like another's is warned of when it is given."""

from typing import Any

import pytest
import time_machine

from tests import make
from tests.edit.editors import Kept, keep, send
from tests.plan.test_moves import signed_in
from toimenpiteet.models import Unit
from toimenpiteet.workflow import Role

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def world() -> Any:
    with time_machine.travel(make.NOW, tick=False):
        yield Kept()


def told(world: Kept) -> str:
    return " ".join(world.client.get("/odottaa/").content.decode().split())


def test_a_unit_that_is_called_like_another_is_told_of(world: Kept) -> None:
    other = make.unit(world.municipality, "Tilapalvelut")
    world.client.force_login(make.official(world.municipality, Role.ADMIN))
    # The first letter is a Cyrillic one.
    assert send(world.client, keep(world, "unit"), name_fi="Тila-palvelut").status_code == 303
    assert "Tarkista nimi: se näyttää samalta kuin ”Tilapalvelut”." in told(world)
    assert Unit.objects.values_list("name_fi", flat=True).get(pk=world.unit.pk) == "Тila-palvelut"
    # Only when the name is given, and not of another city.
    assert send(world.client, keep(world, "unit"), email="uusi@mallila.example").status_code == 303
    assert "Tarkista nimi" not in told(world)
    make.unit(make.World().municipality, "Sivistys")
    assert send(world.client, keep(world, "unit"), name_fi="Sivistys").status_code == 303
    assert "Tarkista nimi" not in told(world)
    assert other.pk


def test_a_person_who_is_called_like_another_is_told_of(world: Kept) -> None:
    make.member(world.unit, user=make.user("Maija Mallikas", email="maija@mallila.example"))
    client = signed_in(make.official(world.municipality, Role.ADMIN))
    data = {"email": "uusi@mallila.example", "name": "MAIJA  mallikas", "language": "fi", "reason": "Uusi työntekijä"}
    data |= {"role": "manager", "unit": str(world.unit.pk)}
    response = client.post("/yllapito/henkilot/kutsu/", data)
    assert response.status_code == 303, response.content.decode()[:3000]
    page = client.get(response["Location"]).content.decode()
    assert "se näyttää samalta kuin ”Maija Mallikas, " in page
