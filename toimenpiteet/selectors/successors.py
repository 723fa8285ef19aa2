"""What follows a unit, from which day, and whether that is another unit or the same one under a new name."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from toimenpiteet.dates import day_words
from toimenpiteet.models import Unit
from toimenpiteet.selectors.words import Named, text_of

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Ending:
    """A unit's last day, and what follows from `next_day` on (both days empty when no day is known).

    `to_come` while the last day has not passed; `renamed` when what follows is the unit itself under a new name.
    """

    last_day: str
    next_day: str
    to_come: bool
    renamed: bool
    successor: Named | None


def ends_later(unit: Unit, today: date) -> bool:
    """Tell whether the unit's last day is known and has not passed: then it is still in force."""
    return unit.valid_until is not None and unit.valid_until >= today


def ending(unit: Unit, successor: Unit | None, own: str, today: date) -> Ending | None:
    """Return how the unit ends; None for one that goes on. Where something follows, one query tells what."""
    last = unit.valid_until
    if last is None and successor is None:
        return None
    return Ending(
        last_day=day_words(last) if last else "",
        next_day=day_words(last + _DAY) if last else "",
        to_come=ends_later(unit, today),
        renamed=successor is not None and renamed(unit, successor),
        successor=Named(successor.pk, text_of(successor, "name", own)) if successor else None,
    )


def renamed(unit: Unit, successor: Unit) -> bool:
    """Tell whether `successor` is the unit's new name: made by the very act that let it follow.

    Where both were loaded from a document, its days decide: a new name begins when the old one ends.
    """
    act = written_by(unit)
    if act is None or act.history_type == "+":
        return successor.valid_from == (unit.valid_until + _DAY if unit.valid_until else None)
    return bool(Unit.history.filter(id=successor.pk, history_type="+", **same_act(act)).exists())


def written_by(unit: Unit) -> Any:
    """Return the history row by which the unit got the last day and the successor that it has; None without one."""
    found = None
    for row in Unit.history.filter(id=unit.pk).order_by("-history_id"):
        if (row.valid_until, row.successor_id) != (unit.valid_until, unit.successor_id):
            break
        found = row
    return found


def same_act(row: Any) -> dict[str, Any]:
    """Return the condition under which a history row was written by the act that wrote `row`."""
    return {name: getattr(row, name) for name in ("history_date", "history_user_id", "history_change_reason")}
