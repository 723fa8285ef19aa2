"""How a reporting round moves: planned, open, in review, locked, published, and never back (DOMAIN.md). Pure."""

from dataclasses import dataclass
from enum import StrEnum

from toimenpiteet.round_days import Which


class RoundStatus(StrEnum):
    """How far a round is."""

    PLANNED = "planned"
    OPEN = "open"
    IN_REVIEW = "in_review"
    LOCKED = "locked"
    PUBLISHED = "published"


@dataclass(frozen=True)
class RoundMove:
    """One row of the table, made by the strategy director.

    It comes by itself where a day of the round is named: on the day, or (`after`) when the day is over.
    """

    name: str
    source: RoundStatus
    target: RoundStatus
    on: Which | None = None
    after: bool = False


ROUND_MOVES: tuple[RoundMove, ...] = (
    RoundMove("open", RoundStatus.PLANNED, RoundStatus.OPEN, on=Which.OPENS),
    RoundMove("end_answers", RoundStatus.OPEN, RoundStatus.IN_REVIEW, on=Which.ANSWERS_DUE, after=True),
    RoundMove("lock", RoundStatus.IN_REVIEW, RoundStatus.LOCKED),
    RoundMove("publish", RoundStatus.LOCKED, RoundStatus.PUBLISHED),
)
BY_NAME = {move.name: move for move in ROUND_MOVES}
ANSWERABLE = frozenset({RoundStatus.OPEN, RoundStatus.IN_REVIEW})
"""In these an answer is taken; in review it is late, and still better than none."""


def allowed_pairs() -> frozenset[tuple[RoundStatus, RoundStatus]]:
    """Return every (from, to) that some move makes; the database triggers are generated from this."""
    return frozenset((move.source, move.target) for move in ROUND_MOVES)


def next_move(status: RoundStatus) -> RoundMove | None:
    """Return the one move that is open from `status`, or None at the end."""
    return next((move for move in ROUND_MOVES if move.source is status), None)
