"""Real processes, database and mail server; workers killed at random: nothing is lost, copies are the same mail."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from tests import services
from tests.programs import ROOT, clean_environment, manage
from tests.smtp import SmtpServer

pytestmark = pytest.mark.processes
MAILS = 60
SEED = 20260731
KILLS = 12
SECONDS = 60
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs_postgresql)]


@dataclass
class SlowServer(SmtpServer):
    """A mail server that has taken the mail a moment before it says so: there a killed worker makes a copy."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        """Take the mail, then answer."""
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(0.02)
        return answer


@pytest.fixture
def slow_server() -> Iterator[SlowServer]:
    server = SlowServer()
    controller = server.start()
    yield server
    controller.stop()


@pytest.fixture
def environment(request: pytest.FixtureRequest, tmp_path: Path, slow_server: SlowServer) -> Iterator[dict[str, str]]:
    """Return the environment of an installation of its own, with its outbox filled."""
    values = clean_environment(
        MODE="embedded",
        VAR_DIR=str(tmp_path),
        DJANGO_SETTINGS_MODULE="toimenpiteet.config.settings",
        EMAIL_HOST=slow_server.host,
        EMAIL_PORT=str(slow_server.port),
        LOG_LEVEL="ERROR",
    )
    if request.param == "sqlite":
        yield values
        return
    with services.fresh_database(services.require("postgresql")) as url:
        yield values | {"DATABASE_URL": url}


def workers(environment: dict[str, str], *arguments: object) -> Any:
    """Run the workers' script; return what it says."""
    command = [sys.executable, "-m", "tests.notifications.workers", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout or "null")


# SQLite lets one write at a time: a minute that tells less, kept for `make soak`.
@pytest.mark.parametrize("environment", [pytest.param("sqlite", marks=pytest.mark.soak), ENGINES[1]], indirect=True)
def test_five_planners_at_once_and_killed_workers(environment: dict[str, str], slow_server: SlowServer) -> None:
    workers(environment, "prepare", MAILS)

    planned = workers(environment, "plan", 5)
    assert planned["codes"] == [0] * 5
    assert len({row["key"] for row in planned["rows"]}) == len(planned["rows"]) == MAILS
    # Who came first made the row; nobody claims another's.
    assert planned["planned"] == MAILS
    # The budget round of 2026 was there; the calendar asks for three more, and for the report that follows it.
    assert (planned["rounds"], planned["rounds_kept"]) == (3, 4)

    done = workers(environment, "storm", SEED, KILLS, SECONDS)
    assert done["killed"] >= KILLS // 3
    assert Counter(row["state"] for row in done["rows"]) == {"sent": MAILS}
    arrived = Counter(one.message["Message-ID"] for one in slow_server.deliveries)
    # None lost, and every copy is one of these mails.
    assert arrived.keys() == {row["message_id"] for row in done["rows"]}
    assert sum(arrived.values()) - MAILS <= done["killed"]
    for row in done["rows"]:
        copies = [one for one in slow_server.deliveries if one.message["Message-ID"] == row["message_id"]]
        assert {one.recipients for one in copies} == {(row["address__text"],)}
        dates = {one.message["Date"].datetime.astimezone(UTC).isoformat(timespec="seconds") for one in copies}
        assert dates == {row["dated_at"]}
        # A copy is possible only where the row says that it is.
        assert len(copies) == 1 or row["maybe_sent"]


FEW = 5
COPIES = {"claimed": 0, "made": 0, "begun": 0, "accepted": 1, "recorded": 0}
"""Where a worker dies, and how many second copies that makes: only between the server's acceptance and our record."""


@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "point",
    ["begun", "accepted", *(pytest.param(one, marks=pytest.mark.soak) for one in ("claimed", "made", "recorded"))],
)
def test_whatever_point_a_worker_dies_at_nothing_is_lost_and_a_copy_is_the_same_mail(
    environment: dict[str, str], slow_server: SlowServer, point: str
) -> None:
    done, arrived = died(environment, slow_server, point)
    assert Counter(row["state"] for row in done["rows"]) == {"sent": FEW}
    assert arrived.keys() == {row["message_id"] for row in done["rows"]}
    assert sum(arrived.values()) - FEW == COPIES[point]
    doubled = next((row for row in done["rows"] if arrived[row["message_id"]] == 2), None)
    assert doubled is None or doubled["maybe_sent"]


@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_a_planted_fault_is_found(environment: dict[str, str], slow_server: SlowServer) -> None:
    """Who marks a mail sent and sends it then loses what a death comes between: these tests would see it."""
    done, arrived = died(environment, slow_server, "begun", "planted")
    assert Counter(row["state"] for row in done["rows"]) == {"sent": FEW}
    assert len(arrived) < FEW


def died(environment: dict[str, str], server: SlowServer, *how: str) -> tuple[Any, Counter[str]]:
    """Let a worker die; return what became of the rows, and which mails arrived how often."""
    workers(environment, "prepare", FEW)
    workers(environment, "plan", 1)
    done = workers(environment, "die", *how)
    assert done["died"] == -9
    return done, Counter(one.message["Message-ID"] for one in server.deliveries)


@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_the_command_sends_without_redis(environment: dict[str, str], slow_server: SlowServer) -> None:
    workers(environment, "prepare", 2)
    without_redis = environment | {"REDIS_URL": "redis://127.0.0.1:1/0"}
    done = manage("send_reminders", "--now", "2026-12-18T09:00+02:00", environment=without_redis)
    assert done.returncode == 0, done.stderr
    assert "sent: 2" in done.stdout
    assert len(slow_server.deliveries) == 2
