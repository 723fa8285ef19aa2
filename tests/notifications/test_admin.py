"""The outbox in the administration, to look at."""

import pytest
from django.test import Client

from notifications.models import Reminder
from tests import make
from toimenpiteet.models import User
from toimenpiteet.workflow import Role

from . import build
from .build import SECOND, RoundWorld, at

pytestmark = [pytest.mark.django_db, pytest.mark.once]
OUTBOX = "/hallinta/notifications/reminder/"


def client_of(person: User) -> Client:
    make.change_user(person, language="en", is_staff=True)
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(pk=person.pk))
    return client


def administrator(world: RoundWorld) -> Client:
    return client_of(make.official(world.municipality, Role.ADMIN))


def test_an_administrator_sees_the_outbox_of_their_own_municipality_only() -> None:
    world, other = RoundWorld(), RoundWorld()
    build.tick(at(SECOND))
    client = administrator(world)
    page = client.get(OUTBOX).content.decode()
    assert world.manager.email in page
    assert other.manager.email not in page


def test_the_outbox_is_only_looked_at() -> None:
    world = RoundWorld()
    build.tick(at(SECOND))
    row = build.only()
    client = administrator(world)
    assert client.get(f"{OUTBOX}{row.pk}/change/").status_code == 200
    assert client.post(f"{OUTBOX}{row.pk}/change/", {"state": "planned"}).status_code == 403
    assert client.post(f"{OUTBOX}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{OUTBOX}add/").status_code == 403
    assert Reminder.objects.get().state == "sent"


def test_a_manager_has_no_business_here() -> None:
    world = RoundWorld()
    assert client_of(world.manager).get(OUTBOX).status_code in {302, 403}
