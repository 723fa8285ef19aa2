"""Signing in with XOAUTH2: a real mail server that takes no password, and a real token server."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from notifications import oauth
from tests.smtp import SmtpServer

from . import build
from .build import SECOND, RoundWorld, at

pytestmark = pytest.mark.django_db


@dataclass
class TokenMailServer(SmtpServer):
    """A mail server that asks for the token "good"."""

    signed_in: list[str] = field(default_factory=list)

    async def auth_XOAUTH2(self, server: Any, words: list[str]) -> AuthResult:  # noqa: N802  # aiosmtpd's name
        """Read the first answer; refuse with a challenge, as Exchange Online does."""
        said = base64.b64decode(words[1]).decode()
        if "auth=Bearer good\x01\x01" in said:
            self.signed_in.append(said.partition("\x01")[0])
            return AuthResult(success=True, auth_data=said)
        await server.challenge_auth(b'{"status":"400"}', encode_to_b64=True)
        return AuthResult(success=False, handled=False)

    def start(self) -> Controller:
        """Start listening; the caller stops what is returned."""
        controller = Controller(self, hostname=self.host, port=self.port, auth_required=True, auth_require_tls=False)
        controller.start()
        return controller


@dataclass
class TokenServer:
    """What the token server answers, and what it was asked."""

    answer: tuple[int, bytes] = (200, json.dumps({"access_token": "good", "expires_in": 3600}).encode())
    asked: list[dict[str, list[str]]] = field(default_factory=list)


@pytest.fixture
def tokens(settings: Any) -> Iterator[TokenServer]:
    state = TokenServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that http.server asks for
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.asked.append(parse_qs(body.decode()))
            self.send_response(state.answer[0])
            self.end_headers()
            self.wfile.write(state.answer[1])

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    oauth._tokens.clear()
    settings.EMAIL_OAUTH = {
        "token_url": f"http://127.0.0.1:{server.server_port}/token",
        "client_id": "toimenpiteet",
        "client_secret": "salaisuus",
        "scope": "https://mail.example/.default",
    }
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture
def mail_server(settings: Any) -> Iterator[TokenMailServer]:
    server = TokenMailServer()
    controller = server.start()
    settings.EMAIL_BACKEND = "notifications.oauth.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = server.host, server.port, 5
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "strategia@mallila.example", ""
    yield server
    controller.stop()


def test_a_mail_leaves_with_a_token_that_is_asked_for_once(tokens: TokenServer, mail_server: TokenMailServer) -> None:
    RoundWorld()
    build.tick(at(SECOND))
    build.tick(at(build.LAST))
    assert [row["grant_type"] for row in tokens.asked] == [["client_credentials"]]
    assert tokens.asked[0]["scope"] == ["https://mail.example/.default"]
    assert mail_server.signed_in == ["user=strategia@mallila.example"] * 2
    assert len(mail_server.deliveries) == 2


def test_a_refused_token_keeps_the_mail_and_is_asked_for_anew(
    tokens: TokenServer, mail_server: TokenMailServer
) -> None:
    RoundWorld()
    good = tokens.answer
    tokens.answer = (200, b'{"access_token": "withdrawn", "expires_in": 3600}')
    build.tick(at(SECOND))
    assert (build.only().state, build.only().problem) == ("planned", "policy")
    tokens.answer = good
    build.tick(at(SECOND, 9, 1))
    assert build.only().state == "sent"


@pytest.mark.parametrize("answer", [(401, b""), (200, b"<html>"), (200, b"{}"), (200, b"[]")])
def test_a_token_server_that_gives_none_keeps_the_mail(
    tokens: TokenServer, mail_server: TokenMailServer, answer: tuple[int, bytes]
) -> None:
    RoundWorld()
    tokens.answer = answer
    build.tick(at(SECOND))
    row = build.only()
    assert (row.state, row.problem, row.maybe_sent) == ("planned", "policy", False)
    assert "no token" in row.error
    assert "salaisuus" not in row.error


def test_a_token_server_that_is_not_there_keeps_the_mail(mail_server: TokenMailServer, settings: Any) -> None:
    oauth._tokens.clear()
    settings.EMAIL_OAUTH = {"token_url": "http://127.0.0.1:1/", "client_id": "x", "client_secret": "x", "scope": "x"}
    RoundWorld()
    build.tick(at(SECOND))
    assert (build.only().state, build.only().problem) == ("planned", "network")
