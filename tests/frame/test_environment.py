"""`make run` on a machine that lacks something says so in one sentence."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import ROOT, clean_environment
from tools import environment

pytestmark = pytest.mark.processes


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder that holds what making the environment needs, and no more."""
    for name in ("tools/environment.py", "tools/__init__.py", "Makefile", "pyproject.toml", "uv.lock"):
        target = tmp_path / "checkout" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    return tmp_path / "checkout"


@pytest.fixture
def bare_machine(tmp_path: Path) -> dict[str, str]:
    """Return an environment with make and Python, without uv, and without a network or anything it fetched before."""
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "python3").symlink_to(sys.executable)
    for name in ("make", "sh", "grep", "touch"):
        (tools / name).symlink_to(str(shutil.which(name)))
    nowhere = "http://127.0.0.1:1/simple"
    return {
        **clean_environment(HOME=str(tmp_path), PIP_CONFIG_FILE="/dev/null", PIP_RETRIES="0", PIP_INDEX_URL=nowhere),
        "UV_INDEX_URL": nowhere, "UV_CACHE_DIR": str(tmp_path / "cache"), "UV_HTTP_RETRIES": "0",
        "UV_NO_CONFIG": "1", "HTTPS_PROXY": "http://127.0.0.1:1", "PATH": str(tools),
    }  # fmt: skip


def make(target: str, folder: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", target], cwd=folder, env=variables, text=True, capture_output=True,
        check=False, timeout=300,
    )  # fmt: skip


def sentences(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("make: ***")]


def test_without_a_network_uv_cannot_be_fetched(checkout: Path, bare_machine: dict[str, str]) -> None:
    done = make("environment", checkout, bare_machine)

    assert done.returncode != 0
    assert sentences(done.stderr) == [
        "uv could not be fetched. Is the network (or your package index) reachable? See var/log/install.log."
    ]


@pytest.mark.skipif(shutil.which("uv") is None, reason="uv is not installed on this machine")
def test_without_a_network_the_packages_cannot_be_fetched(checkout: Path, bare_machine: dict[str, str]) -> None:
    Path(bare_machine["PATH"], "uv").symlink_to(str(shutil.which("uv")))

    done = make("environment", checkout, bare_machine)

    assert done.returncode != 0
    assert sentences(done.stderr) == [
        "The packages could not be fetched. Is the network (or your package index) reachable? See var/log/install.log."
    ]
    assert not (checkout / ".venv/.made-for-run").exists()


def test_without_a_new_enough_python_nothing_starts(checkout: Path, bare_machine: dict[str, str]) -> None:
    Path(bare_machine["PATH"], "python3").unlink()

    done = make("environment", checkout, bare_machine)

    assert done.returncode != 0
    assert sentences(done.stderr) == ["Python 3.11 or newer is needed, and none was found on this machine."]


def test_an_old_python_named_by_hand_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))

    with pytest.raises(environment.Failed, match=r"^Python 3\.11 or newer is needed"):
        environment.prepare("run")


def test_nothing_is_done_when_the_lock_has_not_changed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").touch()
    monkeypatch.setattr(environment, "VENV", tmp_path)
    monkeypatch.setattr(environment, "_uv", lambda: pytest.fail("it looked for uv"))
    (tmp_path / ".made-for-run").write_text(environment._fingerprint())

    environment.prepare("run")
