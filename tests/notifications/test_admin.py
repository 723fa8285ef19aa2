"""Substitutions in the administration, and the outbox to look at."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from notifications.models import Reminder, Substitution
from tests import make
from toimenpiteet.models import User
from toimenpiteet.workflow import Role

from . import build
from .build import SECOND, RoundWorld, at

pytestmark = pytest.mark.django_db
SUBSTITUTIONS, OUTBOX = "/hallinta/notifications/substitution/", "/hallinta/notifications/reminder/"


def client_of(person: User) -> Client:
    User.objects.filter(pk=person.pk).update(language="en", is_staff=True)
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(pk=person.pk))
    return client


def administrator(world: RoundWorld) -> Client:
    return client_of(make.official(world.municipality, Role.ADMIN))


def given(world: RoundWorld, **values: Any) -> dict[str, Any]:
    return {
        "municipality": world.municipality.pk,
        "absent": world.manager.pk,
        "substitute": world.director.pk,
        "valid_from": "2026-12-01",
        "valid_until": "2026-12-20",
    } | values


def test_a_substitution_is_made_and_changed_with_its_history() -> None:
    world = RoundWorld()
    client = administrator(world)
    assert client.post(f"{SUBSTITUTIONS}add/", given(world)).status_code == 302
    row = Substitution.objects.get()
    changed = given(world, valid_until="2026-12-24", seen_version=row.version)
    assert client.post(f"{SUBSTITUTIONS}{row.pk}/change/", changed).status_code == 302
    kinds = [(one.history_type, one.actor_name.text, one.door) for one in row.history.order_by("history_id")]
    assert kinds == [("+", "Teppo Testaaja", "admin"), ("~", "Teppo Testaaja", "admin")]
    assert client.post(f"{SUBSTITUTIONS}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(SUBSTITUTIONS).status_code == 200


def test_what_makes_no_sense_is_refused_in_the_form() -> None:
    world, stranger = RoundWorld(), make.user()
    client = client_of(User.objects.create_superuser("yllapito@mallila.example", make.PASSWORD, name="Ylläpito"))
    for values in (
        {"substitute": world.manager.pk},
        {"substitute": stranger.pk},
        {"valid_until": "2026-11-01"},
        {"valid_from": "30.2.2026"},
    ):
        page = client.post(f"{SUBSTITUTIONS}add/", given(world, **values))
        assert page.status_code == 200, values
        assert "errorlist" in page.content.decode()
    assert not Substitution.objects.exists()


def test_a_row_that_somebody_else_changed_meanwhile_is_not_overwritten() -> None:
    world = RoundWorld()
    row = build.substitution(world.manager, world.director, world.municipality)
    client = administrator(world)
    first = given(world, seen_version=row.version)
    assert client.post(f"{SUBSTITUTIONS}{row.pk}/change/", first).status_code == 302
    late = client.post(f"{SUBSTITUTIONS}{row.pk}/change/", first | {"valid_until": "2027-01-31"})
    assert late.status_code == 200
    assert "Somebody else changed this" in late.content.decode()
    assert Substitution.objects.get().valid_until == date(2026, 12, 20)


def test_an_administrator_keeps_their_own_municipality_only() -> None:
    world, other = RoundWorld(), RoundWorld()
    foreign = build.substitution(other.manager, other.director, other.municipality)
    build.tick(at(SECOND))
    client = administrator(world)
    assert client.get(f"{SUBSTITUTIONS}{foreign.pk}/change/").status_code == 302
    assert client.post(f"{SUBSTITUTIONS}add/", given(other)).status_code == 200
    assert Substitution.objects.count() == 1
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
    assert client_of(world.manager).get(SUBSTITUTIONS).status_code in {302, 403}
