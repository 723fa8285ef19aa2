"""Tokens and sessions."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from tests import make
from tests.api.town import API, Caller, Town, problem
from toimenpiteet.services.people import tokens

pytestmark = pytest.mark.once


def sign_in(email: str, password: str = make.PASSWORD) -> Any:
    return Caller().send("POST", "token/", {"email": email, "password": password})


def with_token(token: str) -> Client:
    return Client(headers={"Authorization": f"Token {token}"})


def test_e_mail_and_password_give_a_token_that_works_until_it_is_revoked(town: Town) -> None:
    answer = sign_in(town.director.email.upper())
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    token = answer.json()["token"]
    assert answer.json()["expires"] > timezone.now().isoformat()
    program = with_token(token)
    assert program.get(f"{API}units/").json()["count"] == 1
    assert program.delete(f"{API}token/").status_code == 204
    problem(program.get(f"{API}units/"), 401, "wrong_token")


def test_the_token_itself_is_not_kept(town: Town) -> None:
    token = sign_in(town.director.email).json()["token"]
    kept = AuthToken.objects.get()
    assert token not in {kept.digest, kept.token_key}


@pytest.mark.parametrize(("email", "password"), [("", "väärä"), ("kukaan@mallila.example", make.PASSWORD)])
def test_a_wrong_pair_tells_not_which_half_is_wrong(town: Town, email: str, password: str) -> None:
    answer = sign_in(email or town.director.email, password)
    found = problem(answer, 401, "wrong_credentials")
    assert answer["WWW-Authenticate"] == "Token"
    assert found["detail"] == problem(sign_in("x@y.example", "z"), 401, "wrong_credentials")["detail"]


def test_an_account_that_is_closed_gets_no_token_and_loses_those_it_has(town: Town) -> None:
    caller = town.client("director")
    make.change_user(town.director, is_active=False)
    problem(sign_in(town.director.email), 401, "wrong_credentials")
    problem(caller.get("units/"), 401, "wrong_token")


@pytest.mark.parametrize(
    "body",
    [
        {"email": None},
        {"email": 3},
        {"email": "a\x00b"},
        {"email": "x" * 300},
        {"password": ""},
        {"password": "x" * 5000},
        {"password": ["x"]},
        {"remember": True},
    ],
)
def test_a_form_that_does_not_fit(town: Town, body: Any) -> None:
    form = {"email": town.director.email, "password": make.PASSWORD} | body
    found = problem(Caller().send("POST", "token/", form), 400, "invalid")
    assert [error["field"] for error in found["errors"]] == list(body)


@pytest.mark.parametrize(
    "header", ["Token", "Token x", "Token a b", "Token ä", "Token " + "0" * 64, "Token " + "x" * 9000]
)
def test_a_token_that_is_none(town: Town, header: str) -> None:
    answer = Client(headers={"Authorization": header.encode().decode("latin-1")}).get(f"{API}units/")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


def test_a_token_ends_on_its_day(town: Town) -> None:
    caller = town.client("director")
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    problem(caller.get("units/"), 401, "wrong_token")
    assert sign_in(town.director.email).status_code == 201
    assert AuthToken.objects.count() == 1


def test_a_person_has_only_so_many_tokens(town: Town) -> None:
    for _ in range(20):
        tokens.issue(town.director, now=make.NOW)
    problem(sign_in(town.director.email), 409, "too_many_tokens")
    assert sign_in(town.manager.email).status_code == 201


def test_all_tokens_of_a_person_end_at_once_and_nobody_elses(town: Town) -> None:
    first, second, other = town.client("director"), town.client("director"), town.client("manager")
    problem(first.send("DELETE", "token/?all=joo"), 400, "invalid")
    assert first.send("DELETE", "token/?all=true").status_code == 204
    problem(second.get("units/"), 401, "wrong_token")
    assert other.get("units/").status_code == 200


def test_attempts_on_one_account_are_limited(town: Town) -> None:
    body = json.dumps({"email": "Uhri@mallila.example", "password": "x"})
    answers = [
        Client(REMOTE_ADDR=f"10.0.0.{number}").post(f"{API}token/", body, "application/json") for number in range(31)
    ]
    assert [answer.status_code for answer in answers] == [401] * 30 + [429]
    problem(answers[-1], 429, "throttled")
    assert int(answers[-1]["Retry-After"]) > 0
    assert sign_in(town.director.email).status_code == 201


def test_attempts_from_one_address_are_limited_whatever_it_calls_itself(town: Town) -> None:
    codes = [
        Client(headers={"X-Forwarded-For": f"10.0.0.{number}"})
        .post(f"{API}token/", json.dumps({"email": f"{number}@x.example", "password": "x"}), "application/json")
        .status_code
        for number in range(21)
    ]
    assert codes == [401] * 20 + [429]


def test_a_cache_that_is_away_keeps_nobody_from_signing_in(town: Town, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:9",
            "OPTIONS": {"socket_connect_timeout": 1},
        }
    }
    assert sign_in(town.director.email).status_code == 201
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


def test_a_session_reads_and_writes_with_the_csrf_token(town: Town) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(town.manager)
    assert browser.get(f"{API}units/").json()["count"] == 1
    body, headers = json.dumps({"name": "start"}), {"If-Match": '"1"'}
    address = f"{API}plans/{town.plan.pk}/transitions/"
    problem(browser.post(address, body, "application/json", headers=headers), 403, "permission_denied")
    browser.get(f"{API}reader/")
    token = browser.cookies["csrftoken"].value
    answer = browser.post(address, body, "application/json", headers=headers | {"X-CSRFToken": token})
    assert answer.status_code == 200, answer.content


def test_a_session_without_a_token_has_none_to_revoke(town: Town) -> None:
    browser = Client()
    browser.force_login(town.manager)
    problem(browser.delete(f"{API}token/"), 400, "invalid")
    assert browser.delete(f"{API}token/?all=true").status_code == 204
    problem(Client().delete(f"{API}token/"), 401, "not_authenticated")
