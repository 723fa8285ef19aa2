"""``manage.py make_reports``: the files of locked rounds that are not there yet."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from toimenpiteet.exchange.report.files import keep_owed
from toimenpiteet.models import Door


class Command(BaseCommand):
    """A door to ``exchange.report.files``."""

    help = "Makes the files of the reports of locked rounds that are not there yet, and keeps them."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing and say how many."""
        self.stdout.write(f"Files of reports made: {keep_owed(timezone.now(), door=Door.COMMAND)}.")
