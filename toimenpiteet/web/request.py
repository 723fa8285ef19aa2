"""What every view needs of a request: when it is, who asks, what exists for them, and how to answer."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.calendar import local_day
from toimenpiteet.models import Actor, Door, User
from toimenpiteet.services.text import printable
from toimenpiteet.web import toasts
from toimenpiteet.web.toasts import Undo
from toimenpiteet.workflow import MOVES

P = ParamSpec("P")
_LONGEST = 1900
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
"""For a page that asks, and takes the answer."""
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


@dataclass(frozen=True)
class RequestContext:
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


def request_context(request: HttpRequest) -> RequestContext:
    """Return what is known of this request, made once."""
    found: RequestContext | None = getattr(request, "_visit", None)
    if found is None:
        now = timezone.now()
        user = request.user
        found = RequestContext(
            now, local_day(now), access.scope_of(user if isinstance(user, User) else None, local_day(now))
        )
        request._visit = found  # type: ignore[attr-defined]  # noqa: SLF001  # our own mark, for the length of the request
    return found


def signed_in(view: View[P]) -> View[P]:
    """Let only signed-in people through: a GET leads to sign-in and back, a POST never loses what was typed.

    A POST without a session answers 401 with every text that was sent, so that it can be copied and sent again.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return ask_to_sign_in(request) or view(request, *args, **kwargs)

    return guarded


def ask_to_sign_in(request: HttpRequest) -> HttpResponse | None:
    """Return what ``signed_in`` answers to somebody who has not signed in; None to all others."""
    if not request_context(request).scope.anonymous:
        return None
    if request.method == "POST":
        return session_over(request)
    if is_fragment(request):
        return refuse(request, "frame/parts/session_over.html", 401, {"typed": []})
    return redirect_to_login(request.get_full_path())


def published(view: Callable[Concatenate[HttpRequest, RequestContext, P], HttpResponseBase]) -> View[P]:
    """Hand the context to a page of one thing; what is not the person's, but published, is read with anybody's eyes.

    Nobody's roles reach it, so it shows what it shows without signing in, and offers nothing to do.
    """

    @wraps(view)
    def seen(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        me = request_context(request)
        try:
            return view(request, me, *args, **kwargs)
        except Http404:
            if me.scope.anonymous:
                raise
            request._as_anybody = True  # type: ignore[attr-defined]  # noqa: SLF001  # our own mark, for the frame around the page
            return view(request, replace(me, scope=Scope()), *args, **kwargs)

    return seen


def as_anybody(request: HttpRequest) -> bool:
    """Tell whether the page shows what anybody sees: nobody is signed in, or it is of another municipality."""
    return getattr(request, "_as_anybody", False) or request_context(request).scope.anonymous


def session_over(request: HttpRequest, status: int = 401) -> HttpResponse:
    """Say that nothing was saved because the session is over, and show every text that the request carried."""
    return refuse(request, "frame/parts/session_over.html", status, {"typed": typed_texts(request)})


def refuse(request: HttpRequest, part: str, status: int, context: dict[str, Any]) -> HttpResponse:
    """Answer with `part` as a page of its own, or to htmx as a notice that replaces nothing of the page."""
    context = {"part": f"toimenpiteet/{part}", "back": back_to(request, came_from(request)), **context}
    if not is_fragment(request):
        return render(request, "toimenpiteet/frame/notice.html", context, status=status)
    response = render(request, context["part"], {**context, "fragment": True}, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = "#live", "innerHTML show:#live:top"
    return response


# What forms carry for programs: of no use to a person who wants their text back.
_NOT_TYPED = {
    *("csrfmiddlewaretoken", "next", "shape", "done", "version", "login", "email", "language"),
    *(
        "key",
        "move",
        "act",
        "light",
        "unknown_because",
        "outcome",
        "publicity",
        "which",
        "choice",
        "due_precision",
        "date_kind",
        "decided_on_precision",
        "end_on_precision",
        "undo",
    ),
}
_MOST_TYPED = 60


def typed_texts(request: HttpRequest) -> list[str]:
    """Return the texts that a form carried, never a password; no more than the longest form has."""
    found = [
        value.strip()
        for name, values in request.POST.lists()
        if name not in _NOT_TYPED and "password" not in name and not name.startswith("initial-")
        for value in values
        if not (name == "name" and value in MOVES)  # the name of a move, not of a person
        and any(character.isalpha() for character in value)
    ]
    return [printable(text) for text in dict.fromkeys(found)][:_MOST_TYPED]


def say_done(request: HttpRequest, text: str, undo: Undo | None = None) -> None:
    """Tell on the next page what was done, with a way to undo it; for answers that redirect."""
    messages.success(request, text, extra_tags=toasts.packed(undo))


def is_fragment(request: HttpRequest) -> bool:
    """Tell whether htmx asks for a piece of a page."""
    return bool(getattr(request, "htmx", False))


def back_to(request: HttpRequest, default: str) -> str:
    """Return the address to go to after a POST: the form's `next` when it is ours, else `default`."""
    wanted = request.POST.get("next", "")
    # Django redirects to no longer address: what was saved would look refused.
    return wanted if len(iri_to_uri(wanted) or "") < _LONGEST and _is_ours(request, wanted) else default


def came_from(request: HttpRequest) -> str:
    """Return the path of the page on which the person pressed something, or the front page's."""
    referer = request.headers.get("Referer", "")
    if not _is_ours(request, referer):
        return "/"
    parts = urlsplit(referer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _is_ours(request: HttpRequest, address: str) -> bool:
    return url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())


def whole_number(value: object, default: int = 0) -> int:
    """Return a whole number of at most nine digits, or `default`: addresses are typed by people too."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default
