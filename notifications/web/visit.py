"""What the views here need of a request: when it is, who asks, and for which municipalities they answer."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from toimenpiteet import access
from toimenpiteet.access import Scope, Verb
from toimenpiteet.calendar import local_day
from toimenpiteet.models import User


@dataclass(frozen=True)
class Visit:
    """One request: `now` is read once, here, and handed on as an argument."""

    now: datetime
    scope: Scope

    @property
    def own(self) -> frozenset[int]:
        """Return the municipalities whose delivery log the person may read."""
        return access.where(self.scope, Verb.READ_MAILS)


def visit(request: HttpRequest) -> Visit:
    """Return the visit of this request."""
    now = timezone.now()
    user = request.user if isinstance(request.user, User) else None
    return Visit(now, access.scope_of(user, local_day(now)))
