"""Triggers by which the database refuses what the workflow and the audit refuse.

Generated from the workflow table and the list of tracked models, on SQLite and PostgreSQL, and put in place after every
``migrate``, so that they always follow the table. They do not protect against somebody who may drop triggers or empty
tables, nor against SQLite's REPLACE without ``recursive_triggers``: ``verify_history`` finds what that leaves behind.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from toimenpiteet.workflow import INITIAL, allowed_pairs

PLANS = "toimenpiteet_periodplan"
_MESSAGE = "a recorded change is never rewritten"
_STATUS_MESSAGE = "the workflow has no such move"


def append_only_tables() -> list[str]:
    """Return the tables whose rows are written once: every app's history tables and the status changes."""
    history = [model._meta.db_table for model in apps.get_models() if hasattr(model, "history_id")]
    return sorted([*history, "toimenpiteet_statuschange"])


def _pairs() -> str:
    return ", ".join(f"('{old}', '{new}')" for old, new in sorted(allowed_pairs()))


def _sqlite(tables: list[str]) -> Iterator[str]:
    for table in tables:
        for verb in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER guard_{table}_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
            )
    yield (
        f"CREATE TRIGGER guard_{PLANS}_status BEFORE UPDATE OF status ON {PLANS} "
        f"WHEN OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN (VALUES {_pairs()}) "
        f"BEGIN SELECT RAISE(ABORT, '{_STATUS_MESSAGE}'); END"
    )
    yield (
        f"CREATE TRIGGER guard_{PLANS}_first BEFORE INSERT ON {PLANS} WHEN NEW.status <> '{INITIAL}' "
        f"BEGIN SELECT RAISE(ABORT, '{_STATUS_MESSAGE}'); END"
    )


def _refusing_function(name: str, message: str) -> str:
    # 23514 is a check violation: Django reports it as IntegrityError, as SQLite's RAISE(ABORT).
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = '23514'; END $$"
    )


def _postgresql(tables: list[str]) -> Iterator[str]:
    yield _refusing_function("guard_refuse_rewrite", _MESSAGE)
    yield _refusing_function("guard_refuse_status", _STATUS_MESSAGE)
    for table in tables:
        yield (
            f"CREATE TRIGGER guard_{table} BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION guard_refuse_rewrite()"
        )
    yield (
        f"CREATE TRIGGER guard_{PLANS}_status BEFORE UPDATE OF status ON {PLANS} FOR EACH ROW "
        f"WHEN (OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN ({_pairs()})) "
        f"EXECUTE FUNCTION guard_refuse_status()"
    )
    yield (
        f"CREATE TRIGGER guard_{PLANS}_first BEFORE INSERT ON {PLANS} FOR EACH ROW "
        f"WHEN (NEW.status <> '{INITIAL}') EXECUTE FUNCTION guard_refuse_status()"
    )


def existing(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, str]]:
    """Give the name and the table of every guard in place."""
    query = {
        "sqlite": (
            "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard\\_%' ESCAPE '\\'"
        ),
        "postgresql": (
            "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'guard\\_%'"
        ),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        yield from cursor.fetchall()


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop every guard; for tests that empty tables and for bulk data sets."""
    suffix = " ON {}" if connection.vendor == "postgresql" else ""
    for name, table in list(existing(connection)):
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{suffix.format(table)}")


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every guard in place, replacing those of an earlier version."""
    statements = {"sqlite": _sqlite, "postgresql": _postgresql}[connection.vendor]
    # One app may be migrated before another's tables exist.
    present = set(connection.introspection.table_names())
    tables = [table for table in append_only_tables() if table in present]
    # All or nothing: a failure half-way leaves the guards that were there.
    with transaction.atomic(using=connection.alias):
        remove(connection)
        with connection.cursor() as cursor:
            for statement in statements(tables):
                cursor.execute(statement)


def install_after_migrate(using: str, **kwargs: Any) -> None:
    """Receive post_migrate."""
    from django.db import connections  # noqa: PLC0415  # read at call time: tests swap connections

    connection = connections[using]
    if PLANS in connection.introspection.table_names():
        install(connection)
