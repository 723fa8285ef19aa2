"""``manage.py make_dataset``: an invented city of any size, for the benchmark."""

import time
from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from toimenpiteet.exchange import dataset, demonstration
from toimenpiteet.models import User
from toimenpiteet.services.people import tokens


class Command(BaseCommand):
    """A door to ``exchange.dataset``."""

    help = (
        "Make an invented city, Mallikaupunki, with any number of action items, 600 people and ten years of history. "
        "Everything is invented and marked so on every screen. Some 2,500 items take seconds, 100,000 minutes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--items", type=_count, required=True, help="how many action items")
        parser.add_argument("--seed", type=int, default=2030, help="another number, another city (default 2030)")
        parser.add_argument(
            "--history-per-item",
            type=_count,
            help="history rows of an item, its plans and steps (default: 100, and 20 above 10,000 items)",
        )
        parser.add_argument("--now", type=datetime.fromisoformat, help="when the ten years end (default: now)")
        parser.add_argument("--force", action="store_true", help="also where real people have accounts")
        parser.add_argument("--token", action="store_true", help="print an API token of the manager too")

    def handle(self, *args: Any, items: int, seed: int, **options: Any) -> None:
        """Make the city, unless it is there; then say how to sign in."""
        self._refuse_real_users(force=options["force"])
        there = dataset.present()
        if there is None:
            self._make(items, seed, options)
        elif there == items:
            self.stdout.write(f"Mallikaupunki with {items} action items is already there. Nothing was changed.")
        else:
            raise CommandError(
                f"Mallikaupunki is already there, with {there} action items instead of {items}. Nothing was changed. "
                "Make it in a database of its own: DATABASE_URL names one."
            )
        self._tell(token=options["token"])

    def _refuse_real_users(self, *, force: bool) -> None:
        count = demonstration.real_users()
        if count and not force:
            raise CommandError(
                f"This installation has {count} account(s) that are not demonstration people. An invented city with "
                "600 people and a known password belongs in an installation of its own. Nothing was changed. "
                "If you are sure, run it again with --force."
            )

    def _make(self, items: int, seed: int, options: dict[str, Any]) -> None:
        def told(so_far: int) -> None:
            if so_far % 10_000 == 0:
                self.stdout.write(f"{so_far} of {items} action items.")

        began = time.monotonic()
        now = options["now"] or timezone.now()
        if timezone.is_naive(now):
            now = timezone.make_aware(now)
        made = dataset.make(items, seed=seed, now=now, history_per_item=options["history_per_item"], told=told)
        self.stdout.write(
            f"Mallikaupunki made: {made.items} action items, {made.rows} rows, {made.recorded} history rows, "
            f"in {time.monotonic() - began:.0f} seconds."
        )

    def _tell(self, *, token: bool) -> None:
        self.stdout.write(
            f"Sign in with the password {dataset.PASSWORD} as\n"
            f"  {dataset.MANAGER}  manager of a unit\n"
            f"  {dataset.DIRECTOR}  strategy director"
        )
        if token:
            manager = User.objects.get(email=dataset.MANAGER)
            issued, _ = tokens.issue(manager, now=timezone.now())
            self.stdout.write(f"API token of the manager: {issued}")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) <= 1_000_000:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1 to 1,000,000.")
    return int(text)
