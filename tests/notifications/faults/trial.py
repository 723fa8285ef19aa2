"""One trial: the planned mails of a morning; a fault of the mail server and one of the machines; then both heal."""

import json
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from tests.notifications.build import SECOND, at
from tests.programs import ROOT, clean_environment, manage

from .machines import PostgreSQL, Redis, Workers, ring
from .mail_server import MisbehavingServer

STEP = timedelta(minutes=11)
"""By how much the clock goes on between two ticks: more than a lease."""
MOST_TICKS, REST_SECONDS, HELD_SECONDS, IDLE_SECONDS = 80, 0.8, 8.0, 0.1
PROCESSES = 4
"""How many may have a mail in hand when the database, or by the clock their lease, is taken from them."""
_DAY = timedelta(days=1)
_ROWS = {
    True: "SELECT state, strftime('%s', next_attempt_at) AS at FROM notifications_reminder WHERE kind = 'day'",
    False: "SELECT state, extract(epoch FROM next_attempt_at) AS at FROM notifications_reminder WHERE kind = 'day'",
}


class Seen(NamedTuple):
    """The outbox at a moment: its mails by state, how many have arrived, and until when the next one waits."""

    states: tuple[tuple[str, int], ...]
    arrived: int
    waits_until: float


@dataclass
class Trial:
    """What one trial has: its database, broker, mail server and workers, and the log of what was done to them."""

    url: str
    folder: Path
    redis: Redis
    server: MisbehavingServer
    postgresql: PostgreSQL | None
    log: list[str] = field(default_factory=list)
    planted: bool = False

    def __post_init__(self) -> None:
        self.clock, self.now = self.folder / "clock", at(SECOND, 9)
        self.connections_lost = 0
        self.environment = clean_environment(
            MODE="production",
            DATABASE_URL=self.url,
            SECRET_KEY="not-a-secret-but-long-enough-for-a-trial-0123456789-abcdefgh",
            ALLOWED_HOSTS="127.0.0.1",
            PUBLIC_URL="https://mallila.example",
            MAIL_FROM="Mallila <strategia@mallila.example>",
            EMAIL_HOST=self.server.host,
            EMAIL_PORT=str(self.server.port),
            EMAIL_SECURITY="starttls" if self.server.tls else "none",
            SSL_CERT_FILE=str(self.folder / "trusted.pem"),
            REDIS_URL=self.redis.url,
            VAR_DIR=str(self.folder),
            DJANGO_SETTINGS_MODULE="toimenpiteet.config.settings",
            CLOCK_FILE=str(self.clock),
            PLANTED="mark" if self.planted else "",
            LOG_LEVEL="INFO",
        )
        self.workers = Workers(self.environment, self.log)

    def set_clock(self, now: datetime) -> None:
        """Let the workers take this instant for now; from there their clock goes on."""
        self.now = now
        fresh = self.clock.with_suffix(".new")
        fresh.write_text(str(now.timestamp() - time.time()), encoding="utf-8")
        fresh.replace(self.clock)

    def run(self, fault: str, trouble: str, chance: random.Random, healed: "Callable[[], None]") -> dict[str, Any]:
        """Play it; return what the city tells at the end. `healed` makes the mail server well again."""
        self.set_clock(self.now)
        self.server.begin(fault)
        self.workers.start()
        try:
            self.workers.ready()
            for _ in range(2):
                ring(self.redis.url)
            time.sleep(chance.uniform(0.3, 1.2))
            (TROUBLES | _BESIDE)[trouble](self, chance)
            healed()
            self._go_on()
        finally:
            self.workers.end()
            self.server.end()
        return self.told()

    def _go_on(self) -> None:
        """Tick, with a clock that goes on, until two ticks have found nothing more to do."""
        quiet = ticks = 0
        while quiet < 2:
            ticks += 1
            assert ticks < MOST_TICKS, f"unsent after {ticks} ticks: {self._seen()}\n{self.workers.output()[-4000:]}"
            self.workers.supervise()
            before = self._seen()
            ring(self.redis.url)
            seen = self._at_rest()
            quiet = quiet + 1 if not seen.waits_until and before == seen else 0
            # Past the leases of the dead, and to the moment for which the next mail waits.
            waits = datetime.fromtimestamp(seen.waits_until, UTC) if seen.waits_until else self.now
            self.set_clock(max(self.now + STEP, min(waits + timedelta(minutes=1), self.now + _DAY)))

    def _at_rest(self) -> "Seen":
        """Wait until nobody works: else the clock would take leases from the living. Return what is there then."""
        seen, worked, since = self._seen(), self.workers.worked(), time.monotonic()
        # Whoever holds a mail for so long is dead.
        while time.monotonic() - since < (HELD_SECONDS if self._held(seen) else REST_SECONDS):
            time.sleep(0.1)
            now, by_now = self._seen(), self.workers.worked()
            # A tick that has begun and plans yet has changed nothing: only its processor tells of it.
            if now != seen or abs(by_now - worked) > IDLE_SECONDS:
                seen, worked, since = now, by_now, time.monotonic()
        return seen

    @staticmethod
    def _held(seen: "Seen") -> bool:
        return any(state in {"claimed", "sending"} for state, _count in seen.states)

    def _seen(self) -> "Seen":
        rows = self._query(_ROWS[self._sqlite])
        waits = [float(at) for state, at in rows if state == "planned"]
        busy = any(state in {"claimed", "sending"} for state, _at in rows)
        until = min(waits, default=self.now.timestamp() if busy else 0.0)
        return Seen(tuple(sorted(Counter(state for state, _at in rows).items())), len(self.server.deliveries), until)

    @property
    def _sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    def _query(self, sql: str) -> list[Any]:
        if self._sqlite:
            with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=20)) as file:
                return list(file.execute(sql))
        with psycopg.connect(self.url) as connection:
            return list(connection.execute(sql.encode()))

    def told(self) -> dict[str, Any]:
        """Return what the city tells."""
        command = [sys.executable, "-m", "tests.notifications.faults.city", "tell"]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def copies_allowed(self) -> int:
        """Return how many second copies the faults explain."""
        return self.workers.killed + self.server.broken_off + self.connections_lost


# What happens to the machines while the mails leave; each is well again when it returns


def _none(_trial: Trial, _chance: random.Random) -> None:
    time.sleep(1.5)


def _kill_child(trial: Trial, chance: random.Random) -> None:
    for _ in range(3):
        trial.workers.kill(chance, whole=False)
        time.sleep(chance.uniform(0.2, 0.8))
        ring(trial.redis.url)


def _kill_worker(trial: Trial, chance: random.Random) -> None:
    for _ in range(2):
        trial.workers.kill(chance, whole=True)
        trial.workers.ready()
        ring(trial.redis.url)
        time.sleep(chance.uniform(0.2, 0.8))


def _kill_all(trial: Trial, chance: random.Random) -> None:
    # Not before a mail is in hand: on a busy machine whoever dies earlier loses nothing even where something is wrong.
    trial.server.asked.clear()
    trial.server.asked.wait(30)
    for _ in range(2):
        trial.workers.kill(chance, whole=True, restart=False)
    trial.workers.start()
    trial.workers.ready()


def _redis_killed(trial: Trial, _chance: random.Random) -> None:
    trial.redis.signal(signal.SIGKILL)
    _by_command(trial)
    trial.redis.start()


def _redis_emptied(trial: Trial, _chance: random.Random) -> None:
    trial.redis.client().flushall()
    trial.log.append("redis: emptied")
    time.sleep(1)


def _redis_frozen(trial: Trial, _chance: random.Random) -> None:
    trial.redis.signal(signal.SIGSTOP)
    _by_command(trial)
    trial.redis.signal(signal.SIGCONT)


def _by_command(trial: Trial) -> None:
    # As a city does it without Redis and Celery.
    done = manage("send_reminders", "--now", trial.now.isoformat(), environment=trial.environment)
    trial.log.append(f"send_reminders: {done.returncode} {done.stdout.strip().splitlines()[-3:]}")


def _postgresql_restarted(trial: Trial, _chance: random.Random) -> None:
    assert trial.postgresql is not None
    trial.postgresql.restart()
    trial.connections_lost += PROCESSES
    time.sleep(1)


def _postgresql_frozen(trial: Trial, _chance: random.Random) -> None:
    assert trial.postgresql is not None
    trial.postgresql.signal(signal.SIGSTOP)
    time.sleep(4)
    trial.postgresql.signal(signal.SIGCONT)
    trial.log += trial.postgresql.log
    time.sleep(1)


def _five_beats(trial: Trial, _chance: random.Random) -> None:
    many = [threading.Thread(target=ring, args=(trial.redis.url,)) for _ in range(5)]
    many.append(threading.Thread(target=_by_command, args=(trial,)))
    for one in many:
        one.start()
    for one in many:
        one.join()


def _clock(trial: Trial, _chance: random.Random) -> None:
    start = trial.now
    # A clock that is a day ahead ends every lease: whoever has a mail in hand then may make a copy.
    trial.connections_lost += PROCESSES
    for moved in (timedelta(hours=-3), timedelta(days=1), timedelta(0)):
        trial.set_clock(start + moved)
        trial.log.append(f"clock: {moved}")
        ring(trial.redis.url)
        time.sleep(1)


TROUBLES: dict[str, Callable[[Trial, random.Random], None]] = {
    "none": _none,
    "child killed": _kill_child,
    "worker killed": _kill_worker,
    "redis killed": _redis_killed,
    "redis emptied": _redis_emptied,
    "redis frozen": _redis_frozen,
    "postgresql restarted": _postgresql_restarted,
    "postgresql frozen": _postgresql_frozen,
    "five beats": _five_beats,
    "clock": _clock,
}
_BESIDE = {"all killed": _kill_all}
