"""Rows read as tuples of their columns, and the few queries whose SQL is kept.

Building and compiling a queryset takes Django longer than PostgreSQL takes to answer it. A Statement keeps the SQL of
one that is the same on each run but for the values that come in through ``among``; docs/performance.md says which are
kept so, and what each gains.
"""

import json
import threading
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, ForeignKey, Lookup, QuerySet
from django.db.models.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    _Lookup = Lookup[Any]
else:
    _Lookup = Lookup

_KEPT = 64


def columns_of(queryset: "QuerySet[Any]", columns: Sequence[str]) -> "QuerySet[Any]":
    """Return the rows of `queryset` as tuples of just these `columns`, in this order.

    modeltranslation's own ``values_list`` orders the columns anew and rewrites each row in Python.
    """
    plain: QuerySet[Any] = QuerySet(model=queryset.model, query=queryset.all().query, using=queryset.db)
    return plain.values_list(*columns)


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


class _Compiled:
    """The SQL of one queryset, with what turns its columns into Python values."""

    def __init__(self, queryset: "QuerySet[Any]", around: str) -> None:
        self.compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
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
        values = json.dumps(given) if connection.vendor == "sqlite" else given
        params: list[Any] = [values if value is GIVEN else value for value in self.params]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            rows = cursor.fetchall()
        converted: Iterable[Sequence[Any]] = self.compiler.apply_converters(rows, self.converters)
        return converted if self.converters else rows


class _OfThread(threading.local):
    """What a thread has compiled, on its own connection, and gone with it."""

    def __init__(self) -> None:
        self.kept: dict[Hashable, _Compiled] = {}


class Statement:
    """The `columns` of a queryset that `build` makes, compiled on first use by each thread.

    What `build` is called with must say all that the SQL depends on; `given` takes the place of GIVEN. `around` is SQL
    in which {} stands for the queryset, such as a count of it; a queryset that is empty by itself gives no rows.
    """

    def __init__(self, build: Callable[..., "QuerySet[Any]"], columns: Sequence[str], around: str = "{}") -> None:
        self._build, self._columns, self._around, self._compiled = build, columns, around, _OfThread()

    def rows(self, *args: Hashable, given: Sequence[Any] = ()) -> Iterable[Sequence[Any]]:
        """Run the statement and return its rows."""
        kept = self._compiled.kept
        if args not in kept:
            if len(kept) >= _KEPT:
                kept.clear()
            kept[args] = _Compiled(columns_of(self._build(*args), self._columns), self._around)
        return kept[args].run(given)
