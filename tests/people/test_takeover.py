"""Ways to take over an account, a right or a secret that somebody tried on this product: none of them works."""

import re
from typing import Any

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import make
from tests.people.left import address_of, left
from toimenpiteet import access
from toimenpiteet.calendar import local_day
from toimenpiteet.models import Actor, Door, LinkedGoal, PeriodPlan, Stamp, Unit, User
from toimenpiteet.services import audited
from toimenpiteet.services.errors import Forbidden
from toimenpiteet.services.people import people, tokens
from toimenpiteet.services.people.roles import WantedRole
from toimenpiteet.workflow import Role

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NEW = "johtaja@toinen.example"


def scope(user: User) -> access.Scope:
    return access.scope_of(user, local_day(timezone.now()))


def stamp(user: User) -> Stamp:
    return audited.stamp(Actor.person(user, Door.ADMIN), "syy", timezone.now())


def admin_of(world: make.World) -> User:
    return make.official(world.municipality, Role.ADMIN, user=make.user("Aino Ylläpitäjä", is_staff=True))


def edit(person: User, by: User, **values: str) -> User:
    whole: dict[str, Any] = {"name": person.name, "email": person.email, "language": person.language} | values
    return people.edit(person.pk, **whole, scope=scope(by), stamp=stamp(by))


def with_token(key: str) -> int:
    return Client().get("/api/v1/plans/", headers={"Authorization": f"Token {key}"}).status_code


def opens(email: str, password: str) -> bool:
    client = Client()
    client.post("/tunnus/kirjaudu/", {"login": email, "password": password})
    return client.get("/oma/").status_code == 200


@pytest.fixture
def world() -> make.World:
    return make.World()


def test_an_account_prepared_in_one_city_does_not_open_another(
    world: make.World, django_capture_on_commit_callbacks: Any
) -> None:
    key, _ = tokens.issue(world.manager, now=timezone.now())
    browser = Client()
    browser.force_login(world.manager)
    old = world.manager.email
    with django_capture_on_commit_callbacks(execute=True):
        edit(world.manager, admin_of(world), email=NEW)

    assert not opens(NEW, make.PASSWORD)
    assert not opens(old, make.PASSWORD)
    assert with_token(key) == 401
    assert browser.get("/oma/").status_code == 302
    told = {address_of(message): message for message in left()}
    assert set(told) == {old, NEW}
    assert "/tunnus/salasana/uusi/" in told[NEW].body
    assert NEW in told[old].body


def test_the_old_address_gets_no_link_any_more(world: make.World) -> None:
    old = world.manager.email
    Client().post("/tunnus/salasana/unohtui/", {"email": old})
    edit(world.manager, admin_of(world), email=NEW)
    left().clear()

    Client().post("/tunnus/salasana/unohtui/", {"email": old})

    assert left() == []


def test_an_administrator_does_not_become_the_director_by_address(world: make.World) -> None:
    with pytest.raises(Forbidden):
        edit(world.director, admin_of(world), email="oma@mallila.example")
    world.director.refresh_from_db()
    assert world.director.has_usable_password()


def test_nobody_renames_the_people_of_another_city(world: make.World) -> None:
    guest = make.member(world.unit, Role.CONTRIBUTOR, user=make.World().director)
    with pytest.raises(Forbidden):
        edit(guest, admin_of(world), name="Pilkka Nimi")


def test_a_token_does_not_come_back_with_the_account(world: make.World) -> None:
    key, _ = tokens.issue(world.manager, now=timezone.now())
    admin = admin_of(world)
    people.deactivate(world.manager.pk, scope=scope(admin), stamp=stamp(admin))
    grants = [WantedRole(Role.MANAGER, unit=world.unit.pk, valid_from=local_day(timezone.now()))]
    people.invite(world.manager.email, "X", language="fi", grants=grants, scope=scope(admin), stamp=stamp(admin))
    assert with_token(key) == 401


@pytest.mark.parametrize("active", [True, False])
def test_the_operators_account_is_not_opened_by_an_invitation(world: make.World, active: bool) -> None:
    operator = User.objects.create_superuser("yllapito@mallila.example", make.PASSWORD, name="Y", is_active=active)
    admin = admin_of(world)
    grants = [WantedRole(Role.VIEWER, municipality=world.municipality.pk)]
    with pytest.raises(Forbidden):
        people.invite(operator.email, "X", language="fi", grants=grants, scope=scope(admin), stamp=stamp(admin))
    operator.refresh_from_db()
    assert operator.is_active is active


def test_secrets_cannot_be_guessed_through_filters(world: make.World) -> None:
    client = Client()
    client.force_login(admin_of(world))
    people_list = reverse("admin:toimenpiteet_user_changelist")
    for query in ({"password__startswith": "p"}, {"password__regex": "."}, {"email__contains": "a"}):
        answer = client.get(people_list, query)
        assert answer.status_code in {302, 400}, query
    assert client.get(people_list, {"is_active__exact": "1"}).status_code == 200


def test_the_successor_of_a_unit_gets_its_plans_and_not_its_old_house(world: make.World) -> None:
    area = make.unit(world.municipality, "Palvelualue 1", kind="service_area")
    successor = make.unit(world.municipality, "Uusi yksikkö")
    ended = make.unit(world.municipality, "Vanha yksikkö", parent=area, successor=successor)
    reached = scope(make.member(successor)).units_as(Role.MANAGER)
    assert ended.pk in reached
    assert area.pk not in reached


class Dead(BaseEmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError


def test_a_dead_mail_server_does_not_tell_who_has_an_account(world: make.World, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Dead"
    answers = {
        Client().post("/tunnus/salasana/unohtui/", {"email": email}).status_code
        for email in (world.manager.email, "kukaan@mallila.example")
    }
    assert answers == {302}


def test_the_link_of_a_mail_leads_to_our_own_address(world: make.World, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    Client().post("/tunnus/salasana/unohtui/", {"email": world.manager.email}, headers={"Host": "paha.example:666"})
    message = left()[0]
    assert re.search(rf"{settings.PUBLIC_URL}/tunnus/salasana/uusi/\S+", str(message.body))
    assert "paha.example" not in str(message.body) + message.subject


def test_the_public_does_not_see_a_goal_that_is_not_published(world: make.World) -> None:
    hidden = make.strategy(world.municipality, published=False)
    secret = make.goal(make.theme(hidden), name_fi="Salainen tavoite")
    audited.add(LinkedGoal(item=world.item, goal=secret), make.stamp())
    for address in (f"/toimenpiteet/{world.item.pk}/", f"/api/v1/action-items/{world.item.pk}/"):
        assert "Salainen tavoite" not in Client().get(address).content.decode()
        insider = Client()
        insider.force_login(world.manager)
        assert "Salainen tavoite" in insider.get(address).content.decode()


def test_a_text_that_was_taken_away_does_not_live_on_for_the_public(world: make.World) -> None:
    plan = PeriodPlan.objects.get(pk=world.plan.pk)
    audited.change(plan, make.stamp(), text_fi="Yhteyshenkilö Matti Mainittu")
    audited.change(PeriodPlan.objects.get(pk=plan.pk), make.stamp(), text_fi="Yhteys kirjaamoon")
    step = make.step(world.plan, text_fi="Soitetaan Matille")
    audited.change(step, make.stamp(), text_fi="Soitetaan kirjaamoon")
    for address in (f"/toimenpiteet/{world.item.pk}/", f"/api/v1/plans/{plan.pk}/history/"):
        assert "Mati" not in Client().get(address).content.decode()
        assert "Matti" not in Client().get(address).content.decode()


def test_a_mailbox_does_not_name_a_person_of_another_city(world: make.World) -> None:
    from notifications import recipients

    stranger = make.World().manager
    audited.change(Unit.objects.get(pk=world.unit.pk), make.stamp(), email=stranger.email)
    directory = recipients.load(world.municipality, make.TODAY)
    assert stranger.email not in directory.people_at


@pytest.mark.parametrize(
    "address",
    ["/myohassa/?days=800000", "/myohassa/csv/?days=800000", "/muistutukset/?since=0001-01-01&until=9999-12-31"],
)
def test_dates_beyond_the_calendar_are_no_error_page(world: make.World, address: str) -> None:
    client = Client()
    client.force_login(world.director)
    assert client.get(address).status_code in {200, 422}
