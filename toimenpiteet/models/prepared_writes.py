"""INSERT and UPDATE of one row, compiled once: every tracked change writes its row and a history row.

Django compiles such a statement anew for each row, and PostgreSQL plans it anew; on a status move that was more than
a quarter of the work. What is written, and which signals run, is Django's own affair: this only replaces the last step
of ``Model.save``.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models

from toimenpiteet.models.prepared import preparing_cursor

Fields = tuple["models.Field[Any, Any]", ...]


def _listed(fields: Fields, form: str, between: str = ", ") -> str:
    # SQLite and PostgreSQL quote names alike.
    return between.join(form.format(f'"{field.column}"') for field in fields)


@lru_cache(maxsize=512)
def _insert(table: str, fields: Fields, returning: Fields) -> str:
    marks = ", ".join("%s" for _ in fields)
    back = f" RETURNING {_listed(returning, '{}')}" if returning else ""
    return f'INSERT INTO "{table}" ({_listed(fields, "{}")}) VALUES ({marks}){back}'  # noqa: S608  # our models' names


@lru_cache(maxsize=512)
def _update(table: str, fields: Fields, keys: Fields) -> str:
    values, found = _listed(fields, "{} = %s"), _listed(keys, "{} = %s", " AND ")
    return f'UPDATE "{table}" SET {values} WHERE {found}'  # noqa: S608  # likewise


class PreparedRow(models.Model):
    """Base of the models whose rows are inserted one by one, often."""

    class Meta:
        abstract = True

    def _do_insert(self, manager: Any, using: str, fields: Any, returning_fields: Any, raw: bool) -> Any:  # noqa: FBT001  # Django's own signature
        return insert_row(self, tuple(fields), tuple(returning_fields), raw=raw)


def insert_row(obj: models.Model, fields: Fields, returning: Fields, *, raw: bool = False) -> list[Any]:
    """Insert `obj` with `fields`; return one row with the values of `returning`, which the database made."""
    connection = connections[DEFAULT_DB_ALIAS]
    values = [getattr(obj, field.attname) if raw else field.pre_save(obj, add=True) for field in fields]
    given = [field.get_db_prep_save(value, connection) for field, value in zip(fields, values, strict=True)]
    with preparing_cursor(connection) as cursor:
        cursor.execute(_insert(obj._meta.db_table, fields, returning), given)
        return [cursor.fetchone()] if returning else []


def update_row(model: type[models.Model], values: Sequence[tuple[Any, Any, Any]], **keys: Any) -> int:
    """Set `values` (field, model, value) on the row of `model` that has these `keys`; return how many there were."""
    connection = connections[DEFAULT_DB_ALIAS]
    changed, found = [(field, value) for field, _model, value in values], []
    for name, value in keys.items():
        field = model._meta.get_field(name)
        found.append((field, value))
    statement = _update(model._meta.db_table, tuple(field for field, _ in changed), tuple(field for field, _ in found))
    with preparing_cursor(connection) as cursor:
        cursor.execute(statement, [field.get_db_prep_save(value, connection) for field, value in (*changed, *found)])
        return int(cursor.rowcount)
