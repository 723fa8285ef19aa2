"""Everything that goes wrong answers with a whole problem, in the caller's language."""

from typing import Any

import pytest
from django.core.signals import got_request_exception
from django.test import Client
from rest_framework.test import APIRequestFactory

from tests.api.town import API, Caller, Town, problem
from toimenpiteet.api.rounds import RoundList

pytestmark = pytest.mark.once


def test_an_address_that_is_none_answers_as_the_api(town: Town) -> None:
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
        found = problem(town.client().send(method, "plans/eka/", {}), 404, "not_found")
        assert found["instance"] == f"{API}plans/eka/"


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "plans/"), ("PUT", "plans/1/"), ("DELETE", "steps/1/"), ("PATCH", "token/")]
)
def test_a_wrong_method(town: Town, method: str, path: str) -> None:
    problem(town.client().send(method, path, {}), 405, "method_not_allowed")


@pytest.mark.parametrize("path", ["", "action-items/", "schema/", "reader/"])
def test_head_and_options_do_no_harm(town: Town, path: str) -> None:
    assert town.client().send("HEAD", path).status_code == 200
    assert town.client().send("OPTIONS", path).status_code in {200, 405}


def test_a_body_of_another_kind(town: Town) -> None:
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"):
        answer = Client().post(f"{API}token/", b"name=start", content_type=kind)
        problem(answer, 415, "unsupported_media_type")


def test_an_answer_of_another_kind(town: Town) -> None:
    problem(Client().get(f"{API}units/", headers={"Accept": "text/csv"}), 406, "not_acceptable")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"name": }', b"\xff\xfe", b'{"name": NaN}', b"[" * 100_000, b'{"a":' * 50_000, b"1" * 5000],
)
def test_a_body_that_is_no_json(town: Town, body: bytes) -> None:
    answer = town.client().send("POST", f"plans/{town.plan.pk}/transitions/", body, version=1)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_a_body_that_is_too_large(town: Town) -> None:
    body = b'{"name": "start", "comment": "' + b"x" * 2_000_000 + b'"}'
    problem(town.client().send("POST", f"plans/{town.plan.pk}/transitions/", body, version=1), 413, "too_large")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "There is no such thing here"), ("fi", None), ("sv", None), ("de", None), ("sv-FI,en;q=0.5", None)],
)
def test_messages_name_their_language(town: Town, language: str, words: str | None) -> None:
    answer = town.client(language=language).get("plans/999999999/")
    found = problem(answer, 404, "not_found")
    assert answer["Content-Language"] == (language[:2] if language[:2] in {"fi", "sv", "en"} else "fi")
    assert "Accept-Language" in answer["Vary"]
    assert words is None or words in found["detail"]


def test_an_unforeseen_error_is_told_to_us_and_not_to_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Any) -> None:
        raise RuntimeError("salasana on hauki")

    seen: list[Any] = []
    monkeypatch.setattr(RoundList, "rows", broken)

    def receive(request: Any, **_: Any) -> None:
        seen.append(request)

    got_request_exception.connect(receive)
    try:
        answer = RoundList.as_view()(APIRequestFactory().get(f"{API}rounds/")).render()
    finally:
        got_request_exception.disconnect(receive)
    problem(answer, 500, "error")
    assert b"hauki" not in answer.content
    assert len(seen) == 1


def test_an_anonymous_write_is_asked_to_sign_in(town: Town) -> None:
    answer = Caller().move(town.plan.pk, "start", 1)
    problem(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Token"
