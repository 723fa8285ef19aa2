"""What docker-compose.yml starts works: its very commands, environment and health checks, as processes.

No container engine is needed. Only addresses and paths that exist inside containers are replaced.
"""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.frame import compose
from tests.programs import ROOT, Program, clean_environment, running
from tests.smtp import SmtpServer, free_port
from toimenpiteet.calendar import send_window

FILE = ROOT / "docker-compose.yml"
OPERATOR = {
    "ALLOWED_HOSTS": "strategia.kunta.example",
    "PUBLIC_URL": "https://strategia.kunta.example",
    "MAIL_FROM": "Toimenpiteet <strategia@kunta.example>",
    "EMAIL_HOST": "127.0.0.1",
}


# Mails go out in mail hours only, and tests run at any time: Django's clock is moved into the next ones. Python loads a
# module of this name, where it finds one, before anything else.
SITECUSTOMIZE = """
from datetime import timedelta
from django.utils import timezone
real = timezone.now
timezone.now = lambda: real() + timedelta(seconds={seconds})
"""


@dataclass(frozen=True)
class Installation:
    """The services of the file, moved to this machine."""

    services: Mapping[str, compose.Service]
    port: int
    folder: Path

    def environment(self, name: str) -> dict[str, str]:
        """Return what the service's process gets; each has a disk of its own, as in its container."""
        own = self.folder / name
        environment = {**self.services[name].environment, "VAR_DIR": str(own), "STATIC_ROOT": str(self.folder)}
        return clean_environment(**environment, PORT=str(self.port), PYTHONPATH=str(self.folder / "clock"))

    def run(self, name: str, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Run a command to its end in the place of a service."""
        return subprocess.run(
            command, cwd=ROOT, env=self.environment(name), text=True, capture_output=True, check=False, timeout=120
        )

    def is_healthy(self, name: str) -> bool:
        """Run the very health check of a service."""
        return self.run(name, self.services[name].check).returncode == 0


@pytest.fixture
def installation(postgresql_url: str, redis_url: str, smtp_server: SmtpServer, tmp_path: Path) -> Installation:
    (tmp_path / "secret_key").write_text("0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ\n")
    (tmp_path / "database_password").write_text("not asked for on this machine\n")
    (tmp_path / "email_password").write_text("")
    now = timezone.now()
    mail_hours = send_window(now + timedelta(days=1)).opens_at + timedelta(hours=1)
    (tmp_path / "clock").mkdir()
    (tmp_path / "clock/sitecustomize.py").write_text(SITECUSTOMIZE.format(seconds=(mail_hours - now).total_seconds()))
    places = {
        "postgresql://toimenpiteet@postgres:5432/toimenpiteet": postgresql_url,
        "redis://redis:6379/0": redis_url,
        "/run/secrets": str(tmp_path),
    }
    found = compose.services(FILE, {**OPERATOR, "EMAIL_PORT": str(smtp_server.port)})
    return Installation({name: compose.substitute(one, places) for name, one in found.items()}, free_port(), tmp_path)


@pytest.fixture
def programs(installation: Installation) -> Iterator[dict[str, Program]]:
    """Migrate as the file says, start web, worker and beat, and wait for their health checks."""
    migrated = installation.run("migrate", installation.services["migrate"].command)
    assert migrated.returncode == 0, migrated.stderr
    with ExitStack() as stack:
        started = {
            name: stack.enter_context(running(installation.services[name].command, installation.environment(name)))
            for name in ("web", "worker", "beat")
        }
        for name, program in started.items():
            program.wait_until(lambda name=name: installation.is_healthy(name))  # type: ignore[misc]  # a default binds the loop's name
        yield started


# These two use the API and the outbox: everything else here is the frame's alone.


def move_a_plan(installation: Installation, seeded: Mapping[str, Any]) -> dict[str, Any]:
    """Start the seeded plan through the API, as a client behind the city's proxy; return the plan as answered."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{installation.port}/api/v1/plans/{seeded['plan']}/transitions/",
        data=json.dumps({"name": "start", "comment": ""}).encode(),
        headers={
            "Host": OPERATOR["ALLOWED_HOSTS"],
            "X-Forwarded-Proto": "https",
            "Authorization": f"Token {seeded['token']}",
            "Content-Type": "application/json",
            "If-Match": f'"{seeded["version"]}"',
        },
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        moved: dict[str, Any] = json.load(answer)
    return moved


def receive_the_reminder(smtp_server: SmtpServer, seeded: Mapping[str, Any]) -> None:
    """Wait for beat to tick, the worker to take the tick, and the mail to come: exactly one."""
    (delivery,) = smtp_server.wait_for(1, seconds=100)
    assert delivery.recipients == (seeded["recipient"],)
    assert delivery.sender == "strategia@kunta.example"


@pytest.mark.soak
@pytest.mark.processes
@pytest.mark.needs_postgresql
@pytest.mark.needs_redis
def test_the_services_start_move_a_plan_send_a_reminder_and_stop(
    installation: Installation, programs: dict[str, Program], smtp_server: SmtpServer
) -> None:
    seeding = installation.run("migrate", [sys.executable, "-m", "tests.frame.compose_seed"])
    assert seeding.returncode == 0, seeding.stderr
    seeded = json.loads(seeding.stdout)

    moved = move_a_plan(installation, seeded)
    receive_the_reminder(smtp_server, seeded)

    assert moved["plan"]["status"] == "in_progress"
    assert {name: program.end() for name, program in programs.items()} == {"web": 0, "worker": 0, "beat": 0}
    assert [name for name in ("web", "worker") if installation.is_healthy(name)] == []


def test_docker_compose_insists_on_what_the_operator_must_choose() -> None:
    for name in OPERATOR:
        with pytest.raises(compose.Unset, match=name):
            compose.services(FILE, {key: value for key, value in OPERATOR.items() if key != name})


def test_every_lasting_service_restarts_is_watched_and_keeps_its_data() -> None:
    services = compose.raw(FILE)["services"]
    lasting = {name: one for name, one in services.items() if name != "migrate"}

    assert set(lasting) == {"web", "worker", "beat", "postgres", "redis"}
    assert all(one["restart"] == "unless-stopped" and one["healthcheck"]["test"] for one in lasting.values())
    assert all(services[name]["volumes"] for name in ("postgres", "redis"))


def test_redis_evicts_nothing_and_keeps_the_queue() -> None:
    command = compose.raw(FILE)["services"]["redis"]["command"]

    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"
    assert command[command.index("--appendonly") + 1] == "yes"


def test_no_secret_stands_in_the_file() -> None:
    for name, one in compose.services(FILE, OPERATOR).items():
        for key, value in one.environment.items():
            secret = ("KEY" in key or "PASSWORD" in key) and not key.endswith("_FILE")
            assert not secret, f"{name}: {key} is {value}"


def test_the_image_runs_without_rights() -> None:
    last_stage = (ROOT / "Dockerfile").read_text().split("\nFROM ")[-1]

    assert "\nUSER toimenpiteet\n" in last_stage
    for name, one in compose.raw(FILE)["services"].items():
        if "build" in one:
            assert one["read_only"], name
            assert one["cap_drop"] == ["ALL"], name
