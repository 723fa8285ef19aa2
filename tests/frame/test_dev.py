"""`make dev`: what is saved shows without starting anything anew, and none of it is in the product."""

import shutil
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.programs import ROOT, Program, clean_environment, running
from tests.smtp import free_port

PORT = str(free_port())
# A page that asks nothing of the database.
PAGE, STYLE = "ei-yhteytta/", "static/toimenpiteet/site.css"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a folder with the product in it, to be written to."""
    for name in ("toimenpiteet", "notifications", "templates", "tools"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "data"))
    shutil.copy(ROOT / "manage.py", tmp_path)
    return tmp_path


@pytest.fixture
def server(copy: Path) -> Iterator[Program]:
    """Return the server of the copy."""
    environment = clean_environment(
        MODE="embedded", VAR_DIR=str(copy / "var"), PORT=PORT, DJANGO_SETTINGS_MODULE="tools.dev.settings"
    )
    with running([sys.executable, "manage.py", "runserver", PORT], environment, cwd=copy) as program:
        yield program


def shows(address: str, text: str) -> bool:
    """Tell whether `text` is there; while the server starts anew, nothing is."""
    try:
        with urllib.request.urlopen(f"http://localhost:{PORT}/{address}") as answer:
            return text in answer.read().decode()
    except OSError:
        return False


def save(path: Path, old: str, new: str) -> bool:
    return bool(path.write_text(path.read_text().replace(old, new, 1)))


@pytest.mark.processes
def test_a_saved_template_style_and_module_show_at_once(copy: Path, server: Program) -> None:
    server.wait_until(lambda: shows(PAGE, "reload-listener.js"))
    # The server has to have seen a file once before it can tell that it was saved.
    server.wait_until(lambda: save(copy / "templates/offline.html", "<h1>", "<h1>!") and shows(PAGE, "<h1>!!"))

    save(copy / "toimenpiteet" / STYLE, "body {", ".style, body {")
    server.wait_until(lambda: shows(STYLE, ".style, body {"))

    save(copy / "toimenpiteet/web/errors.py", '"offline.html"', '"500.html"')
    server.wait_until(lambda: shows(PAGE, ">500<"))


def test_the_product_has_nothing_of_it() -> None:
    assert not settings.DEBUG
    assert not [name for name in (*settings.INSTALLED_APPS, *settings.MIDDLEWARE) if "reload" in name]
