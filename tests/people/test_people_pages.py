"""People of the municipality: found, invited, given and relieved of roles, by those who may."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import make
from tests.edit.editors import WHY, html, send, typed
from tests.people.left import address_of, left
from tests.plan.test_moves import signed_in
from toimenpiteet.models import Membership, MunicipalityRole, User
from toimenpiteet.workflow import Role

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("spring")]


class Staffed(make.World):
    """A world and the browser of its administrator."""

    def __init__(self) -> None:
        super().__init__()
        self.admin = make.official(self.municipality, Role.ADMIN, user=make.user("Aino Ylläpitäjä"))
        self.client = signed_in(self.admin)
        self.membership = Membership.objects.get(user=self.manager)


@pytest.fixture
def world() -> Staffed:
    return Staffed()


INVITED = {"email": "uusi.henkilo@mallila.example", "name": "Uuno Uusi", "language": "fi", "role": "manager"}


def found(client: Client, query: str = "") -> list[str]:
    response = client.get(reverse("people") + query)
    assert response.status_code == 200
    return [person.name for person in response.context["people"]]


def toast(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


# The list


def test_people_are_found_by_words_unit_role_and_whether_they_still_have_one(world: Staffed) -> None:
    former = make.member(world.unit, user=make.user("Eino Entinen"), valid_until=date(2020, 12, 31))
    other = make.member(make.unit(world.municipality, "Tilapalvelut"), Role.CONTRIBUTOR, user=make.user("Toini Toinen"))
    assert set(found(world.client)) == {"Aino Ylläpitäjä", "Maija Mallikas", "Teppo Testaaja", "Toini Toinen"}
    assert found(world.client, "?q=toini") == ["Toini Toinen"]
    assert found(world.client, f"?q={other.email}") == ["Toini Toinen"]
    assert found(world.client, f"?unit={world.unit.pk}") == ["Maija Mallikas"]
    assert found(world.client, "?role=contributor") == ["Toini Toinen"]
    assert found(world.client, "?state=former") == [former.name]
    assert former.name in found(world.client, "?state=all")


def test_people_stand_in_the_order_asked_for_and_leave_as_a_file(world: Staffed) -> None:
    make.member(world.unit, user=make.user("Åke Äänekäs"))
    make.member(world.unit, user=make.user("Äiti Maa"))
    assert found(world.client)[-2:] == ["Åke Äänekäs", "Äiti Maa"]
    assert found(world.client, "?sort=-name")[:2] == ["Äiti Maa", "Åke Äänekäs"]
    page = html(world.client.get(reverse("people") + "?columns=name&columns=roles"))
    assert "data-label=" in page
    assert world.manager.email not in page
    response: Any = world.client.get(reverse("people") + "?columns=name&columns=roles&q=maija&as=csv")
    lines = response.getvalue().decode("utf-8-sig").splitlines()
    assert lines == ["Nimi;Roolit", "Maija Mallikas;vastuuhenkilö (Tietohallinto)"]


def test_garbage_in_the_filters_is_not_an_error_page(world: Staffed) -> None:
    for query in ("?page=-1", "?page=x", "?role=drop", "?state=x", "?q=%00%27"):
        assert world.client.get(reverse("people") + query).status_code == 200
    for query in ("?unit=999999", "?unit=x", f"?unit={make.unit(make.municipality()).pk}"):
        assert world.client.get(reverse("people") + query).status_code == 404


def test_nobody_of_another_municipality_is_seen_nor_a_role_that_one_has_there(world: Staffed) -> None:
    elsewhere = make.municipality(name_fi="Naapurila")
    make.official(elsewhere, Role.VIEWER, user=make.user("Nelli Naapuri"))
    make.official(elsewhere, Role.VIEWER, user=world.manager)
    page = html(world.client.get(reverse("people")))
    assert "Nelli Naapuri" not in page
    assert "Naapurila" not in html(world.client.get(reverse("person", args=[world.manager.pk])))


def test_the_director_sees_people_and_changes_nothing(world: Staffed) -> None:
    client = signed_in(world.director)
    page = html(client.get(reverse("people")))
    assert "Maija Mallikas" in page
    assert reverse("person-invite") not in page
    address = reverse("person", args=[world.manager.pk])
    assert 'name="email"' not in html(client.get(address))
    assert client.post(address, {"name": "Toinen", "email": "x@x.example", "language": "fi"}).status_code == 403
    assert client.post(reverse("person-invite"), INVITED | {"reason": WHY}).status_code == 403
    assert User.objects.get(pk=world.manager.pk).name == "Maija Mallikas"


def test_the_list_costs_the_same_for_few_people_and_for_many(world: Staffed) -> None:
    def cost() -> int:
        world.client.get(reverse("people"))
        with CaptureQueriesContext(connection) as captured:
            world.client.get(reverse("people"))
        return len(captured)

    few = cost()
    for number in range(30):
        make.member(world.unit, user=make.user(f"Henkilö {number}"))
    assert few == cost() <= 15


# Inviting and roles


@pytest.mark.django_db(transaction=True)
def test_an_invitation_that_is_sent_twice_makes_and_mails_one(world: Staffed) -> None:
    answers = []
    for seconds in (0, 59, 60):
        with time_machine.travel(make.NOW + timedelta(seconds=seconds), tick=False):
            answers.append(send(world.client, reverse("person-invite"), **INVITED, unit=world.unit.pk))
    assert [answer.status_code for answer in answers] == [303, 303, 422]
    assert toast(answers[0]) == toast(answers[1])
    assert (Membership.objects.filter(user__email=INVITED["email"]).count(), len(left())) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_person_is_invited_with_a_role_and_gets_a_mail(world: Staffed) -> None:
    response = send(world.client, reverse("person-invite"), **INVITED, unit=world.unit.pk, valid_from="2021-04-01")
    assert response.status_code == 303, response.context["form"].errors
    made = User.objects.get(email=INVITED["email"])
    role = Membership.objects.get(user=made)
    assert (role.unit, role.role, role.valid_from) == (world.unit, "manager", date(2021, 4, 1))
    assert role.history.latest("history_id").history_change_reason == WHY
    assert address_of(left()[0]) == INVITED["email"]
    assert INVITED["email"] in html(world.client.get(response.url))
    known = {"email": world.director.email, "unit": world.unit.pk}
    response = send(world.client, reverse("person-invite"), **(INVITED | known))
    assert response.status_code == 303
    assert toast(response).count("Teppo Testaaja") == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "ei osoite"}, "email"),
        ({"email": ""}, "email"),
        ({"name": "x" * 10_000}, "name"),
        ({"name": "kaksi\nriviä"}, "name"),
        ({"role": "director", "unit": "own"}, "role"),
        ({"role": "manager", "unit": ""}, "role"),
        ({"valid_from": "2021-05-02", "valid_until": "2021-05-01"}, "valid_until"),
        ({"valid_from": "2021-02-30"}, "valid_from"),
        ({"valid_until": "2020-01-01"}, "valid_until"),
        ({"unit": "strange"}, "unit"),
        ({"reason": " "}, "reason"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field_and_nothing_is_lost(
    world: Staffed, changes: dict[str, Any], field: str
) -> None:
    units = {"own": world.unit.pk, "strange": make.unit(make.municipality()).pk}
    data = INVITED | {"unit": world.unit.pk} | changes
    data["unit"] = units.get(str(data["unit"]), data["unit"])
    response = send(world.client, reverse("person-invite"), **data)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert data["email"] in html(response)
    assert not User.objects.filter(email=INVITED["email"]).exists()


def test_a_role_is_given_and_ended_with_days_and_why(world: Staffed) -> None:
    address = reverse("person-role", args=[world.manager.pk])
    given = {"role": "viewer", "valid_from": "2021-04-01", "valid_until": "2021-12-31"}
    assert send(world.client, address, **given).status_code == 303
    role = MunicipalityRole.objects.get(user=world.manager)
    page = html(world.client.get(reverse("person", args=[world.manager.pk])))
    assert "1.4.2021–31.12.2021" in page
    assert send(world.client, address, **given).status_code == 303  # a double click gives it once
    assert MunicipalityRole.objects.filter(user=world.manager).count() == 1
    again = send(world.client, address, **(given | {"valid_until": "2022-12-31"}))
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["role"])

    end = reverse("person-role-end", args=[world.manager.pk, "municipality", role.pk])
    assert "1.4.2021" in html(world.client.get(end)).partition("<form class=")[2]  # that it has not begun
    ended = send(world.client, end, last_day="2021-06-30")
    assert (ended.status_code, "30.6.2021" in toast(ended)) == (303, True)
    role.refresh_from_db()
    assert role.valid_until == date(2021, 6, 30)
    assert role.history.latest("history_id").history_change_reason == WHY
    taken = send(world.client, end, last_day="2021-03-15")
    assert (taken.status_code, "1.4.2021" in toast(taken)) == (303, True)
    assert not MunicipalityRole.objects.filter(pk=role.pk).exists()


def test_a_role_that_changed_meanwhile_is_not_ended(world: Staffed) -> None:
    end = reverse("person-role-end", args=[world.manager.pk, "unit", world.membership.pk])
    first = typed(world.client.get(end)) | {"reason": WHY, "last_day": "2021-06-30"}
    assert world.client.post(end, first).status_code == 303
    late = world.client.post(end, first | {"last_day": "2021-09-30"})
    assert late.status_code == 409
    assert Membership.objects.get(pk=world.membership.pk).valid_until == date(2021, 6, 30)


def test_a_role_of_somebody_else_or_of_another_municipality_does_not_exist(world: Staffed) -> None:
    stranger = make.member(make.unit(make.municipality()))
    strange = Membership.objects.get(user=stranger)
    for address in (
        reverse("person", args=[stranger.pk]),
        reverse("person-role", args=[stranger.pk]),
        reverse("person-close", args=[stranger.pk]),
        reverse("person-invite-again", args=[stranger.pk]),
        reverse("person-role-end", args=[world.manager.pk, "unit", strange.pk]),
        reverse("person-role-end", args=[world.director.pk, "unit", world.membership.pk]),
        reverse("person-role-end", args=[world.manager.pk, "x", world.membership.pk]),
    ):
        assert world.client.get(address).status_code == 404, address
        data = {"reason": WHY, "last_day": "2021-06-30", "seen_version": 1}
        assert world.client.post(address, data).status_code == 404, address


def test_the_last_administrator_stays(world: Staffed) -> None:
    role = MunicipalityRole.objects.get(user=world.admin)
    end = reverse("person-role-end", args=[world.admin.pk, "municipality", role.pk])
    response = send(world.client, end, last_day="2021-06-30")
    assert response.status_code == 422
    assert "pääkäyttäj" in html(response).partition('class="refusal"')[2][:500]


def test_an_account_is_closed_and_the_name_stays(world: Staffed) -> None:
    response = send(world.client, reverse("person-close", args=[world.manager.pk]))
    assert response.status_code == 303
    closed = User.objects.get(pk=world.manager.pk)
    assert (closed.is_active, closed.name) == (False, "Maija Mallikas")
    assert "Maija Mallikas" in found(world.client, "?state=former")
    own = send(world.client, reverse("person-close", args=[world.admin.pk]))
    assert own.status_code == 422
    assert User.objects.get(pk=world.admin.pk).is_active


@pytest.mark.django_db(transaction=True)
def test_an_invitation_is_sent_again(world: Staffed) -> None:
    assert send(world.client, reverse("person-invite-again", args=[world.manager.pk])).status_code == 303
    assert address_of(left()[0]) == world.manager.email


# Details


def test_a_name_is_changed(world: Staffed) -> None:
    assert send(world.client, reverse("person", args=[world.manager.pk]), name="Maija Uusinimi").status_code == 303
    assert User.objects.get(pk=world.manager.pk).name == "Maija Uusinimi"


def test_an_address_that_somebody_has_is_refused_at_its_field(world: Staffed) -> None:
    response = send(world.client, reverse("person", args=[world.manager.pk]), email=world.director.email)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["email"])
    assert User.objects.get(pk=world.manager.pk).email == world.manager.email


def test_two_who_change_a_person_at_once_are_told(world: Staffed) -> None:
    address = reverse("person", args=[world.manager.pk])
    data = typed(world.client.get(address)) | {"language": "sv", "reason": WHY}
    make.change_user(world.manager, name="Maija Uusinimi")
    response = world.client.post(address, data)
    assert response.status_code == 409
    assert "Maija Uusinimi" in html(response)
    assert User.objects.get(pk=world.manager.pk).language == "fi"
    # Having been told, the person decides.
    again = world.client.post(address, typed(response))
    assert again.status_code == 303
    assert User.objects.get(pk=world.manager.pk).language == "sv"
