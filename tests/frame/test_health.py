"""The health checks tell what works and what does not."""

import os
import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from django.test import Client, override_settings

from tests.smtp import free_port


@pytest.fixture
def beat_mark() -> Iterator[None]:
    settings.BEAT_MARK.touch()
    yield
    settings.BEAT_MARK.unlink(missing_ok=True)


@pytest.mark.django_db
def test_the_web_server_says_ok(client: Client) -> None:
    answer = client.get("/health/")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_a_health_check_over_plain_http_is_not_sent_to_https(client: Client) -> None:
    with override_settings(SECURE_SSL_REDIRECT=True):
        assert client.get("/health/").status_code == 200
        assert client.get("/elsewhere/").status_code == 301


def test_without_its_database_the_web_server_is_unwell(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", refuse)

    assert client.get("/health/").status_code == 503


@pytest.mark.usefixtures("beat_mark")
def test_beat_is_well_while_it_ticks() -> None:
    call_command("health", "beat")


@pytest.mark.usefixtures("beat_mark")
def test_beat_is_unwell_after_three_silent_minutes() -> None:
    os.utime(settings.BEAT_MARK, (time.time() - 200, time.time() - 200))

    with pytest.raises(CommandError, match="Beat has not ticked for 200 seconds"):
        call_command("health", "beat")


def test_beat_is_unwell_before_it_starts() -> None:
    with pytest.raises(CommandError, match="Beat has not started"):
        call_command("health", "beat")


def test_a_web_server_that_does_not_listen_is_unwell() -> None:
    with override_settings(PORT=free_port()), pytest.raises(CommandError, match="does not answer"):
        call_command("health", "web")
