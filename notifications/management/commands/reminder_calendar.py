"""``manage.py reminder_calendar``: who will get what on which day, before anything is sent. Reads only."""

import json
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import override

from notifications import forecast
from notifications.management.commands.send_reminders import moment
from notifications.planning import mailing
from toimenpiteet.languages import PROGRAMS
from toimenpiteet.services.text import one_line


def days(text: str) -> int:
    """Read a number of days from 1 to forecast.MOST_DAYS."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= forecast.MOST_DAYS):
        raise ArgumentTypeError(f"{text!r} is no number of days from 1 to {forecast.MOST_DAYS}")
    return int(text)


class Command(BaseCommand):
    """Print the mails to come."""

    help = "Prints who will get what on which day, by the rules by which mails are planned. Writes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --days, --json and --now."""
        parser.add_argument("--days", type=days, default=forecast.MOST_DAYS, help="how far ahead, at most 90 days")
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument("--now", type=moment, metavar="TIME", help="as at this time: ISO 8601 with a time zone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each mail, or all of them as JSON."""
        now = options["now"] or timezone.now()
        found = [(home, mail) for home in mailing() for mail in forecast.mails_to_come(home, now, options["days"])]
        if options["json"]:
            rows = [
                {
                    "municipality": home.key,
                    "day": mail.day.isoformat(),
                    "name": mail.receiver.name,
                    "address": mail.receiver.address,
                    "kinds": mail.kinds,
                }
                for home, mail in found
            ]
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        with override(PROGRAMS):
            for home, mail in found:
                who = one_line(f"{mail.receiver.name} {mail.receiver.address}") or "nobody to tell"
                self.stdout.write(f"{mail.day} {home.key}: {who}: {', '.join(mail.about)}")
        self.stdout.write(f"Mails to come in {options['days']} days: {len(found)}.")
