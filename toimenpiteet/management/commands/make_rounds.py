"""``manage.py make_rounds``: what the strategies' calendars ask for by now."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from toimenpiteet.models import Door
from toimenpiteet.services.rounds import rounds, turning


class Command(BaseCommand):
    """A door to ``services.rounds``."""

    help = "Makes the reporting rounds that are coming, and opens and closes those whose day it is. Sends no mail."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing and say how many."""
        now = timezone.now()
        made, turned = rounds.make_ahead(now, door=Door.COMMAND), turning.turn(now, door=Door.COMMAND)
        self.stdout.write(f"Reporting rounds made: {len(made)}; opened or closed for answers: {len(turned)}.")
