"""What every test may use."""

import gc
import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, connection
from django.utils import translation

from bench.city.guards import remove

from . import prepared, services
from .smtp import SmtpServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip or fail a test whose service is missing, before its fixtures are made."""
    for name in services.SERVICES:
        if item.get_closest_marker(f"needs_{name}"):
            services.require(name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name every test that a missing service kept from running."""
    missed: dict[str, list[str]] = defaultdict(list)
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        if services.MISSING in reason:
            missed[reason.partition(services.MISSING)[2]].append(report.nodeid)
    if missed:
        terminalreporter.section("NOT RUN: services are missing", sep="!", red=True, bold=True)
    for reason, names in sorted(missed.items()):
        terminalreporter.write_line(f"{reason}: {len(names)} not run", yellow=True)
        for name in sorted(names):
            terminalreporter.write_line(f"    {name}")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, django_db_modify_db_settings_parallel_suffix: None
) -> Iterator[None]:
    """Copy the test database from one that is migrated already (pytest-django asks this before it makes its own)."""
    with prepared.prepared(DEFAULT_DB_ALIAS, request.config.cache.mkdir("prepared")):
        yield


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Let Django begin with the file that is there: on SQLite it is the copy, made for this run alone."""
    return connection.vendor == "sqlite"


@pytest.fixture(autouse=True)
def _emptying_tables_is_for_tests_only(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let Django empty the tables after a transactional test: history refuses to be deleted (models/guards.py).

    The flush ends with post_migrate, which puts the guards back.
    """
    marker = request.node.get_closest_marker("django_db")
    committing = marker is not None and marker.kwargs.get("transaction", False)
    if committing:
        # Made first, so that it empties the tables last.
        request.getfixturevalue("transactional_db")
    yield
    if committing:
        remove(connection)


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Keep one test's failed sign-ins from limiting the next."""
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """Undo the language that a request left active in the thread."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def spring() -> Iterator[None]:
    """Let it be the moment at which the cities of tests.make live."""
    from . import make  # its models exist once Django is set up

    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """Return the address of an empty PostgreSQL database, dropped afterwards."""
    with services.fresh_database(services.require("postgresql")) as url:
        yield url


@pytest.fixture
def migrated_postgresql_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the address of a PostgreSQL database with all tables and nothing in them, dropped afterwards."""
    server = services.require("postgresql")
    original = prepared.postgresql_original(server.rpartition("/")[0], request.config.cache.mkdir("prepared"))
    with services.fresh_database(server, original) as url:
        yield url


@pytest.fixture
def migrated_var_dir(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a VAR_DIR whose SQLite database has all tables and nothing in them."""
    original = prepared.sqlite_original(request.config.cache.mkdir("prepared"))
    shutil.copy(original, tmp_path / "toimenpiteet.sqlite3")
    return tmp_path


@pytest.fixture
def redis_url() -> Iterator[str]:
    """Return the address of a Redis database of this test's own."""
    with services.own_redis(services.require("redis")) as url:
        yield url


@pytest.fixture
def chromium() -> str:
    """Return the path of Chromium."""
    return services.require("chromium")


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """Return a mail server that keeps what it gets."""
    server = SmtpServer()
    controller: Any = server.start()
    yield server
    controller.stop()


@pytest.fixture(scope="module")
def chromium_path() -> str:
    """Return the path of Chromium, for browsers that several tests share."""
    return services.require("chromium")


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator["Browser"]:
    """Start one Chromium for the tests of a module."""
    from tests.web.browser import started  # Playwright takes a second to import, and most tests need none

    with started(chromium_path) as found:
        yield found


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leave what was imported out of every later look for garbage: it stays to the end, and there is much of it."""
    gc.collect()
    gc.freeze()
