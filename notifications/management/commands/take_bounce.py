"""``manage.py take_bounce``: takes one report on delivery, as mail servers hand mails to programs."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from notifications import bounces

_MOST = 1024 * 1024


class Command(BaseCommand):
    """Record that a mail came back."""

    help = "Takes a report on delivery (RFC 3464) from standard input; the address that bounced is passed over."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add to which address it came."""
        parser.add_argument("--to", default="", help="to which address it came, where its headers do not say")

    def handle(self, *args: Any, to: str, **options: Any) -> None:
        """Read, record, say."""
        self.stdout.write(bounces.take(sys.stdin.buffer.read(_MOST), timezone.now(), to))
