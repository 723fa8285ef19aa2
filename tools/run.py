"""``make run``: prepare this folder's installation, then run its web server, worker and beat, and end them together.

Standard library only. honcho, which does most of this, leaves its children running when the terminal is closed
(SIGHUP) and prints all their logs into the one window where a newcomer looks for the address.
"""

import ctypes
import fcntl
import http.client
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var")
LOGS = VAR / "log"
PATIENCE_SECONDS = 120
GRACE_SECONDS = 10
_CELERY = ["-m", "celery", "--app", "toimenpiteet.config.celery"]
PROGRAMS = {
    "web": ["-m", "gunicorn", "--config", "python:toimenpiteet.config.gunicorn", "toimenpiteet.config.wsgi"],
    "worker": [*_CELERY, "worker", "--hostname", "worker@%h", "--pool", "solo", "--without-gossip",
               "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"],
    "beat": [*_CELERY, "beat", "--pidfile", "", "--loglevel", "INFO"],
}  # fmt: skip


class Failed(Exception):
    """Raised with one sentence for the person at the terminal."""


class Stopped(Exception):
    """Raised when somebody asked to stop."""


def say(text: str) -> None:
    """Print, unless the terminal is gone: stopping the children matters more."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  # for the rest of our short life


class Supervisor:
    """The children, and the one thing that may come from outside: the wish to stop."""

    def __init__(self) -> None:
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self._asked_to_stop = False
        self._terminal = select.poll()

    def listen(self) -> None:
        """Note Ctrl-C, a kill and a closed terminal; the loops below look at the note, so that no child slips by."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)
        # Where make itself leads the terminal's session (ssh host make run), only make is told that it closes, and
        # make waits for us.
        if os.isatty(0):
            self._terminal.register(0, select.POLLHUP)

    def _note(self, *_args: Any) -> None:
        self._asked_to_stop = True

    def pause(self) -> None:
        """Wait a moment; raises Stopped when asked to stop, Failed when a program has ended by itself."""
        time.sleep(0.1)
        if self._asked_to_stop or self._terminal.poll(0):
            raise Stopped
        for name in PROGRAMS:
            child = self.children.get(name)
            if child is not None and child.poll() is not None:
                raise Failed(_last_words(name, child.returncode))

    def start(self, name: str, arguments: list[str], *, logged: bool) -> subprocess.Popen[bytes]:
        """Start Python with `arguments` as the child `name`, writing to its log or to the terminal."""
        output = (LOGS / f"{name}.log").open("wb") if logged else None
        # A group of its own: Ctrl-C in the terminal reaches only us, and we end the children in order.
        child = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, process_group=0,
            preexec_fn=_end_with_parent(),  # noqa: PLW1509  # no threads here
        )  # fmt: skip
        if output is not None:
            output.close()
        self.children[name] = child
        return child

    def finish(self, name: str, arguments: list[str]) -> None:
        """Run a command to its end; raises Failed when it fails."""
        child = self.start(name, arguments, logged=False)
        self.wait_for_end(name, child)

    def wait_for_end(self, name: str, child: subprocess.Popen[bytes]) -> None:
        """Wait for a command; raises Failed when it fails."""
        while child.poll() is None:
            self.pause()
        if child.returncode != 0:
            raise Failed(f"{name} did not succeed; what it says above tells why.")

    def wait_until(self, works: Callable[[], bool]) -> None:
        """Wait for `works`; raises Failed after a minute."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not works():
            self.pause()
            if time.monotonic() > until:
                raise Failed(f"They did not get ready within {PATIENCE_SECONDS} seconds; their logs tell more.")

    def stop(self) -> None:
        """End every child: politely, and after ten seconds by force, with whatever it has started."""
        living = [child for child in self.children.values() if child.poll() is None]
        for child in living:
            child.terminate()
        until = time.monotonic() + GRACE_SECONDS
        for child in living:
            try:
                child.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
        for child in self.children.values():
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except ProcessLookupError:
                child.wait()


def _end_with_parent() -> Callable[[], None] | None:
    """Return what makes the kernel end a child when we are killed outright; only Linux has it."""
    if not sys.platform.startswith("linux"):
        return None
    set_option = ctypes.CDLL(None).prctl
    return lambda: set_option(1, signal.SIGTERM)  # 1 is PR_SET_PDEATHSIG


def _last_words(name: str, code: int) -> str:
    log = LOGS / f"{name}.log"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-10:]
    told = "".join(f"\n    {line}" for line in lines)
    return f"The {name} has ended by itself (exit code {code}), so everything was stopped. {log} ends with:{told}"


def _port() -> int:
    value = os.environ.get("PORT") or "8000"
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
        raise Failed(f"PORT is {value!r}; it must be a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(value)))
        except PermissionError as error:
            raise Failed(f"Port {value} may not be used by you: choose one above 1023.") from error
        except OSError as error:
            raise Failed(f"Port {value} is taken by another program: choose another, make run PORT=8001.") from error
    return int(value)


def _only_one() -> Any:
    lock = (VAR / "run.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Failed("It already runs from this folder: stop that one first, with Ctrl-C in its window.") from error
    return lock


def _web_works(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/", headers={"Host": "localhost"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def run(supervisor: Supervisor) -> None:
    """Prepare, start, tell the address, and watch until asked to stop."""
    LOGS.mkdir(parents=True, exist_ok=True)
    lock = _only_one()
    port = _port()
    os.environ.update(MODE="embedded", PORT=str(port), PYTHONUNBUFFERED="1")
    marks = [VAR / "worker-alive", VAR / "beat-alive"]
    for mark in marks:
        mark.unlink(missing_ok=True)
    supervisor.finish("Preparing", ["manage.py", "prepare"])
    say(f"Starting the web server, the worker and beat. Their logs are in {LOGS}.")
    people = supervisor.start("people", ["manage.py", "demo", "--list"], logged=True)
    for name, arguments in PROGRAMS.items():
        supervisor.start(name, arguments, logged=True)
    supervisor.wait_until(lambda: _web_works(port) and all(mark.exists() for mark in marks))
    supervisor.wait_for_end("Listing the people", people)
    say(f"\nReady. Open {os.environ.get('PUBLIC_URL') or f'http://localhost:{port}'} and sign in:\n")
    say((LOGS / "people.log").read_text(encoding="utf-8"))
    say("Ctrl-C stops everything.")
    while lock:
        supervisor.pause()


def main() -> int:
    """Run until somebody stops us; 1 when something went wrong."""
    supervisor = Supervisor()
    supervisor.listen()
    try:
        run(supervisor)
    except Stopped:
        say("\nStopping.")
        return 0
    except Failed as problem:
        say(str(problem))
        return 1
    finally:
        supervisor.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
