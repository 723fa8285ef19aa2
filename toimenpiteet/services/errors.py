"""What a service refuses, in words for the person who asked.

Each door turns these into its own shape: a page with what was typed, or problem+json with the status given here.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from toimenpiteet import labels
from toimenpiteet.access import Verdict
from toimenpiteet.models import Audited
from toimenpiteet.workflow import Refusal, Status, Transition

DATABASE_AWAY: Final = (OperationalError, InterfaceError)
"""What Django raises when the database does not answer, or broke a statement off that took too long."""
RETRY_LATER: Final = {"Retry-After": "30"}
"""The header of an answer that says so, in seconds (RFC 9110, 10.2.3)."""


class DomainError(Exception):
    """Base of every refusal. `code` is stable for programs, `message` is for people in the active language."""

    code = "refused"
    http_status = 400

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Invalid(DomainError):
    """What was given cannot be taken; `field` names where."""

    code = "invalid"
    http_status = 400


class WrongTime(Invalid):
    """A reporting round is not as far, or too far, for what was asked; `current` is the round where it was to move."""

    code = "wrong_status"
    http_status = 409

    def __init__(self, message: str, current: Audited | None = None) -> None:
        super().__init__(message)
        self.current = current


class PlanClosed(Invalid):
    """What a closed plan consisted of stays as it was then."""

    def __init__(self) -> None:
        super().__init__(_("The plan is closed, so its steps and means stay as they are. Reopen the plan first."))


class Forbidden(DomainError):
    """The person may see the object but not do this; `heading` is for what nobody may do, whatever their rights."""

    code = "forbidden"
    http_status = 403

    def __init__(self, message: str, *, field: str = "", heading: str = "") -> None:
        super().__init__(message, field=field)
        self.heading = heading


def need(verdict: Verdict) -> Verdict:
    """Return by what right the person may; raises Forbidden with the reason when they may not."""
    if not verdict:
        raise Forbidden(verdict.why)
    return verdict


class Stale(DomainError):
    """Somebody changed the object after the person saw it; `current` is what it is now.

    `tag` tells its states apart: its version, unless another number is given.
    """

    code = "stale"
    http_status = 409

    def __init__(self, current: Audited, tag: int | None = None) -> None:
        super().__init__(
            _("Somebody else changed this after you opened it. See what changed, then decide again; your text is kept.")
        )
        self.current = current
        self.tag = current.version if tag is None else tag


class OrderChanged(DomainError):
    """The list is not what the person saw when they put it into order."""

    code = "order_changed"
    http_status = 409

    def __init__(self) -> None:
        super().__init__(
            _("Somebody else changed this list meanwhile. Here it is as it is now; put it in order again.")
        )


_NOT_THEIRS = {Refusal.WRONG_ROLE, Refusal.OWN_PROPOSAL, Refusal.NOT_YOURS, Refusal.LOST_ROLE}
_NOT_NOW = {
    *(Refusal.WRONG_STATUS, Refusal.NOTHING_TO_TAKE_BACK, Refusal.TOO_LATE),
    *(Refusal.CHANGED_SINCE, Refusal.LATER_PLAN_USED, Refusal.ROUND_LOCKED),
}


class MoveRefused(DomainError):
    """The workflow does not allow the `move`; `refusal` says which rule, `instead` what the person may do now."""

    def __init__(self, refusal: Refusal, current: Any, move: str = "", instead: Iterable[Transition] = ()) -> None:
        field = "comment" if refusal is Refusal.COMMENT_MISSING else "name"
        super().__init__(_refused(refusal, current, move, [other.name for other in instead]), field=field)
        self.refusal = refusal
        self.current = current
        self.code = refusal.value
        self.http_status = 403 if refusal in _NOT_THEIRS else 409 if refusal in _NOT_NOW else 400


def _refused(refusal: Refusal, current: Any, move: str, instead: list[str]) -> str:
    """Return the refusal in words: of which move, and where it is known who may make it, or what may be made now."""
    if refusal is Refusal.WRONG_ROLE:
        return labels.may_not(move)
    if refusal is Refusal.WRONG_STATUS:
        said = {"move": labels.MOVE[move], "status": labels.STATUS[Status(current.status)]}
        words = _("“%(move)s” is not possible while the plan is “%(status)s”.") % said
        return f"{words} {_instead(instead)}"
    return str(labels.REFUSAL[refusal])


def _instead(moves: list[str]) -> str:
    if not moves:
        return _("There is nothing that you can do to it now.")
    return _("What you can do now: %(moves)s.") % {"moves": ", ".join(str(labels.MOVE[name]) for name in moves)}
