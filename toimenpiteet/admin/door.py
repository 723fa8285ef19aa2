"""Who keeps the structure in this request, and what the services refused them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.calendar import local_day
from toimenpiteet.models import Actor, Door, Stamp, User
from toimenpiteet.services import record, text
from toimenpiteet.services.errors import DomainError


@dataclass(frozen=True)
class Keeper:
    """The person of one request, narrowed to the municipalities that they keep; `now` is read once."""

    scope: Scope
    now: datetime

    @property
    def may_enter(self) -> bool:
        """Tell whether there is anything here for the person."""
        user = self.scope.user
        return user is not None and user.is_staff and (self.scope.operator or bool(self.scope.municipalities))

    def stamp(self, reason: str) -> Stamp:
        """Return the stamp of an act through the admin; raises Invalid without a reason."""
        assert self.scope.user is not None  # noqa: S101  # the admin asks for a signed-in person first
        return record.stamp(Actor.person(self.scope.user, Door.ADMIN), text.reason_of(reason), self.now)


def keeper(request: HttpRequest) -> Keeper:
    """Return the keeper of this request, made once."""
    found: Keeper | None = getattr(request, "_keeper", None)
    if found is None:
        now = timezone.now()
        user: Any = request.user
        scope = access.scope_of(user if isinstance(user, User) else None, local_day(now))
        found = Keeper(access.administered(scope), now)
        request._keeper = found  # type: ignore[attr-defined]  # kept for the length of the request
    return found


@dataclass(frozen=True)
class Refused:
    """What a service refused, and the prefix of the form that asked for it ("" for the page's own)."""

    error: DomainError
    prefix: str


def refused(request: HttpRequest) -> Refused | None:
    """Return what was refused in this request so far."""
    return getattr(request, "_refused", None)


@contextmanager
def noting(request: HttpRequest, prefix: str | None) -> Iterator[None]:
    """Remember which form a refusal belongs to, and let it through: the transaction must not stand."""
    try:
        yield
    except DomainError as error:
        request._refused = Refused(error, prefix or "")  # type: ignore[attr-defined]  # read by the second attempt
        raise
