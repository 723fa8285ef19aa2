"""Accounts are on record: name, address, language, closing, reopening and operator leave who, when and why."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import update_last_login
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from tests import make
from tests.plan.test_moves import signed_in
from toimenpiteet import access
from toimenpiteet.models import Actor, Door, RecordedName, UnauditedChange, User
from toimenpiteet.selectors.history import integrity
from toimenpiteet.services import audited
from toimenpiteet.services.people import people
from toimenpiteet.services.people.roles import WantedRole
from toimenpiteet.workflow import Role

pytestmark = pytest.mark.django_db

LATER = make.NOW + timedelta(days=1)


class Kept(make.World):
    """A world with an administrator."""

    def __init__(self) -> None:
        super().__init__()
        self.admin = make.official(self.municipality, Role.ADMIN, user=make.user("Aino Ylläpitäjä", is_staff=True))

    def by(self, reason: str = "Uusi sukunimi") -> dict[str, Any]:
        """Return who acts and why."""
        stamp = audited.stamp(Actor.person(self.admin, Door.PAGE), reason, LATER)
        return {"scope": access.scope_of(self.admin, make.TODAY), "stamp": stamp}


@pytest.fixture
def world() -> Kept:
    return Kept()


def rows(person: User) -> list[tuple[Any, ...]]:
    past = User.history.filter(id=person.pk).order_by("history_id")
    return list(past.values_list("history_type", "name__text", "email__text", "language", "is_active"))


def last(person: User) -> tuple[Any, ...]:
    past = User.history.filter(id=person.pk).order_by("-history_id")
    found: tuple[Any, ...] = past.values_list(
        "actor_name__text", "history_user_id", "history_change_reason", "door", "history_date"
    )[0]
    return found


def test_a_changed_name_and_address_leave_both_before_and_after(world: Kept) -> None:
    person, old = world.manager, world.manager.email
    people.edit(person.pk, name="Maija Uusinimi", email="uusi@mallila.example", language="sv", **world.by())
    assert rows(person) == [
        ("+", "Maija Mallikas", old, "fi", True),
        ("~", "Maija Uusinimi", "uusi@mallila.example", "sv", True),
    ]
    assert last(person) == ("Aino Ylläpitäjä", world.admin.pk, "Uusi sukunimi", "page", LATER)
    assert list(integrity.verify()) == []


def test_history_holds_neither_name_nor_address_itself(world: Kept) -> None:
    columns = {field.column for field in User.history.model._meta.concrete_fields}
    assert {"name_id", "email_id"} <= columns
    assert not columns & {"name", "email", "password", "last_login"}
    kinds = RecordedName.objects.filter(person_id=world.manager.pk).values_list("kind", flat=True)
    assert sorted(kinds) == ["address", "person"]


def test_closing_and_opening_again_are_on_record(world: Kept) -> None:
    people.deactivate(world.manager.pk, **world.by("Jäi eläkkeelle"))
    assert last(world.manager)[2] == "Jäi eläkkeelle"
    grants = [WantedRole(Role.MANAGER, unit=world.unit.pk, valid_from=LATER.date())]
    people.invite(world.manager.email, "X", language="fi", grants=grants, **world.by("Palasi töihin"))
    assert [row[-1] for row in rows(world.manager)] == [True, False, True]
    assert last(world.manager)[2] == "Palasi töihin"
    assert list(integrity.verify()) == []


def test_an_invited_persons_account_begins_with_who_invited_and_why(world: Kept) -> None:
    grants = [WantedRole(Role.CONTRIBUTOR, unit=world.unit.pk)]
    people.invite("uuno@mallila.example", "Uuno Turhapuro", language="fi", grants=grants, **world.by("Aloittaa"))
    uuno = User.objects.get(email="uuno@mallila.example")
    assert rows(uuno) == [("+", "Uuno Turhapuro", "uuno@mallila.example", "fi", True)]
    assert last(uuno)[:3] == ("Aino Ylläpitäjä", world.admin.pk, "Aloittaa")


def test_the_operator_made_by_the_command_is_on_record() -> None:
    call_command("createsuperuser", interactive=False, email="yllapito@mallila.example", name="Ylläpito", verbosity=0)
    operator = User.objects.get(email="yllapito@mallila.example")
    assert last(operator)[0] == "createsuperuser"
    assert User.history.get(id=operator.pk).is_superuser
    assert list(integrity.verify()) == []


def test_a_person_who_chooses_a_language_states_a_set_reason(world: Kept) -> None:
    signed_in(world.manager).post("/kieli/", {"language": "sv"})
    assert last(world.manager)[:3] == ("Maija Mallikas", world.manager.pk, "Valitsi omien sivujensa kielen")
    assert rows(world.manager)[-1][3] == "sv"


def test_passwords_and_signing_in_go_on_and_leave_no_history(world: Kept) -> None:
    person = User.objects.get(pk=world.manager.pk)
    client = Client()
    address = reverse("account_login")
    assert client.post(address, {"login": person.email, "password": make.PASSWORD}).status_code == 302
    person.set_password("uusi-sana-on-tässä-9")
    person.save()
    update_last_login(None, person)  # type: ignore[arg-type]  # as the signal does
    assert authenticate(username=person.email, password="uusi-sana-on-tässä-9") == person
    assert len(rows(person)) == 1
    assert list(integrity.verify()) == []


def test_a_whole_save_after_a_password_writes_nobody_elses_change_back(world: Kept) -> None:
    stale = User.objects.get(pk=world.manager.pk)
    make.change_user(world.manager, name="Maija Uusinimi")
    stale.set_password("uusi-sana-on-tässä-9")
    with pytest.raises(UnauditedChange):
        stale.save()
    assert User.objects.get(pk=world.manager.pk).name == "Maija Uusinimi"


BYPASSES: dict[str, Callable[[User], object]] = {
    "save": lambda person: person.save(),
    "save of a column": lambda person: person.save(update_fields=["name"]),
    "save of one among others": lambda person: person.save(update_fields=["password", "email"]),
    "update": lambda person: User.objects.filter(pk=person.pk).update(is_superuser=True),
    "create": lambda _person: User.objects.create(email="x@mallila.example", name="X"),
    "delete": lambda _person: make.user().delete(),
}


@pytest.mark.parametrize("way", list(BYPASSES))
def test_a_tracked_column_is_not_saved_round_the_services(world: Kept, way: str) -> None:
    person = User.objects.get(pk=world.manager.pk)
    person.name = "Oma Nimi"
    with pytest.raises(UnauditedChange), transaction.atomic():
        BYPASSES[way](person)
    fresh = User.objects.get(pk=world.manager.pk)
    assert (fresh.name, fresh.is_superuser) == ("Maija Mallikas", False)


@pytest.mark.parametrize(
    ("column", "value"),
    [("name", "Oma Nimi"), ("email", "oma@mallila.example"), ("language", "sv"), ("is_superuser", True)],
)
def test_an_account_changed_behind_the_records_back_is_found(world: Kept, column: str, value: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE toimenpiteet_user SET {column} = %s WHERE id = %s", [value, world.manager.pk])
    assert [(one.model, one.pk, one.field) for one in integrity.verify()] == [("User", world.manager.pk, column)]


# The person's page


def person_page(world: Kept, by: User) -> str:
    return str(signed_in(by).get(reverse("person", args=[world.manager.pk])).content.decode())


def test_the_persons_page_tells_who_gave_the_account_another_address_and_why(world: Kept) -> None:
    old, address = world.manager.email, reverse("person", args=[world.manager.pk])
    typed = {"name": "Maija Mallikas", "email": "uusi@mallila.example", "language": "fi"}
    initial = {f"initial-{name}": getattr(world.manager, name) for name in typed}
    client = signed_in(world.admin)
    refused = client.post(address, typed | initial)
    assert refused.status_code == 422
    assert "uusi@mallila.example" in refused.content.decode()
    assert User.objects.get(pk=world.manager.pk).email == old
    assert client.post(address, typed | initial | {"reason": "Vanha osoite lakkasi"}).status_code == 303
    for reader in (world.admin, world.director):
        page = person_page(world, reader)
        assert "Mitä tunnukselle on tapahtunut" in page
        assert f"{old} → uusi@mallila.example" in page
        assert "Aino Ylläpitäjä · Vanha osoite lakkasi" in page
