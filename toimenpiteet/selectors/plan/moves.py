"""The moves of the workflow as they stand for one person on one plan, and those that many plans can make at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from toimenpiteet import labels
from toimenpiteet.workflow import CLOSED, TRANSITIONS, Refusal, Role, Status, Transition, available, why_not


@dataclass(frozen=True)
class MoveView:
    """One move of the workflow table as it stands for one person on one plan; `refusal` is None when it is open."""

    move: Transition
    refusal: Refusal | None

    @property
    def name(self) -> str:
        """Return what the move is called in programs."""
        return self.move.name

    @property
    def label(self) -> str:
        """Return what its button says."""
        return str(labels.MOVE[self.name])

    @property
    def target(self) -> Status:
        """Return the status to which it leads."""
        return self.move.target

    @property
    def target_label(self) -> str:
        """Return that status in words."""
        return str(labels.STATUS[self.target])

    @property
    def needs_later_period(self) -> bool:
        """Tell whether the plan goes on in a later period by it."""
        return self.move.needs_later_period

    @property
    def comment_required(self) -> bool:
        """Tell whether it asks for a comment."""
        return self.move.comment_required

    @property
    def comment_label(self) -> str:
        """Return what the comment is asked with; '' where none is asked for."""
        return str(labels.MOVE_COMMENT.get(self.name, ""))

    @property
    def open(self) -> bool:
        """Tell whether the person may make it."""
        return self.refusal is None

    @property
    def why_not(self) -> str:
        """Return the refusal in words; '' where there is none."""
        return str(labels.REFUSAL[self.refusal]) if self.refusal else ""

    @property
    def roles(self) -> str:
        """Return whose move it is, in words."""
        return ", ".join(str(labels.ROLE[role]) for role in sorted(self.move.roles))


def all_moves(status: Status, roles: frozenset[Role], *, later_period: bool, own_proposal: bool) -> list[MoveView]:
    """Return every move of the table, open or not (``why_not``)."""
    return [
        MoveView(move, why_not(move.name, status, roles, later_period=later_period, own_proposal=own_proposal))
        for move in TRANSITIONS
    ]


def move_views(status: Status, roles: frozenset[Role], *, later_period: bool, own_proposal: bool) -> list[MoveView]:
    """Return every move that starts from `status`, open or not."""
    found = all_moves(status, roles, later_period=later_period, own_proposal=own_proposal)
    return [move for move in found if move.refusal is not Refusal.WRONG_STATUS]


class Movable(Protocol):
    """What has moves that are open to a person, as a PlanView has."""

    @property
    def open_moves(self) -> list[MoveView]:
        """Return the moves that are open to the person."""


@dataclass(frozen=True)
class BulkMove:
    """A move that is open for at least one of the plans shown."""

    name: str
    label: str
    comment_required: bool


def moves_of(plans: Iterable[Movable], chosen: str = "") -> list[BulkMove]:
    """Return the moves that are open for at least one of `plans`, and the `chosen` one, in the workflow's order."""
    names = {chosen, *(move.name for plan in plans for move in plan.open_moves)}
    return [_bulk(move) for move in TRANSITIONS if move.name in names]


def moves_of_director() -> list[BulkMove]:
    """Return every move that a director may make on a plan that is still open."""
    names = {move.name for status in set(Status) - CLOSED for move in available(status, {Role.DIRECTOR})}
    return [_bulk(move) for move in TRANSITIONS if move.name in names]


def _bulk(move: Transition) -> BulkMove:
    return BulkMove(move.name, str(labels.MOVE[move.name]), move.comment_required)
