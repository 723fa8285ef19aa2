"""The database without its guards, which nothing in the product takes away."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from toimenpiteet.models import guards


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop every guard."""
    suffix = " ON {}" if connection.vendor == "postgresql" else ""
    for name, table in list(guards.existing(connection)):
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER {name}{suffix.format(table)}")


@contextmanager
def unguarded() -> Iterator[None]:
    """Put the guards back when what is inside has succeeded; in a transaction, a failure brings them back by itself."""
    remove(connection)
    yield
    # PostgreSQL puts no trigger on a table whose foreign keys still wait to be checked.
    connection.check_constraints()
    guards.install(connection)
