"""A day of a round in words: when it holds, what it was by its rule, and why it was moved."""

from dataclasses import dataclass
from datetime import date

from toimenpiteet import labels
from toimenpiteet.dates import day_words, rule_words
from toimenpiteet.models import ReportingRound, RoundDay
from toimenpiteet.round_days import AFTER_LOCK, Which


@dataclass(frozen=True)
class DayRow:
    """A day of a round in words: when it holds, and what it was by the rule and as decided, where these differ.

    `moves` tells whether it may be moved still.
    """

    pk: int
    day: str
    rule: str
    holds: str
    computed: str
    decided: str
    reason: str
    past: bool
    moves: bool


def day_row(row: RoundDay, today: date) -> DayRow:
    """Return a day of a round in words, in the active language; one of a round that is not made yet cannot be moved."""
    which = Which(row.which)
    return DayRow(
        row.pk,
        str(labels.ROUND_DAY[which]),
        rule_words(row.rule),
        day_words(row.holds_on),
        day_words(row.computed_on) if row.computed_on != row.holds_on else "",
        day_words(row.decided_on) if row.decided_on not in {row.computed_on, row.holds_on} else "",
        row.reason,
        row.holds_on < today,
        moves=bool(row.pk) and (which in AFTER_LOCK or row.round.status not in ReportingRound.CLOSED),
    )
