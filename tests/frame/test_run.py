"""`make run` as a newcomer meets it: the real commands, in a folder of their own."""

import re
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs import ROOT, Program, alive, clean_environment, manage, running
from tests.smtp import free_port

pytestmark = pytest.mark.processes

RUN = [sys.executable, "-m", "tools.run"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return clean_environment(VAR_DIR=str(tmp_path / "var"), PORT=str(free_port()))


@pytest.fixture
def running_product(environment: dict[str, str]) -> Iterator[Program]:
    with running(RUN, environment) as program:
        program.wait_until(lambda: "Ctrl-C stops everything." in program.output(), seconds=240)
        yield program


def children_of(pid: int) -> list[int]:
    """Return every process below `pid`."""
    found = [int(number) for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return found + [below for child in found for below in children_of(child)]


def content(environment: dict[str, str]) -> list[str]:
    """Return the whole database as text."""
    with sqlite3.connect(Path(environment["VAR_DIR"]) / "toimenpiteet.sqlite3") as database:
        return list(database.iterdump())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for left-over processes in /proc")
def test_it_runs_tells_how_to_sign_in_and_ends_without_a_trace(
    running_product: Program, environment: dict[str, str]
) -> None:
    address = f"http://localhost:{environment['PORT']}"
    embedded = {**environment, "MODE": "embedded"}
    assert f"Ready. Open {address} and sign in:" in running_product.output()
    listed = manage("demo", "--list", environment=embedded).stdout
    assert listed.strip()
    assert listed in running_product.output()
    # Whoever runs it for the first time reads what they have got, and not that nothing was changed.
    assert re.search(r"In all: 1,\d{3} new, 0 changed, 0 removed, \d+ unchanged\n", running_product.output())
    with urllib.request.urlopen(address) as page:
        assert page.status == 200
    assert manage("health", "beat", environment=embedded).returncode == 0
    again = subprocess.run(RUN, cwd=ROOT, env=environment, text=True, capture_output=True, check=False, timeout=60)
    assert (again.returncode, again.stdout) == (
        1,
        "It already runs from this folder: stop that one first, with Ctrl-C in its window.\n",
    )

    numbers = children_of(running_product.process.pid)
    assert len(numbers) >= 4
    assert running_product.end(signal.SIGINT) == 0
    assert [number for number in numbers if alive(number)] == []

    before = content(environment)
    prepared = manage("prepare", environment=embedded)
    assert (prepared.returncode, "In all: 0 new, 0 changed, 0 removed, 1,0" in prepared.stdout) == (0, True)
    assert content(environment) == before
    assert re.search("Collecting", running_product.output())
