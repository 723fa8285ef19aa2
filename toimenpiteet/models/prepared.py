"""Statements compiled once and run many times, for the few that stand on every hot path.

Building and compiling a queryset takes Django longer than PostgreSQL takes to answer it, and planning it takes
PostgreSQL longer than running it. A Statement keeps the SQL of a queryset that is the same on each run but for the
values that come in through ``among``, and lets PostgreSQL keep the plan.

A connection pooler between Django and PostgreSQL must let prepared statements through (PgBouncer: session pooling, or
``max_prepared_statements`` since 1.21). A migration that changes a column's type asks for a restart of the processes.
"""

import json
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import Field, ForeignKey, Lookup, QuerySet
from django.db.models.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    _Lookup = Lookup[Any]
    _ServerCursor = Any
else:
    _Lookup, _ServerCursor = Lookup, ServerBindingCursor

_KEPT = 64


class Given:
    """Stands for values that are known only when the statement runs."""


GIVEN = Given()


@Field.register_lookup
@ForeignKey.register_lookup
class Among(_Lookup):
    """`column__among=GIVEN`: one parameter for any number of values, so that the SQL stays the same."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """Return the condition for PostgreSQL."""
        left, params = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", [*params, self.rhs]

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> tuple[str, Any]:
        """Return the condition for SQLite, which has no arrays."""
        left, params = self.process_lhs(compiler, connection)
        return f"{left} IN (SELECT value FROM json_each(%s))", [*params, self.rhs]  # noqa: S608  # Django's own SQL


class _PreparingCursor(_ServerCursor):  # type: ignore[misc]  # psycopg's base is not typed in Django's stubs
    """Lets PostgreSQL keep the plan: planning the joins of a list takes it longer than running them."""

    def execute(self, query: Any, params: Any = None) -> Any:
        return super().execute(query, params, prepare=True)

    def _send_query_prepared(self, name: bytes, pgq: Any, **options: Any) -> None:
        # psycopg remembers only what it sends unprepared; Django's query log asks for it.
        self._query = pgq
        super()._send_query_prepared(name, pgq, **options)


def preparing_cursor(connection: BaseDatabaseWrapper) -> Any:
    """Return a cursor whose statements PostgreSQL keeps planned; on SQLite an ordinary one."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    connection.ensure_connection()
    # Django switches preparing off for the whole connection; its own cursors do not prepare in any case.
    connection.connection.prepare_threshold = 0
    # Wrapped like Django's own cursors: errors are Django's, and tests count the statement.
    return connection._prepare_cursor(_PreparingCursor(connection.connection))  # type: ignore[attr-defined]  # Django's wrapper of a cursor, private


class _Compiled:
    """The SQL of one queryset on one connection, with what turns its columns into Python values."""

    def __init__(self, queryset: "QuerySet[Any]", around: str) -> None:
        self.connection = connections[DEFAULT_DB_ALIAS]
        self.compiler = queryset.query.get_compiler(connection=self.connection)
        try:
            sql, self.params = self.compiler.as_sql()
        except EmptyResultSet:
            # Django knows without asking that there is nothing, as among no municipalities.
            sql, self.params = "", ()
        self.sql = around.replace("{}", sql) if sql else ""
        columns = [column[0] for column in self.compiler.select] if around == "{}" else []
        self.converters = self.compiler.get_converters(columns)

    def run(self, given: Sequence[Any]) -> Iterable[Sequence[Any]]:
        if not self.sql:
            return []
        values = json.dumps(given) if self.connection.vendor == "sqlite" else given
        with preparing_cursor(self.connection) as cursor:
            cursor.execute(self.sql, [values if value is GIVEN else value for value in self.params])
            rows = cursor.fetchall()
        converted: Iterable[Sequence[Any]] = self.compiler.apply_converters(rows, self.converters)
        return converted if self.converters else rows


def columns_of(queryset: "QuerySet[Any]", columns: Sequence[str]) -> "QuerySet[Any]":
    """Return the rows of `queryset` as tuples of just these `columns`, in this order.

    modeltranslation's own ``values_list`` orders the columns anew and rewrites each row in Python.
    """
    plain: QuerySet[Any] = QuerySet(model=queryset.model, query=queryset.query.chain(), using=queryset.db)
    return plain.values_list(*columns)


class Statement:
    """The `columns` of a queryset that `build` makes, compiled on first use by each connection.

    What `build` is called with must say all that the SQL depends on; `given` takes the place of GIVEN. `around` is SQL
    in which {} stands for the queryset, such as a count of it; a queryset that is empty by itself gives no rows.
    """

    def __init__(self, build: Callable[..., "QuerySet[Any]"], columns: Sequence[str], around: str = "{}") -> None:
        self._build, self._columns, self._around = build, columns, around

    def rows(self, *args: Hashable, given: Sequence[Any] = ()) -> Iterable[Sequence[Any]]:
        """Run the statement and return its rows."""
        # Kept with the connection, and gone with it: each thread has its own.
        statements = vars(connections[DEFAULT_DB_ALIAS]).setdefault("_prepared_statements", {})
        kept: dict[Hashable, _Compiled] = statements.setdefault(self, {})
        compiled = kept.get(args)
        if compiled is None:
            if len(kept) >= _KEPT:
                kept.clear()
            compiled = kept[args] = _Compiled(columns_of(self._build(*args), self._columns), self._around)
        return compiled.run(given)
