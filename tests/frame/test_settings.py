"""Configuration: strict, complete, documented, and safe for a city."""

import re
import stat
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage

from tests.programs import ROOT, clean_environment, manage
from toimenpiteet.config import env

pytestmark = pytest.mark.once

PRODUCTION = {
    "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ALLOWED_HOSTS": "strategia.kunta.example",
    "PUBLIC_URL": "https://strategia.kunta.example",
    "DATABASE_URL": "postgresql://user:secret@database.example/name",
    "REDIS_URL": "redis://redis.example:6379/0",
    "MAIL_FROM": "Toimenpiteet <strategia@kunta.example>",
    "EMAIL_HOST": "smtp.kunta.example",
}


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    return clean_environment(**PRODUCTION, VAR_DIR=str(tmp_path / "var"))


@pytest.mark.processes
def test_production_passes_the_deployment_check(production: dict[str, str]) -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", environment=production)

    assert (done.returncode, "no issues" in done.stdout) == (0, True), done.stderr


@pytest.mark.processes
def test_an_embedded_installation_does_not_pass_for_a_city(tmp_path: Path) -> None:
    done = manage("check", "--deploy", environment=clean_environment(MODE="embedded", VAR_DIR=str(tmp_path)))

    assert done.returncode == 1
    assert "MODE is embedded" in done.stderr


@pytest.mark.processes
@pytest.mark.parametrize("name", PRODUCTION)
def test_production_refuses_to_start_without(name: str, production: dict[str, str]) -> None:
    del production[name]

    done = manage("check", environment=production)

    expected = f"Cannot start: {name} is not set. See .env.example for what it holds and how to make one.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", expected)


@pytest.mark.parametrize(
    ("given", "shown", "address"),
    [
        ("s@k.example", "", "s@k.example"),
        ("Kaupunki, strategia <s@k.example>", "Kaupunki, strategia", "s@k.example"),
        ('"Kaupunki, strategia" <s@k.example>', "Kaupunki, strategia", "s@k.example"),
        (
            "Äänekosken kaupunki <s@äänekoski.example>",
            "Äänekosken kaupunki",
            "s@" + "äänekoski.example".encode("idna").decode(),
        ),
    ],
)
def test_a_sender_is_read_as_people_write_it(
    monkeypatch: pytest.MonkeyPatch, given: str, shown: str, address: str
) -> None:
    monkeypatch.setenv("MAIL_FROM", given)
    raw = EmailMessage("Aihe", "", env.sender("MAIL_FROM"), ["x@k.example"]).message().as_bytes()
    message = message_from_bytes(raw, policy=policy.default)
    (found,) = message["From"].addresses
    assert (found.display_name, found.addr_spec) == (shown, address)


NO_SENDERS = (
    *("no address", "@k.example", "Kunta <s@>", "päivi@k.example", "a@b@c", "s@k.example, t@k.example"),
    "Kunta <s@k.example\nBcc: x>",
    "Kunta\nBcc: x <s@k.example>",
)


@pytest.mark.parametrize("given", NO_SENDERS)
def test_a_sender_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("MAIL_FROM", given)
    with pytest.raises(ImproperlyConfigured, match="it must look like: Kunta"):
        env.sender("MAIL_FROM")


@pytest.mark.processes
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("BEHIND_PROXY", "yes", "BEHIND_PROXY is 'yes'; it must be one of: true, false."),
        ("MODE", "debug", "MODE is 'debug'; it must be one of: production, embedded."),
        ("EMAIL_PORT", "smtp", "EMAIL_PORT is 'smtp'; it must be a whole number, from 1 to 65535."),
        ("EMAIL_PORT", "99999", "EMAIL_PORT is '99999'; it must be a whole number, from 1 to 65535."),
        ("EMAIL_HOST", "smtp host", "EMAIL_HOST is 'smtp host'; it must be the name or the address of one machine."),
        ("EMAIL_HOST", "a..b", "EMAIL_HOST is 'a..b'; it must be the name or the address of one machine."),
        ("EMAIL_HOST_USER", "kunta", "Only one of EMAIL_HOST_USER and EMAIL_HOST_PASSWORD is set."),
        ("PUBLIC_URL", "strategia.kunta.example", "PUBLIC_URL is 'strategia.kunta.example'; it must look like"),
        (
            "DATABASE_URL",
            "mysql://host/name",
            "DATABASE_URL must begin with postgresql:// or postgres:// or sqlite://.",
        ),
        ("REDIS_URL", "localhost:6379", "REDIS_URL must begin with redis:// or rediss:// or unix://."),
        ("PUBLIC_URL", "https://k.example/a", "PUBLIC_URL is 'https://k.example/a'; it must end with the host"),
        ("MAIL_FROM", "no address", "MAIL_FROM is 'no address'; it must look like: Kunta <strategia@kunta.example>."),
        ("EMAIL_HOST_PASSWORD", "pässi", "EMAIL_HOST_PASSWORD holds a letter that is not ASCII"),
        ("SECRET_KEY_FILE", "/nowhere", "Both SECRET_KEY and SECRET_KEY_FILE are set. Keep one of them."),
    ],
)
def test_a_value_that_cannot_be_read_is_an_error(name: str, value: str, said: str, production: dict[str, str]) -> None:
    done = manage("check", environment={**production, name: value})

    assert done.returncode == 1
    assert done.stderr.startswith(f"Cannot start: {said}")
    assert done.stderr.count("\n") == 1


@pytest.mark.processes
def test_secrets_come_from_files(production: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "key").write_text(production.pop("SECRET_KEY") + "\n")

    assert manage("check", environment={**production, "SECRET_KEY_FILE": str(tmp_path / "key")}).returncode == 0


@pytest.mark.processes
@pytest.mark.parametrize(
    "command",
    [
        ["-m", "gunicorn", "--config", "python:toimenpiteet.config.gunicorn", "toimenpiteet.config.wsgi"],
        ["-m", "celery", "--app", "toimenpiteet.config.celery", "worker"],
        ["-m", "celery", "--app", "toimenpiteet.config.celery", "beat"],
    ],
    ids=["web", "worker", "beat"],
)
def test_each_process_refuses_in_one_sentence(command: list[str], production: dict[str, str]) -> None:
    import subprocess
    import sys

    del production["ALLOWED_HOSTS"]

    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=production, text=True, capture_output=True, check=False, timeout=60
    )

    assert done.returncode == 1
    assert done.stderr.strip().endswith(
        "Cannot start: ALLOWED_HOSTS is not set. See .env.example for what it holds and how to make one."
    )
    assert "Traceback" not in done.stderr


def test_the_secret_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"

    first, second = env.kept_secret(path), env.kept_secret(path)

    assert first == second
    assert len(first) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_every_variable_is_documented_and_every_documented_one_is_read() -> None:
    readers = r"env\.(?:text|number|flag|choice|words|url|database|folder|sender|host|ascii_secret)\(\s*\"([A-Z_]+)\""
    code = "".join(path.read_text() for path in sorted((ROOT / "toimenpiteet/config").glob("*.py")))
    # DATABASE_PASSWORD is read inside env.py itself; WORKER_PROCESSES by docker-compose.yml.
    read = {*re.findall(readers, code), "DATABASE_PASSWORD", "WORKER_PROCESSES"}
    documented = set(re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert read == documented
