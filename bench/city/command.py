"""What ``python -m bench.city`` is asked for, and what it says."""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from bench.city import making, structure
from bench.problem import Failed
from toimenpiteet.exchange import demonstration
from toimenpiteet.models import User
from toimenpiteet.services.people import tokens

Say = Callable[[str], object]
_ABOUT = (
    "Make an invented city, Mallikaupunki, with any number of action items, 600 people and ten years of history. "
    "Everything is invented and marked so on every screen. Some 2,500 items take seconds, 100,000 minutes."
)


@dataclass(frozen=True)
class Wanted:
    """The city that is asked for; another `seed` makes another city, and `now` (aware) is when the ten years end."""

    items: int
    seed: int = 2030
    history_per_item: int | None = None
    now: datetime | None = None
    force: bool = False


def run(arguments: Sequence[str], say: Say = print) -> None:
    """Make the city, unless it is there; then say how to sign in. Raises Failed where it must not be made."""
    given = vars(_parser().parse_args(arguments))
    token = given.pop("token")
    ensure(Wanted(**given), say)
    _tell(say, token=token)


def ensure(wanted: Wanted, say: Say) -> None:
    """Make the city, unless it is there; raises Failed beside real people, and beside a city of another size."""
    _refuse_real_users(force=wanted.force)
    there = making.present()
    if there is None:
        _make(wanted, say)
    elif there == wanted.items:
        say(f"Mallikaupunki with {there} action items is already there. Nothing was changed.")
    else:
        raise Failed(
            f"Mallikaupunki is already there, with {there} action items instead of {wanted.items}. Nothing was "
            "changed. Make it in a database of its own: DATABASE_URL names one."
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.city", description=_ABOUT)
    parser.add_argument("--items", type=_count, required=True, help="how many action items")
    parser.add_argument("--seed", type=int, default=Wanted.seed, help="another number, another city (default 2030)")
    parser.add_argument(
        "--history-per-item",
        type=_count,
        help="history rows of an item, its plans and steps (default: 100, and 20 above 10,000 items)",
    )
    parser.add_argument("--now", type=datetime.fromisoformat, help="when the ten years end (default: now)")
    parser.add_argument("--force", action="store_true", help="also where real people have accounts")
    parser.add_argument("--token", action="store_true", help="print an API token of the manager too")
    return parser


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 1,000,000.")
    return int(text)


def _refuse_real_users(*, force: bool) -> None:
    count = demonstration.real_users()
    if count and not force:
        raise Failed(
            f"This installation has {count} account(s) that are not demonstration people. An invented city with "
            "600 people and a known password belongs in an installation of its own. Nothing was changed. "
            "If you are sure, run it again with --force."
        )


def _make(wanted: Wanted, say: Say) -> None:
    def told(so_far: int) -> None:
        if so_far % 10_000 == 0:
            say(f"{so_far} of {wanted.items} action items.")

    began = time.monotonic()
    now = wanted.now or timezone.now()
    if timezone.is_naive(now):
        now = timezone.make_aware(now)
    made = making.make(wanted.items, seed=wanted.seed, now=now, history_per_item=wanted.history_per_item, told=told)
    say(
        f"Mallikaupunki made: {made.items} action items, {made.rows} rows, {made.recorded} history rows, "
        f"in {time.monotonic() - began:.0f} seconds."
    )


def _tell(say: Say, *, token: bool) -> None:
    say(
        f"Sign in with the password {structure.PASSWORD} as\n"
        f"  {structure.MANAGER}  manager of a unit\n"
        f"  {structure.DIRECTOR}  strategy director"
    )
    if token:
        manager = User.objects.get(email=structure.MANAGER)
        issued, _ = tokens.issue(manager, now=timezone.now())
        say(f"API token of the manager: {issued}")
