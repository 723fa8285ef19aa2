"""What every long-running process does first."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from toimenpiteet.older import refuse_older


def load_settings() -> None:
    """Load the settings, or end the process with one sentence that says what to set."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "toimenpiteet.config.settings")
    try:
        settings.MODE  # noqa: B018  # reading any setting loads them; loading twice would undo what tests set
    except ImproperlyConfigured as error:
        sys.exit(f"Cannot start: {error}")


def look_at_database() -> None:
    """End the process with one sentence on a database of before the first release; one that is away may come yet."""
    try:
        refuse_older()
    except ImproperlyConfigured as error:
        sys.exit(f"Cannot start: {error}")
    except DatabaseError:
        return
    finally:
        # Processes that are forked from this one must not share its connection.
        connection.close()
