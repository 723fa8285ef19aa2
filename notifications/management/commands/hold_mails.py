"""``manage.py hold_mails``: no mail of the day leaves until ``release_mails``; for instance after a restore."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from notifications import holding
from toimenpiteet.models import Actor, Door


class Command(BaseCommand):
    """Hold every mail of the day."""

    help = "Holds every mail of the day until release_mails; links for passwords and invitations leave all the same."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the reason."""
        parser.add_argument("--reason", required=True, help="why; the delivery log shows it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Hold."""
        actor = Actor.system("hold_mails", Door.COMMAND)
        new = holding.hold(actor, options["reason"], timezone.now())
        since = "" if new else " already"
        self.stdout.write(f"Every mail of the day is held{since}: {holding.active(None).get().why}")
