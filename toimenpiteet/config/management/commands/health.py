"""``manage.py health web|worker|beat``: exit 0 when that part of this machine works."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from toimenpiteet.config.health import CHECKS, Unhealthy


class Command(BaseCommand):
    """Tell whether one part of the product works."""

    help = "Tell whether the web server, the worker or beat of this machine works."
    # A health check runs every half a minute: it must be quick, and say only what it was asked.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the part's name."""
        parser.add_argument("part", choices=sorted(CHECKS))

    def handle(self, *args: Any, part: str, **options: Any) -> None:
        """Check one part; a sentence on standard error and exit 1 when it does not work."""
        try:
            CHECKS[part]()
        except Unhealthy as error:
            raise CommandError(str(error)) from error
        self.stdout.write("ok")
