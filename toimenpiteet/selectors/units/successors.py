"""What follows a unit, from which day, and in which way: under a new name, merged into another unit, or split."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from toimenpiteet.dates import day_words
from toimenpiteet.models import Unit, UnitHandover
from toimenpiteet.selectors.translated import Named, named_of

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Ending:
    """A unit's last day, and what follows from `next_day` on (both days empty when no day is known).

    `to_come` while the last day has not passed. `kind` is in which way it ended (UnitHandover.Kind), empty where
    nothing follows; the first of `successors` is the one to which everything goes.
    """

    last_day: str
    next_day: str
    to_come: bool
    kind: str
    successors: list[Named]

    @property
    def renamed(self) -> bool:
        """Tell whether what follows is the unit itself under a new name."""
        return self.kind == UnitHandover.Kind.RENAMED


def ends_later(unit: Unit, today: date) -> bool:
    """Tell whether the unit's last day is known and has not passed: then it is still in force."""
    return unit.valid_until is not None and unit.valid_until >= today


def line_of(unit: Unit, units: dict[int, Unit], today: date) -> list[int]:
    """Return `unit` and those in which it has gone on, to the one that answers for it `today`, all of `units`.

    One that is still in force answers for itself, whatever follows it; a ring of them ends where it began.
    """
    found = [unit.pk]
    while unit.successor_id in units and unit.successor_id not in found and not ends_later(unit, today):
        unit = units[unit.successor_id]
        found.append(unit.pk)
    return found


def gathered(units: dict[int, Unit], today: date) -> dict[int, frozenset[int]]:
    """Return by each of `units` those whose plans reach it: itself, and what has gone on in it (``line_of``)."""
    found: dict[int, set[int]] = defaultdict(set)
    for pk, unit in units.items():
        for later in line_of(unit, units, today):
            found[later].add(pk)
    return {pk: frozenset(held) for pk, held in found.items()}


def ending(unit: Unit, own: str, today: date) -> Ending | None:
    """Return how the unit ends; None for one that goes on. Where something follows, one query tells what."""
    rows = UnitHandover.objects.filter(unit=unit).select_related("successor").order_by("place")
    follow = [(row.kind, row.successor) for row in rows] if unit.successor_id is not None else []
    return ending_by(unit, follow, own, today)


def ending_by(unit: Unit, follow: Sequence[tuple[str, Unit]], own: str, today: date) -> Ending | None:
    """Do the same for those who have read already in which way which units `follow`, in their order."""
    last = unit.valid_until
    if last is None and not follow:
        return None
    return Ending(
        last_day=day_words(last) if last else "",
        next_day=day_words(last + _DAY) if last else "",
        to_come=ends_later(unit, today),
        kind=follow[0][0] if follow else "",
        successors=[named_of(successor, own) for _kind, successor in follow],
    )


def renamed(unit: Unit) -> bool:
    """Tell whether the unit goes on under a new name."""
    return UnitHandover.objects.filter(unit=unit, kind=UnitHandover.Kind.RENAMED).exists()
