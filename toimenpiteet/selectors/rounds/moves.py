"""The moves of a round as they stand for one person: which is open, why not the others, what comes by itself."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from toimenpiteet import access, labels
from toimenpiteet.access import Scope, Verb
from toimenpiteet.models import ReportingRound
from toimenpiteet.round_days import Which
from toimenpiteet.round_moves import ROUND_MOVES, RoundMove, RoundStatus
from toimenpiteet.workflow import Refusal


@dataclass(frozen=True)
class RoundMoveView:
    """One move of a round; `refusal` and `why_not` are empty when it is open to the person.

    `comes_on` is the first day on which it comes by itself, None where only the director makes it.
    """

    move: RoundMove
    refusal: Refusal | None
    why_not: str
    comes_on: date | None

    @property
    def label(self) -> str:
        """Return what its button says."""
        return str(labels.ROUND_MOVE[self.move.name])


def moves_of_round(scope: Scope, row: ReportingRound) -> list[RoundMoveView]:
    """Return every move of a visible round, in the order of the table."""
    right = access.may(scope, Verb.DIRECT, row)
    return [_view(row, move, right.why) for move in ROUND_MOVES]


def _view(row: ReportingRound, move: RoundMove, not_theirs: str) -> RoundMoveView:
    not_now = why_not_now(row, move)
    refusal = Refusal.WRONG_ROLE if not_theirs else Refusal.WRONG_STATUS if not_now else None
    return RoundMoveView(move, refusal, not_theirs or not_now, _comes_on(row, move))


def why_not_now(row: ReportingRound, move: RoundMove) -> str:
    """Return why the round cannot make a move from where it is, in the active language; '' where it can."""
    if row.status == move.source:
        return ""
    names = {"is": labels.ROUND_STATUS[RoundStatus(row.status)], "wanted": labels.ROUND_STATUS[move.source]}
    return _("The round is “%(is)s”. This is done to a round that is “%(wanted)s”.") % names


def _comes_on(row: ReportingRound, move: RoundMove) -> date | None:
    if row.status != move.source or move.on is None:
        return None
    day = row.opens_on if move.on is Which.OPENS else row.due_on
    return day + timedelta(days=1) if move.after else day
