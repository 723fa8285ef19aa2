"""Make .venv from uv.lock, with nothing but Python's standard library. Does nothing when it is up to date.

``python3 tools/environment.py [run|dev]``: `run` is what the product and its message catalogues need, `dev` adds the
tools for tests and checks.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
TOOLS = ROOT / ".venv-tools"
LOG = ROOT / "var" / "log" / "install.log"
GROUPS = {"run": ["--no-dev", "--group", "build"], "dev": []}


class Failed(Exception):
    """Raised with one sentence for the person at the terminal."""


def prepare(kind: str) -> None:
    """Bring .venv up to date for `kind`, telling what is done when it takes time."""
    if sys.version_info < (3, 11):  # noqa: UP036  # whoever runs this may have an older one
        raise Failed(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    if _is_fresh(kind) or _is_fresh("dev"):
        return
    print("Making the Python environment in .venv from uv.lock; the first time this takes a minute.", flush=True)
    LOG.parent.mkdir(parents=True, exist_ok=True)
    LOG.write_text("", encoding="utf-8")
    # --inexact: `make run` does not take away what `make test` has brought, and the other way round.
    sync = [_uv(), "sync", "--frozen", "--inexact", "--python", sys.executable, *GROUPS[kind]]
    if not _run(sync):
        raise Failed(
            f"The packages could not be fetched. Is the network (or your package index) reachable? See {_shown(LOG)}."
        )
    _mark(kind).write_text(_fingerprint(), encoding="utf-8")


def _is_fresh(kind: str) -> bool:
    mark = _mark(kind)
    if not (mark.exists() and (VENV / "bin" / "python").exists()):
        return False
    return mark.read_text(encoding="utf-8") == _fingerprint()


def _mark(kind: str) -> Path:
    return VENV / f".made-for-{kind}"


def _fingerprint() -> str:
    return hashlib.sha256((ROOT / "uv.lock").read_bytes()).hexdigest()


def _uv() -> str:
    own = TOOLS / "bin" / "uv"
    if found := shutil.which("uv"):
        return found
    if not own.exists():
        print("Fetching uv, which installs the packages, into .venv-tools.", flush=True)
        if not _run([sys.executable, "-m", "venv", "--clear", str(TOOLS)]):
            raise Failed("Python's venv module does not work here; on Debian: apt-get install python3-venv.")
        if not _run([str(TOOLS / "bin" / "python"), "-m", "pip", "install", "--quiet", "uv>=0.9"]):
            raise Failed(
                f"uv could not be fetched. Is the network (or your package index) reachable? See {_shown(LOG)}."
            )
    return str(own)


def _run(command: list[str]) -> bool:
    variables = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(VENV), "UV_PYTHON_DOWNLOADS": "never"}
    with LOG.open("a", encoding="utf-8") as log:
        return subprocess.run(command, cwd=ROOT, env=variables, stdout=log, stderr=log, check=False).returncode == 0


def _shown(path: Path) -> Path:
    return path.relative_to(ROOT)


if __name__ == "__main__":
    try:
        prepare(sys.argv[1] if len(sys.argv) > 1 else "run")
    except Failed as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit("Stopped.")
