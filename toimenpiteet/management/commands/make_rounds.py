"""``manage.py make_rounds``: the reporting rounds that are coming, from the strategies' calendars."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from toimenpiteet.models import Door
from toimenpiteet.services.rounds import rounds


class Command(BaseCommand):
    """A door to ``services.rounds.rounds.make_ahead``."""

    help = "Makes the reporting rounds that are coming, for adopted strategies with a calendar. Sends no mail."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing and say how many."""
        made = rounds.make_ahead(timezone.now(), door=Door.COMMAND)
        self.stdout.write(f"Reporting rounds made: {len(made)}.")
