"""What ``makemigrations`` does not make or does not compare: search index, guards and conditions, as text.

``python -m tests.schema`` writes the expected texts anew, after a look at what has changed in them.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

FOLDER = Path(__file__).resolve().parent
_OURS = ("toimenpiteet_", "notifications_")
_SQLITE = """
SELECT name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name LIKE %s AND
(type = 'trigger' OR sql LIKE 'CREATE VIRTUAL%%' OR (type = 'index' AND sql LIKE '%%WHERE%%'))
"""
_POSTGRESQL = r"""
SELECT tgname, tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger
WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE %(tables)s
UNION ALL SELECT conname, conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'c' AND conname NOT LIKE '%%\_check' AND conrelid::regclass::text LIKE %(tables)s
UNION ALL SELECT indexname, tablename, indexdef FROM pg_indexes
WHERE tablename LIKE %(tables)s AND (indexdef LIKE '%% WHERE %%' OR indexdef LIKE '%%USING gin%%')
UNION ALL SELECT table_name || '.' || column_name, table_name, generation_expression FROM information_schema.columns
WHERE is_generated = 'ALWAYS' AND table_name LIKE %(tables)s
"""
_FUNCTIONS = """
SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'guard%%'
"""


def expected(vendor: str) -> Path:
    """Return the file that keeps the text of a database engine."""
    return FOLDER / f"{vendor}.txt"


def dump(connection: BaseDatabaseWrapper) -> str:
    """Return what stands in the migrated database, one thing a line, by name."""
    lines = {"sqlite": _sqlite, "postgresql": _postgresql}[connection.vendor](connection)
    # The guards of history tables differ in their table's name alone.
    plain = (re.sub(r"\s+", " ", line).strip() for line in lines)
    return "\n".join(sorted(plain)) + "\n"


def _rows(connection: BaseDatabaseWrapper, statement: str, given: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())


def _sqlite(connection: BaseDatabaseWrapper) -> Iterator[str]:
    for prefix in _OURS:
        yield from (f"{name}: {sql}" for name, _, sql in _rows(connection, _SQLITE, [f"{prefix}%"]))
        tables = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name LIKE %s"
        for table, sql in _rows(connection, tables, [f"{prefix}%"]):
            yield from (f"{table}: {check}" for check in _checks(sql))


def _checks(sql: str) -> Iterator[str]:
    """Give each named condition of a table, up to the bracket that closes it."""
    for found in re.finditer(r'CONSTRAINT "(\w+)" CHECK \(', sql):
        depth, at = 1, found.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(sql[at], 0)
            at += 1
        yield sql[found.start() : at]


def _postgresql(connection: BaseDatabaseWrapper) -> Iterator[str]:
    for prefix in _OURS:
        for name, table, text in _rows(connection, _POSTGRESQL, {"tables": f"{prefix}%"}):
            yield f"{table} {name}: {text}"
    yield from (f"{name}(): {body}" for name, body in _rows(connection, _FUNCTIONS, None))


def _write(url: str) -> None:
    """Make the tables in an empty database and keep what stands there."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"MODE": "embedded", "VAR_DIR": folder, "DATABASE_URL": url.format(folder=folder)}
        subprocess.run([sys.executable, "-m", "tests.schema", "dump"], env=environment, check=True)


def main(arguments: list[str]) -> None:
    """Write the expected text of each engine that is there."""
    if arguments:
        _dump_here()
        return
    from tests import services  # the inner call needs no services

    _write("sqlite:///{folder}/schema.sqlite3")
    if server := services.postgresql():
        with services.fresh_database(server) as url:
            _write(url)


def _dump_here() -> None:
    import django  # the environment is set by now

    os.environ["DJANGO_SETTINGS_MODULE"] = "toimenpiteet.config.settings"
    django.setup()
    from django.core.management import call_command  # after the set-up
    from django.db import connection

    call_command("migrate", verbosity=0)
    expected(connection.vendor).write_text(dump(connection), encoding="utf-8")
