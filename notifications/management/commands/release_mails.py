"""``manage.py release_mails``: lets go what ``hold_mails`` held, or what a restored database held by itself."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from notifications import holding
from toimenpiteet.models import Actor, Door


class Command(BaseCommand):
    """Let every mail go."""

    help = "Lets the mails go that were held for every municipality; those that a city holds itself stay."

    def handle(self, *args: Any, **options: Any) -> None:
        """Let go."""
        ended = holding.release(holding.active(None), Actor.system("release_mails", Door.COMMAND), timezone.now())
        self.stdout.write("The mails may leave again." if ended else "No mails were held for every municipality.")
