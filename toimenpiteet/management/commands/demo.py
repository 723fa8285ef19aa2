"""Add the demonstration: people for every role in two municipalities and years of invented activity."""

import logging
from argparse import ArgumentParser
from datetime import datetime
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import override

from toimenpiteet import labels
from toimenpiteet.calendar import HELSINKI
from toimenpiteet.exchange import demonstration
from toimenpiteet.exchange.strategy import Refused


class Command(BaseCommand):
    """A door to ``exchange.demonstration``."""

    help = (
        "Add demonstration people and activity to Kuopio and Kokkola; their strategies are loaded when they are "
        "missing. Everything is invented and marked so on every screen. Running it again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--force", action="store_true", help="also where real people have accounts")
        parser.add_argument("--seed", type=int, default=2030, help="another number, another story (default 2030)")
        parser.add_argument("--now", type=_moment, help="when the story ends, as 2026-11-02T12:00 (default: now)")
        parser.add_argument("--list", action="store_true", help="print who can sign in, and how; change nothing")

    def handle(self, *args: Any, seed: int, **options: Any) -> None:
        """List the people, or bring the demonstration on stage."""
        if options["list"]:
            self._list()
            return
        self._refuse_real_users(force=options["force"])
        now = options["now"] or timezone.now()
        try:
            result = demonstration.stage(now)
        except Refused as refused:
            raise CommandError("\n".join(refused.lines())) from refused
        if settings.EMAIL_HOST:
            self.stderr.write("Mails go to a real server here, so the demonstration sends no reminders.")
        demonstration.play(result, seed=seed, now=now, remind=self._remind)
        if options["verbosity"]:
            self._tell(result)

    def _remind(self, morning: datetime) -> None:
        """Let the reminders of a morning go out, when mails stay on this machine's disk."""
        if settings.EMAIL_HOST:
            return
        # What each morning did is in the delivery log; the terminal tells what the demonstration is.
        logging.disable(logging.INFO)
        call_command("send_reminders", now=morning, stdout=StringIO())
        logging.disable(logging.NOTSET)

    def _refuse_real_users(self, *, force: bool) -> None:
        count = demonstration.real_users()
        if count and not force:
            raise CommandError(
                f"This installation has {count} account(s) that are not demonstration people. The demonstration adds "
                "invented people with a known password, and invented statuses; it belongs in an installation of its "
                "own. Nothing was changed. If you are sure, run it again with --force."
            )

    def _tell(self, result: demonstration.Result) -> None:
        for unit in result.unknown_units:
            self.stderr.write(f"No unit {unit} in the loaded strategies: its person was left out.")
        if not result.total:
            self.stdout.write("The demonstration is already there. Nothing was changed.")
            return
        self.stdout.write(
            f"Demonstration added: {result.people} people, {result.mailboxes} mailboxes, {result.rounds} reporting "
            f"rounds, {result.moves} moves, {result.steps} ticked steps, {result.comments} comments, "
            f"{result.answers} answers. "
            "Who can sign in: manage.py demo --list"
        )

    def _list(self) -> None:
        with override(settings.LANGUAGE_CODE):
            people = demonstration.present()
            rows = [
                (str(labels.ROLE[person.role]), place, person.email, demonstration.PASSWORD) for person, place in people
            ]
        if not rows:
            raise CommandError("No demonstration people yet. Add them with: manage.py demo")
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
            self.stdout.write("  ".join([*cells, row[-1]]))


def _moment(text: str) -> datetime:
    """Read an instant; without an offset it is Helsinki's."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=HELSINKI)
