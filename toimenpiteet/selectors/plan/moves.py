"""The moves of the workflow as they stand for one person on one plan, and those that many plans can make at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from toimenpiteet import labels
from toimenpiteet.workflow import CLOSED, TRANSITIONS, Refusal, Role, Status, Transition, available, why_not


@dataclass(frozen=True)
class MoveView:
    """One move of the workflow table, as it stands for one person on one plan."""

    name: str
    label: str
    target: Status
    target_label: str
    comment_required: bool
    comment_label: str
    open: bool
    why_not: str
    roles: str


def move_views(status: Status, roles: frozenset[Role], *, later_period: bool, own_proposal: bool) -> list[MoveView]:
    """Return every move that starts from `status`, open or not, with the reason where it is not (``why_not``)."""
    found = []
    for move in TRANSITIONS:
        refusal = why_not(move.name, status, roles, later_period=later_period, own_proposal=own_proposal)
        if refusal is not Refusal.WRONG_STATUS:
            found.append(_view(move, refusal))
    return found


def _view(move: Transition, refusal: Refusal | None) -> MoveView:
    return MoveView(
        name=move.name,
        label=str(labels.MOVE[move.name]),
        target=move.target,
        target_label=str(labels.STATUS[move.target]),
        comment_required=move.comment_required,
        comment_label=str(labels.MOVE_COMMENT.get(move.name, "")),
        open=refusal is None,
        why_not=str(labels.REFUSAL[refusal]) if refusal else "",
        roles=", ".join(str(labels.ROLE[role]) for role in sorted(move.roles)),
    )


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
