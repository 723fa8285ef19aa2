"""A database that cannot be brought up to date is refused by every way of starting, with the cure."""

import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from tests import services
from tests.programs import clean_environment, manage, running
from tests.smtp import free_port
from tools.run import PROGRAMS

CURE = "put it aside, start with an empty one"
_TABLES = (
    "CREATE TABLE django_migrations (id integer PRIMARY KEY, app varchar(255), name varchar(255), applied timestamp)",
    "CREATE TABLE toimenpiteet_unit (id integer PRIMARY KEY, name varchar(200))",
    "INSERT INTO django_migrations VALUES (1, 'toimenpiteet', '0001_initial', '2025-01-01 00:00:00')",
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs_postgresql)])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Return the environment of an installation whose database was made long ago."""
    environment = clean_environment(MODE="embedded", VAR_DIR=str(tmp_path), PORT=str(free_port()))
    if request.param == "sqlite":
        with sqlite3.connect(tmp_path / "toimenpiteet.sqlite3") as database:
            for statement in _TABLES:
                database.execute(statement)
        yield environment
        return
    with services.fresh_database(services.require("postgresql")) as url:
        with psycopg.connect(url, autocommit=True) as database:
            for statement in _TABLES:
                database.execute(statement.encode())
        yield {**environment, "DATABASE_URL": url}


@pytest.mark.processes
@pytest.mark.parametrize("command", ["migrate", "prepare"])
def test_bringing_it_up_to_date_is_refused(older: dict[str, str], command: str) -> None:
    ended = manage(command, environment=older)
    assert ended.returncode == 1
    assert ended.stderr.startswith("Cannot start: the database ")
    assert CURE in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.processes
@pytest.mark.parametrize("program", list(PROGRAMS))
def test_a_program_that_would_work_on_it_ends(older: dict[str, str], program: str) -> None:
    with running([sys.executable, *PROGRAMS[program]], older) as started:
        assert started.process.wait(60) == 1
        assert CURE in started.output()
        assert "Traceback" not in started.output()


def _is_refused(client: Client) -> None:
    answer = client.get("/health/")
    assert answer.status_code == 503
    assert CURE in answer.content.decode()


@pytest.mark.django_db
def test_the_health_check_names_it(client: Client) -> None:
    assert client.get("/health/").status_code == 200
    MigrationRecorder(connection).record_applied("toimenpiteet", "0001_initial")
    _is_refused(client)


@pytest.mark.django_db
def test_tables_that_were_left_half_way_to_todays_first_migration_are_refused(client: Client) -> None:
    MigrationRecorder(connection).record_unapplied("toimenpiteet", "0019_report_metadata")
    _is_refused(client)


@pytest.mark.django_db
def test_tables_that_the_migrations_before_todays_first_one_made_are_up_to_date(client: Client) -> None:
    recorder = MigrationRecorder(connection)
    loader = MigrationLoader(connection)
    first = next(one for one in loader.disk_migrations.values() if one.app_label == "toimenpiteet" and one.replaces)
    recorder.record_unapplied("toimenpiteet", first.name)
    assert client.get("/health/").status_code == 200
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
