"""A database of before the first release is refused, with what to do: its tables cannot be brought up to date."""

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.recorder import MigrationRecorder

# The first migration's name at that time; today's has another, so that the two are told apart.
_FIRST = ("toimenpiteet", "0001_initial")


class OlderDatabase(ImproperlyConfigured):
    """Raised with the one sentence for whoever starts the product."""


def refuse_older(using: str = DEFAULT_DB_ALIAS) -> None:
    """Raise OlderDatabase when the tables were made before the first release; DatabaseError when nobody answers."""
    connection = connections[using]
    if _FIRST in MigrationRecorder(connection).applied_migrations():
        raise OlderDatabase(
            f"the database {connection.settings_dict['NAME']} was made by a version before the first release and "
            "cannot be brought up to date, so put it aside, start with an empty one (in MODE=embedded another VAR_DIR "
            "does it, else DATABASE_URL names it) and load your files there again."
        )
