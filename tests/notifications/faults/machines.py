"""What a trial starts for itself and may kill, freeze and start again: PostgreSQL, Redis, and the product's workers."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import redis
from celery import Celery

from tests.programs import Program, running
from tests.smtp import free_port

_SERVER_USER = "postgres"
_OPTIONS = ["--concurrency=2", "--loglevel=INFO", "--include=tests.notifications.faults.clock"]


def until(works: Callable[[], object], seconds: float = 30) -> None:
    """Wait until a call answers true; raises AssertionError when it takes too long."""
    end = time.monotonic() + seconds
    while not works():
        assert time.monotonic() < end, f"not after {seconds} s: {works}"
        time.sleep(0.05)


def family(pid: int) -> list[int]:
    """Return a process and all that descend from it."""
    found = [pid]
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = path.read_text(encoding="utf-8").rpartition(")")[2].split()[1]
            if int(parent) == pid:
                found += family(int(path.parent.name))
    return found


def send(pids: Sequence[int], number: signal.Signals, log: list[str], what: str) -> None:
    """Send a signal to processes; the log says to which."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
            log.append(f"{what}: pid {pid} {number.name}")


@dataclass
class Redis:
    """A Redis of its own."""

    folder: Path
    log: list[str]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(self.folder),
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until(self.answers)

    def answers(self) -> bool:
        try:
            return bool(self.client().ping())
        except redis.RedisError:
            return False

    def client(self) -> "redis.Redis":
        return redis.Redis.from_url(self.url, socket_timeout=1, socket_connect_timeout=1)

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        send([self.process.pid], number, self.log, "redis")
        if number == signal.SIGKILL:
            self.process.wait()

    def end(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.kill()
            self.process.wait()


@dataclass
class PostgreSQL:
    """A cluster of its own, of a few megabytes; durable as a city's is."""

    folder: Path
    port: int = field(default_factory=free_port)
    log: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"postgresql://{_SERVER_USER}@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        """Make the cluster and start it."""
        self.folder.mkdir(parents=True)
        if os.geteuid() == 0:
            shutil.chown(self.folder, _SERVER_USER)
        self._run(
            "initdb",
            "--auth=trust",
            f"--username={_SERVER_USER}",
            "--locale=C.UTF-8",
            "--encoding=UTF8",
            "--pgdata=" + str(self.folder),
        )
        self.start()

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200"
        self._run(
            "pg_ctl",
            "start",
            "--wait",
            "--pgdata=" + str(self.folder),
            "--log=" + str(self.folder / "log"),
            "--options=" + options,
        )

    def restart(self) -> None:
        """End every connection at once, and start again."""
        self.log.append("postgresql: restarted, mode immediate")
        self._run("pg_ctl", "stop", "--mode=immediate", "--wait", "--pgdata=" + str(self.folder))
        self.start()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the server and the process of each connection."""
        pid = int((self.folder / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        send(family(pid), number, self.log, "postgresql")

    def end(self) -> None:
        self._run("pg_ctl", "stop", "--mode=immediate", "--pgdata=" + str(self.folder))

    def _run(self, program: str, *arguments: str) -> None:
        path = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))[-1]
        as_server = ["runuser", "-u", _SERVER_USER, "--"] if os.geteuid() == 0 else []
        done = subprocess.run(
            [*as_server, str(path), *arguments], cwd="/", capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr


@dataclass
class Workers:
    """Workers that are started by the documented command, with a clock that the trial moves."""

    environment: dict[str, str]
    log: list[str]
    running: list[tuple[Program, ExitStack]] = field(default_factory=list)
    killed: int = 0

    def start(self, count: int = 2) -> None:
        """Start some, as docker-compose.yml does."""
        for _ in range(count):
            name = f"--hostname=w{time.monotonic_ns()}@%h"
            command = [sys.executable, "-m", "celery", "--app=toimenpiteet.config.celery", "worker", name, *_OPTIONS]
            stack = ExitStack()
            program = stack.enter_context(running(command, self.environment))
            self.running.append((program, stack))
            self.log.append(f"worker: pid {program.process.pid} started")

    def ready(self) -> None:
        """Wait until all have come up."""
        for program, _stack in self.running:
            program.wait_until(partial(_is_up, program))

    def kill(self, chance: random.Random, *, whole: bool, restart: bool = True) -> None:
        """Kill one process of a pool, or a worker with all of its own; with `restart` another takes its place."""
        program, stack = one = chance.choice(self.running)
        pids = family(program.process.pid)
        victims = pids if whole else [chance.choice(pids[1:] or pids)]
        send(victims, signal.SIGKILL, self.log, "worker")
        self.killed += len(victims)
        if whole:
            self.running.remove(one)
            stack.close()
            self.start(int(restart))

    def supervise(self) -> None:
        """Start another in the place of each that has ended by itself, as docker-compose.yml does."""
        for one in [one for one in self.running if one[0].process.poll() is not None]:
            self.log.append(f"worker: pid {one[0].process.pid} ended by itself")
            self.running.remove(one)
            one[1].close()
            self.start(1)

    def worked(self) -> float:
        """Return how many seconds of processor the living have used."""
        return sum(_processor(pid) for program, _stack in self.running for pid in family(program.process.pid))

    def output(self) -> str:
        """Return what the workers have printed."""
        return "\n".join(program.output() for program, _stack in self.running)

    def end(self) -> None:
        """Kill them all."""
        while self.running:
            self.running.pop()[1].close()


def _processor(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _is_up(program: Program) -> bool:
    return " ready." in program.output()


def ring(broker: str) -> bool:
    """Send the message that beat sends; tell whether the broker took it."""
    options = {"socket_timeout": 1, "socket_connect_timeout": 1, "max_retries": 0}
    with Celery(broker=broker, broker_transport_options=options) as app:
        try:
            app.send_task("notifications.tick", retry=False, ignore_result=True)
        except Exception:  # kombu and redis raise what they like; each means that it was not taken
            return False
    return True
