"""The production server, once with the product and once with the floors, for each database."""

import http.client
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.databases import ROOT, is_postgresql
from bench.problem import Failed

# As in docker-compose.yml.
PROCESSES, THREADS = 2, 4
PRODUCT, FLOORS = "toimenpiteet.config.settings", "bench.settings"
_COMMAND = ["-m", "gunicorn", "--config", "python:toimenpiteet.config.gunicorn", "toimenpiteet.config.wsgi"]
_PATIENCE = 60


class Servers:
    """Everything that the benchmark starts; ended with `stop`."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="toimenpiteet-bench-"))
        self.secret = secrets.token_urlsafe(50)
        self._children: list[subprocess.Popen[bytes]] = []
        self._collected = False

    def environment(self, url: str, settings: str) -> dict[str, str]:
        """Return the environment of a process: production on PostgreSQL, embedded on SQLite."""
        own = {
            "DJANGO_SETTINGS_MODULE": settings,
            "MODE": "production" if is_postgresql(url) else "embedded",
            "DATABASE_URL": url,
            "SECRET_KEY": self.secret,
            "ALLOWED_HOSTS": "127.0.0.1",
            "PUBLIC_URL": "http://127.0.0.1",
            "MAIL_FROM": "bench@mallikaupunki.example",
            "EMAIL_HOST": "127.0.0.1",
            "REDIS_URL": os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/15",
            "VAR_DIR": str(self.folder),
            "WEB_PROCESSES": str(PROCESSES),
            "WEB_THREADS": str(THREADS),
            "LOG_LEVEL": "ERROR",
        }
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | own

    def prepare(self, url: str, items: int, plans: int) -> dict[str, Any]:
        """Make the data set ready; return what ``bench.prepare`` tells."""
        if not self._collected:
            self._run(url, "manage.py", "collectstatic", "--noinput", "--verbosity=0")
            self._collected = True
        facts: dict[str, Any] = json.loads(self._run(url, "-m", "bench.prepare", str(items), str(plans)))
        return facts

    def mails(self, url: str, mails: int) -> dict[str, Any]:
        """Plan and send mails in the data set at `url`, to a mail server that takes everything."""
        port = _free_port()
        sink = subprocess.Popen([sys.executable, "-m", "bench.sink", str(port)])  # our own program
        self._children.append(sink)
        _wait_for(port)
        facts: dict[str, Any] = json.loads(self._run(url, "-m", "bench.mails", str(mails), EMAIL_PORT=str(port)))
        return facts

    def _run(self, url: str, *arguments: str, **variables: str) -> str:
        done = subprocess.run(  # our own programs
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment(url, PRODUCT) | variables,
            stdout=subprocess.PIPE,
            check=False,
            text=True,
        )
        if done.returncode != 0:
            raise Failed(f"{' '.join(arguments[:3])} did not succeed; what it says above tells why.")
        return done.stdout

    def start(self, url: str, settings: str, path: str) -> str:
        """Start a server on a free port; return its address when it answers at `path`."""
        port = _free_port()
        log = (self.folder / f"{port}.log").open("wb")
        child = subprocess.Popen(
            [sys.executable, *_COMMAND, "--bind", f"127.0.0.1:{port}"],
            cwd=ROOT,
            env=self.environment(url, settings),
            stdout=log,
            stderr=log,
        )
        log.close()
        self._children.append(child)
        self._wait(child, port, path)
        return f"http://127.0.0.1:{port}"

    def _wait(self, child: subprocess.Popen[bytes], port: int, path: str) -> None:
        until = time.monotonic() + _PATIENCE
        while not _answers(port, path):
            if child.poll() is not None or time.monotonic() > until:
                log = (self.folder / f"{port}.log").read_text(encoding="utf-8", errors="replace")
                raise Failed(f"The server did not start:\n{log[-2000:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End every server and remove what they wrote."""
        for child in self._children:
            child.terminate()
        for child in self._children:
            child.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def running() -> Iterator[Servers]:
    """Give the servers; end them whatever happens."""
    servers = Servers()
    try:
        yield servers
    finally:
        servers.stop()


def _wait_for(port: int) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise Failed("The mail server of the benchmark did not start.")
