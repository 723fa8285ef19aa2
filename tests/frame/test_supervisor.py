"""The three programs of `make run` live and end together; none is left behind."""

import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.programs import Program, alive, clean_environment, running
from tools import run

pytestmark = pytest.mark.processes

# A child that says its number and sleeps; "stubborn" does not listen, and has a child of its own, for which it speaks:
# two that print at the same time mix their digits, since Python writes a number and the end of its line apart.
_SLEEPER = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
_STUBBORN = (
    "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "child = os.fork(); child and os.write(1, b'%d\\n%d\\n' % (os.getpid(), child)); time.sleep(600)"
)
_SHORT_LIVED = "import time; print('ready', flush=True); time.sleep(1); print('something broke'); raise SystemExit(3)"
_SCRIPT = """
import sys
from tools import run
run.GRACE_SECONDS = 1
run.PROGRAMS = {programs!r}
def body(supervisor):
    run.LOGS.mkdir(parents=True)
    for name, arguments in run.PROGRAMS.items():
        supervisor.start(name, arguments, logged=True)
    print("started", flush=True)
    while True:
        supervisor.pause()
run.run = body
sys.exit(run.main())
"""


@contextmanager
def supervised(var: Path, **programs: str) -> Iterator[Program]:
    script = _SCRIPT.format(programs={name: ["-c", code] for name, code in programs.items()})
    with running([sys.executable, "-c", script], clean_environment(VAR_DIR=str(var))) as program:
        program.wait_until(lambda: len(logs(var)) == len(programs) and all(logs(var)))
        yield program


def logs(var: Path) -> list[str]:
    return [path.read_text() for path in sorted((var / "log").glob("*.log"))]


def children(var: Path) -> list[int]:
    return [int(number) for text in logs(var) for number in re.findall(r"^\d+$", text, re.MULTILINE)]


def assert_gone(numbers: list[int], seconds: float = 5) -> None:
    until = time.monotonic() + seconds
    while any(map(alive, numbers)):
        assert time.monotonic() < until, f"still running: {[number for number in numbers if alive(number)]}"
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_a_kill_and_a_closed_terminal_end_every_child(number: int, tmp_path: Path) -> None:
    with supervised(tmp_path, web=_SLEEPER, worker=_SLEEPER, beat=_SLEEPER) as program:
        numbers = children(tmp_path)

        assert program.end(number) == 0

        assert len(numbers) == 3
        assert_gone(numbers)
        assert program.output().endswith("\nStopping.\n")


def test_a_child_that_does_not_listen_is_ended_with_its_own_children(tmp_path: Path) -> None:
    with supervised(tmp_path, web=_STUBBORN, worker=_SLEEPER) as program:
        program.wait_until(lambda: len(children(tmp_path)) == 3)
        numbers = children(tmp_path)

        assert program.end(signal.SIGINT) == 0

        assert_gone(numbers)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells children of their parent's death")
def test_even_when_killed_outright_it_leaves_nobody(tmp_path: Path) -> None:
    with supervised(tmp_path, web=_SLEEPER, worker=_SLEEPER) as program:
        numbers = children(tmp_path)

        program.end(signal.SIGKILL)

        assert_gone(numbers)


def test_when_one_dies_all_end_and_it_says_why(tmp_path: Path) -> None:
    with supervised(tmp_path, web=_SLEEPER, worker=_SHORT_LIVED, beat=_SLEEPER) as program:
        numbers = children(tmp_path)

        assert program.process.wait(20) == 1

        assert_gone(numbers)
        assert "The worker has ended by itself (exit code 3), so everything was stopped." in program.output()
        assert "something broke" in program.output()


@pytest.mark.parametrize("told", [True, False])
def test_a_closed_terminal_ends_every_child(told: bool, tmp_path: Path) -> None:
    """It stops although it cannot print any more, and also where the kernel tells only make (ssh host make run)."""
    master, terminal = pty.openpty()
    command = [sys.executable, "-c", _SCRIPT.format(programs={"web": ["-c", _SLEEPER]})]
    process = subprocess.Popen(
        command, env=clean_environment(VAR_DIR=str(tmp_path)), stdin=terminal, stdout=terminal, stderr=terminal
    )
    os.close(terminal)
    while not (logs(tmp_path) and children(tmp_path)):
        time.sleep(0.05)

    os.close(master)
    if told:
        process.send_signal(signal.SIGHUP)

    process.wait(20)
    assert_gone(children(tmp_path))


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", port)

    with pytest.raises(run.Failed, match=rf"^PORT is '{port}'; it must be a number from 1 to 65535\.$"):
        run._port()


def test_a_taken_port_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setenv("PORT", str(other.getsockname()[1]))

        with pytest.raises(run.Failed, match=r"is taken by another program: choose another, make run PORT=8001\.$"):
            run._port()
