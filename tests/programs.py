"""Programs that a test starts for real, and stops."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
# What a program may take from the caller's environment; the product's own variables are each test's to set.
_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")


def clean_environment(**variables: str) -> dict[str, str]:
    """Return an environment without any of the product's variables but `variables`."""
    base = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    bin_folder = str(Path(sys.executable).parent)
    return {**base, "PATH": f"{bin_folder}:{base.get('PATH', '')}", "PYTHONUNBUFFERED": "1", **variables}


def manage(*arguments: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run manage.py to its end."""
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False, timeout=300)


@dataclass
class Program:
    """A running program and what it has written."""

    process: subprocess.Popen[bytes]
    log: IO[bytes]

    def output(self) -> str:
        """Return everything it has written so far."""
        return Path(self.log.name).read_text(encoding="utf-8", errors="replace")

    def wait_until(self, works: Callable[[], bool], seconds: float = 60) -> None:
        """Wait until `works`; raises AssertionError with the output when it has ended or takes too long."""
        until = time.monotonic() + seconds
        while not works():
            assert self.process.poll() is None, f"it ended with {self.process.returncode}:\n{self.output()}"
            assert time.monotonic() < until, f"not ready after {seconds} s:\n{self.output()}"
            time.sleep(0.1)

    def end(self, number: int = signal.SIGTERM, seconds: float = 30) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(seconds)


@contextmanager
def running(command: Sequence[str], environment: Mapping[str, str], cwd: Path = ROOT) -> Iterator[Program]:
    """Start a program in a session of its own; whatever is left of it at the end is killed."""
    with tempfile.NamedTemporaryFile(prefix="program-", suffix=".log") as log:
        process = subprocess.Popen(
            command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield Program(process, log)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def alive(pid: int) -> bool:
    """Tell whether the process runs; one that has ended and is not yet fetched by its parent does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
