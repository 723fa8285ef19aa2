"""The workflow of a period plan: one frozen table that buttons, API, database triggers, tests and docs all read.

Pure: knows no Django. Nothing else in the product sets a status (docs/domain.md, "Status of a period plan").
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Status(StrEnum):
    """Where a period plan stands. *Overdue* is never one of these: it is computed from dates."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    AWAITING_APPROVAL = "awaiting_approval"
    COMPLETED = "completed"
    DISCONTINUED = "discontinued"
    CARRIED_OVER = "carried_over"


class Role(StrEnum):
    """What a person is; the first two belong to a unit, the others to a municipality."""

    MANAGER = "manager"
    CONTRIBUTOR = "contributor"
    DIRECTOR = "director"
    VIEWER = "viewer"
    ADMIN = "admin"


RESPONSIBLE = (Role.MANAGER, Role.CONTRIBUTOR)
"""The roles of a responsible unit: what they do to a plan is a sign of life, what others do is not."""


def acting(roles: Collection[Role], allowed: Collection[Role]) -> Role:
    """Return in which of their `roles` somebody does what `allowed` may do: in one of a unit before any other."""
    return next(role for role in Role if role in roles and role in allowed)


CLOSED = frozenset({Status.COMPLETED, Status.DISCONTINUED, Status.CARRIED_OVER})
OPEN = frozenset(Status) - CLOSED
INITIAL = Status.NOT_STARTED
# Plain texts for the database: migrations must not import this module.
STATUS_VALUES = [status.value for status in Status]
OPEN_VALUES = sorted(status.value for status in OPEN)


# How far a plan is; one that was carried over goes on in its later period.
_HOW_FAR = (
    Status.DISCONTINUED,
    Status.NOT_STARTED,
    Status.ON_HOLD,
    Status.IN_PROGRESS,
    Status.AWAITING_APPROVAL,
    Status.COMPLETED,
)


def headway(before: Status, after: Status) -> int:
    """Return 1 where a plan has come further from one status to the other, -1 where it has fallen back, else 0."""
    if Status.CARRIED_OVER in {before, after}:
        return 0
    then, now = _HOW_FAR.index(before), _HOW_FAR.index(after)
    return (now > then) - (now < then)


class LateBecause(StrEnum):
    """Why an open plan is late (docs/domain.md, "Overdue"); never a status."""

    DUE = "due"
    STEP = "step"
    ANSWER = "answer"
    APPROVAL = "approval"


class Refusal(StrEnum):
    """Why a move is not open; the words for each live with the other labels."""

    UNKNOWN_MOVE = "unknown_move"
    WRONG_STATUS = "wrong_status"
    WRONG_ROLE = "wrong_role"
    OWN_PROPOSAL = "own_proposal"
    COMMENT_MISSING = "comment_missing"
    NO_LATER_PERIOD = "no_later_period"
    # Of taking a move back:
    NOTHING_TO_TAKE_BACK = "nothing_to_take_back"
    NOT_YOURS = "not_yours"
    TOO_LATE = "too_late"
    LOST_ROLE = "lost_role"
    CHANGED_SINCE = "changed_since"
    LATER_PLAN_USED = "later_plan_used"
    ROUND_LOCKED = "round_locked"


@dataclass(frozen=True)
class Transition:
    """One row of the table. A move without a role is open to nobody."""

    name: str
    sources: tuple[Status, ...]
    target: Status
    roles: frozenset[Role]
    comment_required: bool = False
    needs_later_period: bool = False


_MANAGER = frozenset({Role.MANAGER})
_DIRECTOR = frozenset({Role.DIRECTOR})
_BOTH = _MANAGER | _DIRECTOR
_UNFINISHED = (Status.NOT_STARTED, Status.IN_PROGRESS, Status.ON_HOLD)

TRANSITIONS: tuple[Transition, ...] = (
    Transition("start", (Status.NOT_STARTED,), Status.IN_PROGRESS, _BOTH),
    Transition("pause", (Status.IN_PROGRESS,), Status.ON_HOLD, _BOTH, comment_required=True),
    Transition("resume", (Status.ON_HOLD,), Status.IN_PROGRESS, _BOTH),
    Transition("propose_completion", (Status.IN_PROGRESS,), Status.AWAITING_APPROVAL, _MANAGER, comment_required=True),
    Transition("withdraw", (Status.AWAITING_APPROVAL,), Status.IN_PROGRESS, _MANAGER),
    Transition("approve", (Status.AWAITING_APPROVAL,), Status.COMPLETED, _DIRECTOR),
    Transition("send_back", (Status.AWAITING_APPROVAL,), Status.IN_PROGRESS, _DIRECTOR, comment_required=True),
    Transition("discontinue", _UNFINISHED, Status.DISCONTINUED, _DIRECTOR, comment_required=True),
    Transition(
        "carry_over",
        _UNFINISHED,
        Status.CARRIED_OVER,
        _DIRECTOR,
        comment_required=True,
        needs_later_period=True,
    ),
    Transition(
        "reopen",
        (Status.COMPLETED, Status.DISCONTINUED, Status.CARRIED_OVER),
        Status.IN_PROGRESS,
        _DIRECTOR,
        comment_required=True,
    ),
)

PROPOSAL, APPROVAL, CARRY_OVER = "propose_completion", "approve", "carry_over"
BY_NAME = {transition.name: transition for transition in TRANSITIONS}

TAKE_BACK = "take_back"
"""What undoes the last move (docs/domain.md, "Taking back"); no row of the table: it leads where that one began."""
TAKE_BACK_WITHIN = timedelta(minutes=15)
MOVES = (*BY_NAME, TAKE_BACK)
"""The name of everything that changes a status."""


def allowed_pairs() -> frozenset[tuple[Status, Status]]:
    """Return every (from, to) that some move makes; the database triggers are generated from this."""
    return frozenset((source, move.target) for move in TRANSITIONS for source in move.sources)


def why_not(
    name: str,
    status: Status,
    roles: Collection[Role],
    *,
    comment: str | None = None,
    later_period: bool = True,
    own_proposal: bool = False,
) -> Refusal | None:
    """Return the first reason why `name` is refused, or None when it is open.

    `comment` None means that no comment has been asked yet (a button is being drawn), "" that none was given.
    `later_period` says whether the strategy has a period after the plan's own, `own_proposal` whether an approval would
    be of what the person proposed themselves, where one of the two is done on behalf of another.
    """
    move = BY_NAME.get(name)
    if move is None:
        return Refusal.UNKNOWN_MOVE
    reasons = {
        Refusal.WRONG_STATUS: status not in move.sources,
        Refusal.WRONG_ROLE: not move.roles.intersection(roles),
        Refusal.OWN_PROPOSAL: name == APPROVAL and own_proposal,
        Refusal.NO_LATER_PERIOD: move.needs_later_period and not later_period,
        Refusal.COMMENT_MISSING: move.comment_required and comment is not None and not comment.strip(),
    }
    return next((refusal for refusal, holds in reasons.items() if holds), None)


def available(status: Status, roles: Collection[Role], *, later_period: bool = True) -> list[Transition]:
    """Return the moves open to `roles` from `status`, in the order of the table."""
    return [move for move in TRANSITIONS if why_not(move.name, status, roles, later_period=later_period) is None]


def why_not_take_back(last: str, *, own: bool, since: timedelta, roles: Collection[Role]) -> Refusal | None:
    """Return the first reason why the `last` move of a plan is not taken back, so far as the move itself tells.

    `own` says whether the person made it, `since` how long ago that was, `roles` what they are to the plan now. What
    has happened to the plan since then is for the reader of the record to see.
    """
    if last == TAKE_BACK:
        return Refusal.NOTHING_TO_TAKE_BACK
    if not own:
        return Refusal.NOT_YOURS
    if since > TAKE_BACK_WITHIN:
        return Refusal.TOO_LATE
    if not BY_NAME[last].roles.intersection(roles):
        return Refusal.LOST_ROLE
    return None
