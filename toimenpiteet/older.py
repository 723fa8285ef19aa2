"""A database whose tables cannot be brought up to date is refused, with what to do."""

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.recorder import MigrationRecorder

# The first migration's name before the first release; today's has another, so that the two are told apart.
_FIRST = ("toimenpiteet", "0001_initial")
# The migrations that today's first one stands for begin and end with these.
_BEGUN, _WHOLE = ("toimenpiteet", "0001_tables"), ("toimenpiteet", "0019_report_metadata")


class OlderDatabase(ImproperlyConfigured):
    """Raised with the one sentence for whoever starts the product."""


def refuse_older(using: str = DEFAULT_DB_ALIAS) -> None:
    """Raise OlderDatabase when the tables are too old to be brought up to date; DatabaseError when nobody answers."""
    connection = connections[using]
    applied = MigrationRecorder(connection).applied_migrations()
    if _FIRST in applied or (_BEGUN in applied and _WHOLE not in applied):
        raise OlderDatabase(
            f"the database {connection.settings_dict['NAME']} was made by a version before the first release and "
            "cannot be brought up to date, so put it aside, start with an empty one (in MODE=embedded another VAR_DIR "
            "does it, else DATABASE_URL names it) and load your files there again."
        )
