"""wrk, the load client: how many requests a second get their answer."""

import re
import shutil
import subprocess
from pathlib import Path

from bench.problem import Failed

_SCRIPTS = Path(__file__).parent / "lua"
_DONE = re.compile(r"^DONE (\d+) (\d+) (\d+) (\d+)$", re.MULTILINE)


def find() -> str:
    """Return the path of wrk; raises Failed when it is not there."""
    found = shutil.which("wrk")
    if found is None:
        raise Failed("The load client wrk is needed and was not found. On Debian: apt-get install wrk")
    return found


def per_second(url: str, script: str, arguments: list[str], *, connections: int, seconds: float) -> float:
    """Return answers per second; raises Failed when any of them was an error.

    Each connection has a thread of its own, so that a script can keep state for it.
    """
    command = [find(), "--threads", str(connections), "--connections", str(connections)]
    command += ["--duration", f"{max(1, round(seconds))}s", "--timeout", "30s"]
    command += ["--script", str(_SCRIPTS / f"{script}.lua"), url, "--", *arguments]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    found = _DONE.search(said.stdout)
    if found is None:
        raise Failed(f"wrk did not succeed: {said.stderr or said.stdout}")
    requests, microseconds, bad, late = map(int, found.groups())
    if bad or late or not requests:
        raise Failed(f"{url}: {bad} of {requests} answers were errors, {late} came too late.")
    return requests / (microseconds / 1_000_000)
