"""What every view needs of a request: when it is, who asks, what exists for them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.calendar import local_day
from toimenpiteet.models import Actor, Door, User


@dataclass(frozen=True)
class Visit:
    """One request: `now` is read once, here, and handed on as an argument."""

    now: datetime
    today: date
    scope: Scope

    @property
    def actor(self) -> Actor:
        """Return the person who acts through a page; raises PermissionDenied when nobody is signed in."""
        if self.scope.user is None:
            raise PermissionDenied
        return Actor.person(self.scope.user, Door.PAGE)


def visit(request: HttpRequest) -> Visit:
    """Return the visit of this request, made once."""
    found: Visit | None = getattr(request, "_visit", None)
    if found is None:
        now = timezone.now()
        user: Any = request.user
        found = Visit(now, local_day(now), access.scope_of(user if isinstance(user, User) else None, local_day(now)))
        request._visit = found  # type: ignore[attr-defined]  # kept for the length of the request
    return found


def is_fragment(request: HttpRequest) -> bool:
    """Tell whether htmx asks for a piece of a page."""
    return bool(getattr(request, "htmx", False))


def back_to(request: HttpRequest, default: str) -> str:
    """Return the address to go to after a POST: the form's `next` when it is ours, else `default`."""
    wanted = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if own else default


def whole_number(value: object, default: int = 0) -> int:
    """Return a whole number of at most nine digits, or `default`: addresses are typed by people too."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default
