"""``manage.py health_reminders [worker]``: exit 0 when mails leave as they should, and the worker works."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from notifications import health


class Command(BaseCommand):
    """Tell whether mails leave."""

    help = "Tell whether mails leave as they should; what is held is told, and is no failure."
    # A health check runs every half a minute: it must be quick, and say only what it was asked.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what else to look at."""
        parser.add_argument(
            "also", nargs="?", choices=["worker", "beat"], help="look at this part first: manage.py health"
        )

    def handle(self, *args: Any, also: str | None, **options: Any) -> None:
        """Say ok and what is held; a sentence for each thing that is wrong, and exit 1."""
        if also:
            call_command("health", also)
        if found := health.problems(timezone.now()):
            raise CommandError(" ".join(found))
        self.stdout.write("\n".join(health.holds() or ["ok"]))
