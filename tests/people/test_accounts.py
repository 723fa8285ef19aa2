"""Signing in, out, and setting a password through a mailed link."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from tests import make
from tests.people.left import left
from toimenpiteet.services.people import tokens

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> make.World:
    return make.World()


def sign_in(client: Client, email: str, password: str) -> int:
    return client.post("/tunnus/kirjaudu/", {"login": email, "password": password}).status_code


def test_a_person_signs_in_with_address_and_password_whatever_the_case(world: make.World) -> None:
    client = Client()
    assert sign_in(client, world.manager.email.upper(), make.PASSWORD) == 302
    assert client.get("/odottaa/").status_code == 200


def test_the_page_comes_in_the_language_that_the_person_has_chosen(world: make.World) -> None:
    make.change_user(world.manager, language="sv")
    client = Client()
    sign_in(client, world.manager.email, make.PASSWORD)
    assert '<html lang="sv">' in client.get("/odottaa/").content.decode()


def test_wrong_password_and_unknown_address_look_the_same(world: make.World) -> None:
    answers = []
    for email in (world.manager.email, "kukaan@mallila.example"):
        response = Client().post("/tunnus/kirjaudu/", {"login": email, "password": "väärä"})
        page = re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]+"', "", response.content.decode())
        answers.append(page.replace(email, "X"))
    assert answers[0] == answers[1]


def test_guessing_passwords_is_stopped(world: make.World) -> None:
    for _ in range(12):
        sign_in(Client(), world.manager.email, "arvaus")
    client = Client()
    sign_in(client, world.manager.email, make.PASSWORD)
    assert client.get("/odottaa/").status_code == 302


def test_an_account_out_of_use_does_not_open(world: make.World) -> None:
    make.change_user(world.manager, is_active=False)
    client = Client()
    sign_in(client, world.manager.email, make.PASSWORD)
    assert client.get("/odottaa/").status_code == 302


def test_a_forgotten_password_is_set_through_the_mailed_link_once(world: make.World) -> None:
    client = Client()
    client.post("/tunnus/salasana/unohtui/", {"email": world.manager.email})
    address = re.search(r"http://[^/]+(/tunnus/salasana/uusi/\S+)", str(left()[0].body))
    assert address is not None
    form = client.get(address.group(1))["Location"]

    response = client.post(form, {"password1": "uusi-hauki-8-jää", "password2": "uusi-hauki-8-jää"})

    assert response.status_code == 302
    assert sign_in(Client(), world.manager.email, "uusi-hauki-8-jää") == 302
    again = Client().get(address.group(1), follow=True)
    assert "Pyydä uusi linkki" in again.content.decode()


def test_asking_a_link_for_an_unknown_address_says_the_same_and_sends_nothing(world: make.World) -> None:
    response = Client().post("/tunnus/salasana/unohtui/", {"email": "kukaan@mallila.example"})
    assert response.status_code == 302
    assert left() == []


def test_nobody_makes_an_account_alone() -> None:
    page = Client().get("/tunnus/kutsu/").content.decode()
    assert "<form" not in page.partition("<main")[2]
    Client().post("/tunnus/kutsu/", {"email": "uusi@x.example", "password1": "a" * 20, "password2": "a" * 20})
    assert sign_in(Client(), "uusi@x.example", "a" * 20) == 200


def test_signing_out_asks_first_and_ends_the_session(world: make.World) -> None:
    client = Client()
    client.force_login(world.manager)
    assert client.get("/tunnus/ulos/").status_code == 200
    assert client.get("/odottaa/").status_code == 200
    client.post("/tunnus/ulos/")
    assert client.get("/odottaa/").status_code == 302


def test_a_new_password_ends_the_tokens_of_the_old_one(world: make.World) -> None:
    key, _ = tokens.issue(world.manager, now=timezone.now())
    client = Client()
    client.force_login(world.manager)
    new = {"oldpassword": make.PASSWORD, "password1": "uusi-hauki-8-jää", "password2": "uusi-hauki-8-jää"}
    assert client.post("/tunnus/salasana/vaihda/", new).status_code == 302

    answer = Client().get("/api/v1/plans/", headers={"Authorization": f"Token {key}"})

    assert answer.status_code == 401
