"""``manage.py rebuild_search``: make the search index anew, after a restore or a bulk load."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from toimenpiteet.services import search


class Command(BaseCommand):
    """A door to ``services.search``."""

    help = (
        "Make the search index anew from what is in the database. It is kept up to date by every change in the "
        "product, so this is for data that came in another way. Safe to run at any time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--if-empty", action="store_true", help="only where there is no index yet")

    def handle(self, *args: Any, if_empty: bool, **options: Any) -> None:
        """Make it, and say how many things can be found."""
        began = time.monotonic()
        made = search.rebuild_if_empty() if if_empty else search.rebuild()
        self.stdout.write(f"{made} search documents made in {time.monotonic() - began:.1f} seconds.")
