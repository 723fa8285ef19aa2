"""What every long-running process does first."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def load_settings() -> None:
    """Load the settings, or end the process with one sentence that says what to set."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "toimenpiteet.config.settings")
    try:
        settings.MODE  # noqa: B018  # reading any setting loads them; loading twice would undo what tests set
    except ImproperlyConfigured as error:
        sys.exit(f"Cannot start: {error}")
