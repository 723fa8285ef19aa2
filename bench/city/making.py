"""All of the invented city, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import override

from bench.city import structure
from bench.city.guards import unguarded
from bench.city.ledger import Ledger
from bench.city.story import Teller
from toimenpiteet.models import ActionItem, Municipality
from toimenpiteet.services import search

_AT_ONCE = 500
"""Items kept in memory before they are written."""
_BIG = 10_000


@dataclass(frozen=True)
class Made:
    """What was made: all rows and all history rows, but for those of the units, the strategy and its goals."""

    items: int
    rows: int
    recorded: int


def history_for(items: int) -> int:
    """Return how many history rows an item gets unless told: 100, and 20 in a city of more than 10,000 items.

    Twenty is what it takes to make an item, its plans and steps, and to bring them to where they stand.
    """
    return 20 if items > _BIG else 100


def present() -> int | None:
    """Return how many action items the invented city has, or None where it is not there."""
    found = Municipality.objects.filter(key=structure.KEY).first()
    return None if found is None else ActionItem.objects.filter(municipality=found).count()


def make(
    items: int,
    *,
    seed: int,
    now: datetime,
    history_per_item: int | None = None,
    told: Callable[[int], None] = lambda _items: None,
) -> Made:
    """Make the city with `items` action items, all of it or nothing; `told` hears how many there are so far.

    The same seed and `now` (aware) make the same city.
    """
    # The guards refuse a plan that is born with a status, as these are: their moves are written beside them, not made.
    with override("fi"), transaction.atomic(), unguarded():
        ledger = Ledger(connection)
        built = structure.build(items, seed, now, ledger)
        ledger.write()
        teller = Teller(built, ledger, seed, history_for(items) if history_per_item is None else history_per_item)
        for number in range(items):
            teller.item(number, items)
            if (number + 1) % _AT_ONCE == 0 or number + 1 == items:
                ledger.write()
                told(number + 1)
        ledger.finish()
        # Seconds for a city; for a hundred of them `manage.py rebuild_search` does it when it is wanted.
        if items <= _BIG:
            search.rebuild()
    _refresh_statistics()
    return Made(items, ledger.written, ledger.recorded)


def _refresh_statistics() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
