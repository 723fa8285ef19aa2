"""A change of a plan that is proposed and decided: its kinds, and how it moves (docs/domain.md). Pure."""

from enum import StrEnum


class ChangeKind(StrEnum):
    """What is to change of a plan."""

    DUE = "due"
    SCOPE = "scope"
    LEAD = "lead"
    ENDING = "ending"


class ChangeStatus(StrEnum):
    """How far a change request is; what needs a body's decision waits until that is written down."""

    PROPOSED = "proposed"
    NEEDS_BODY = "needs_body"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


FIRST = ChangeStatus.PROPOSED
WAITING = (ChangeStatus.PROPOSED, ChangeStatus.NEEDS_BODY)
"""A decision is waited for."""
DECIDED = (ChangeStatus.ACCEPTED, ChangeStatus.DECLINED)
# Plain texts for the database: migrations must not import this module.
WAITING_VALUES = [status.value for status in WAITING]
DECIDED_VALUES = [status.value for status in DECIDED]

_MOVES: dict[ChangeStatus, tuple[ChangeStatus, ...]] = {
    ChangeStatus.PROPOSED: (ChangeStatus.NEEDS_BODY, *DECIDED, ChangeStatus.WITHDRAWN),
    ChangeStatus.NEEDS_BODY: DECIDED,
}


def allowed_pairs() -> frozenset[tuple[ChangeStatus, ChangeStatus]]:
    """Return every (from, to) that some act makes; the database triggers are generated from this."""
    return frozenset((source, target) for source, targets in _MOVES.items() for target in targets)
