"""What a service refuses, in words for the person who asked.

Each door turns these into its own shape: a page with what was typed, or problem+json with the status given here.
"""

from typing import Any

from django.utils.translation import gettext as _

from toimenpiteet import labels
from toimenpiteet.models import Audited
from toimenpiteet.workflow import Refusal


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


class Forbidden(DomainError):
    """The person may see the object but not do this."""

    code = "forbidden"
    http_status = 403


class Stale(DomainError):
    """Somebody changed the object after the person saw it; `current` is what it is now."""

    code = "stale"
    http_status = 409

    def __init__(self, current: Audited) -> None:
        super().__init__(
            _("Somebody else changed this after you opened it. See what changed, then decide again; your text is kept.")
        )
        self.current = current


class MoveRefused(DomainError):
    """The workflow does not allow the move; `refusal` says which rule."""

    def __init__(self, refusal: Refusal, current: Any) -> None:
        field = "comment" if refusal is Refusal.COMMENT_MISSING else "name"
        super().__init__(str(labels.REFUSAL[refusal]), field=field)
        self.refusal = refusal
        self.current = current
        self.code = refusal.value
        self.http_status = 403 if refusal is Refusal.WRONG_ROLE else 409 if refusal is Refusal.WRONG_STATUS else 400
