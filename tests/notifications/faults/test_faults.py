"""Faults combined, pair by pair, on both databases: nothing is lost, and nobody who answers for something is untold."""

import itertools
import json
import os
import random
import shutil
import ssl
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests import services
from tests.programs import ROOT, clean_environment
from toimenpiteet.calendar import local_day

from .machines import PostgreSQL, Redis
from .mail_server import BOUNCING, FAULTS, REFUSED, MisbehavingServer
from .trial import TROUBLES, Trial

pytestmark = [pytest.mark.processes, pytest.mark.soak, pytest.mark.needs_postgresql, pytest.mark.needs_redis]
CHANGES = ("nothing", "answers", "leaves", "hands_over", "moves", "later_day")


@dataclass(frozen=True)
class Case:
    """One combination: what the mail server does, what happens to the machines, what people do, on which database."""

    fault: str
    trouble: str
    change: str
    engine: str

    def __str__(self) -> str:
        return "-".join((self.fault, self.trouble, self.change, self.engine)).replace(" ", "_")


def pairs() -> list[Case]:
    """Return cases in which every two values of two kinds meet (on SQLite, what is not PostgreSQL's own)."""
    found = []
    for row, fault in enumerate(FAULTS):
        for column, trouble in enumerate(TROUBLES):
            sqlite = "postgresql" not in trouble and (row + column // 2) % 3 == 0
            found.append(Case(fault, trouble, CHANGES[(row + column) % 6], "sqlite" if sqlite else "postgresql"))
    return found


@dataclass
class Halls:
    """What all trials of a process share: a cluster, and the cities before their mails leave, by change and engine."""

    postgresql: PostgreSQL
    redis: Redis
    folder: Path

    def city(self, case: Case) -> str:
        """Return the city of a case, made when it is first asked for: the name of a template, or a file."""
        name, file = f"city_{case.change}", self.folder / f"{case.change}.sqlite3"
        url = f"sqlite:///{file}" if case.engine == "sqlite" else f"{self.postgresql.url.rpartition('/')[0]}/{name}"
        mark = self.folder / f"{case.engine}-{case.change}"
        if not mark.exists():
            if case.engine == "postgresql":
                services.administer(self.postgresql.url, f"CREATE DATABASE {name}")
            environment = clean_environment(
                MODE="embedded",
                DATABASE_URL=url,
                VAR_DIR=str(self.folder),
                DJANGO_SETTINGS_MODULE="toimenpiteet.config.settings",
            )
            command = [sys.executable, "-m", "tests.notifications.faults.city", "make", case.change]
            done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            mark.touch()
        return str(file) if case.engine == "sqlite" else name


@pytest.fixture(scope="module")
def halls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Halls]:
    # Not in the folder of the tests: the server's own user must get there.
    folder = Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
    folder.chmod(0o755)
    postgresql, redis = PostgreSQL(folder / "cluster"), Redis(folder, [])
    postgresql.make()
    redis.start()
    yield Halls(postgresql, redis, folder)
    redis.end()
    postgresql.end()
    shutil.rmtree(folder, ignore_errors=True)


def certificate(folder: Path, name: str) -> tuple[str, str]:
    """Make a certificate for 127.0.0.1 that signs itself; return it and its key."""
    key, made = folder / f"{name}.key", folder / f"{name}.pem"
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=127.0.0.1"]
    out = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(made)]
    subprocess.run([*request, *out], check=True, capture_output=True)
    return str(made), str(key)


def context(pair: tuple[str, str]) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(*pair)
    return made


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as found:
        yield found


def tried(
    case: Case, halls: Halls, folder: Path, stack: ExitStack, *, planted: bool = False
) -> tuple[Trial, dict[str, Any]]:
    """Play a case; return the trial and what the city tells at its end."""
    city = halls.city(case)
    if case.engine == "sqlite":
        url = f"sqlite:///{shutil.copy(city, folder / 'city.sqlite3')}"
    else:
        url = stack.enter_context(services.fresh_database(halls.postgresql.url, city))
    halls.redis.client().flushall()
    # One that ponders has each mail in hand for so long that who dies then dies before it is taken.
    server = MisbehavingServer(thinks=(1.5, 0.0) if planted else (0.02, 0.05))
    trusted = certificate(folder, "trusted")
    if case.fault == "tls":
        # A server whose name nobody vouches for; then the right one.
        server.tls = context(certificate(folder, "other"))
    trial = Trial(
        url, folder, halls.redis, server, halls.postgresql if case.engine == "postgresql" else None, planted=planted
    )
    halls.redis.log, halls.postgresql.log = trial.log, trial.log

    def healed() -> None:
        server.heal(context(trusted) if case.fault == "tls" else None)

    return trial, trial.run(case.fault, case.trouble, random.Random(str(case)), healed)  # noqa: S311  # the same moments each time


@pytest.mark.parametrize("case", pairs(), ids=str)
def test_a_pair_of_faults(case: Case, halls: Halls, tmp_path: Path, stack: ExitStack) -> None:
    trial, told = tried(case, halls, tmp_path, stack)
    judge(case, trial, told)


def test_a_planted_fault_is_found(halls: Halls, tmp_path: Path, stack: ExitStack) -> None:
    """Who marks a mail sent and sends it then loses what a death comes between."""
    case = Case("ponders", "all killed", "nothing", "postgresql")
    trial, told = tried(case, halls, tmp_path, stack, planted=True)
    with pytest.raises(AssertionError):
        judge(case, trial, told)


def judge(case: Case, trial: Trial, told: dict[str, Any]) -> None:
    """Hold what came of it against the promises of docs/reliability.md."""
    rows, arrived = told["rows"], trial.server.deliveries
    states = Counter(row["state"] for row in rows)
    copies = Counter(one.message["Message-ID"] for one in arrived)
    extra = sum(copies.values()) - len(copies)
    _record(case, states, extra, trial)
    story = "\n".join(trial.log)
    # Planned = sent + cancelled + failed, each with its reason.
    assert states.total() == states["sent"] + states["cancelled"] + states["failed"], story
    assert all(row["reason"] for row in rows if row["state"] == "cancelled")
    assert all(row["problem"] for row in rows if row["state"] == "failed")
    # What says that it was sent was, and every copy is the same mail.
    sent = {row["message_id"]: row for row in rows if row["state"] == "sent"}
    assert sent.keys() <= copies.keys(), story
    assert extra <= trial.copies_allowed(), story
    for one in arrived:
        row = next(row for row in rows if row["message_id"] == one.message["Message-ID"])
        assert one.recipients == (row["address__text"],)
        assert one.message["Date"].datetime.astimezone(UTC).isoformat(timespec="seconds") == row["dated_at"]
        assert copies[row["message_id"]] == 1 or row["maybe_sent"], story
    # One a day: whoever had a mail of a day had no other.
    days = Counter((row["address__text"], local_day(datetime.fromisoformat(row["sent_at"]))) for row in sent.values())
    assert set(days.values()) <= {1}, story
    reached = {one.recipients[0] for one in arrived}
    assert not reached & set(told["answered"]), story
    for name, unit in told["units"].items():
        assert _told(unit["line"], reached, rows), f"{name} was told to nobody: {unit}\n{story}"


def _told(line: list[list[str]], reached: set[str], rows: list[dict[str, Any]]) -> bool:
    """Tell whether the first in line who could be reached were: all of them."""
    refused = {row["address__text"] for row in rows if row["state"] == "failed" and row["problem"] == "refused"}
    for addresses in line:
        able = [one for one in addresses if one != BOUNCING or one in reached]
        if able:
            return all(one in reached or (one == REFUSED and one in refused) for one in able)
    return False


def _record(case: Case, states: Counter[str], extra: int, trial: Trial) -> None:
    """Add a line to the table that FAULT_TABLE names."""
    if path := os.environ.get("FAULT_TABLE"):
        line = {**vars(case), **states, "copies": extra, "killed": trial.workers.killed, "log": trial.log}
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def test_every_two_values_meet() -> None:
    """The cases are all pairs of all kinds."""
    kinds: dict[str, tuple[str, ...]] = {
        "fault": FAULTS,
        "trouble": tuple(TROUBLES),
        "change": CHANGES,
        "engine": ("sqlite", "postgresql"),
    }
    for (first, ones), (second, others) in itertools.combinations(kinds.items(), 2):
        met = {(getattr(case, first), getattr(case, second)) for case in pairs()}
        missing = {(one, other) for one in ones for other in others} - met
        assert all("postgresql " in one and other == "sqlite" for one, other in missing)
