"""The database is away, or a statement takes too long: 503, when to try again, and nothing typed is lost."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.db.utils import load_backend
from django.test import Client

from tests.programs import ROOT, clean_environment
from tests.services import postgresql

TEXT = "Kirjoitin tämän pitkään."


def _elsewhere(**where: Any) -> Any:
    usual = connections["default"].settings_dict
    return load_backend(usual["ENGINE"]).DatabaseWrapper({**usual, **where}, "default")


@pytest.fixture
def away(db: None) -> Iterator[None]:
    """Let the product look for its database where there is none."""
    there = connections["default"]
    connections["default"] = _elsewhere(NAME="/nowhere/at/all", HOST="127.0.0.1", PORT="1")
    yield
    connections["default"] = there


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize(
    ("language", "words"),
    [("fi", "Hetken poissa käytöstä"), ("sv", "Ur bruk en stund"), ("en", "Out of service for a moment")],
)
def test_a_page_says_so_and_keeps_what_was_typed(language: str, words: str) -> None:
    client = Client(raise_request_exception=False, headers={"accept-language": language})
    answer = client.post("/suunnitelmat/1/kommentti/", {"comment": TEXT, "password": "ei tätä"})
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert words in page
    assert TEXT in page
    assert "ei tätä" not in page


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize("path", ["/", "/strategiat/", "/tunnus/kirjaudu/", "/odottaa/"])
def test_reading_says_so(path: str) -> None:
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a" * 32
    assert client.get(path).status_code == 503


@pytest.mark.usefixtures("away")
def test_the_api_says_so() -> None:
    answer = Client(raise_request_exception=False).get("/api/v1/plans/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "unavailable"


def _asked(door: str, database: str) -> "subprocess.CompletedProcess[str]":
    """Ask the database how long it lets a statement take, in a process that begins with the module of a door."""
    code = f"import toimenpiteet.config.{door}, django; django.setup()\nfrom django.db import connection\n"
    code += "print(connection.cursor().execute('SHOW statement_timeout').fetchone()[0])"
    environment = clean_environment(
        MODE="embedded", DATABASE_URL=database, DJANGO_SETTINGS_MODULE="toimenpiteet.config.settings"
    )
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False, timeout=60)


@pytest.mark.needs_postgresql
@pytest.mark.processes
@pytest.mark.parametrize(("door", "limit"), [("gunicorn", "30s"), ("celery", "2min"), ("settings", "0")])
def test_pages_and_the_worker_wait_for_no_statement_for_ever(door: str, limit: str) -> None:
    done = _asked(door, str(postgresql()))
    assert done.stdout.strip() == limit, done.stderr


@pytest.mark.processes
def test_a_server_that_takes_the_call_and_never_speaks_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        done = _asked("gunicorn", f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/none")
    assert "OperationalError" in done.stderr
    assert "timeout" in done.stderr
