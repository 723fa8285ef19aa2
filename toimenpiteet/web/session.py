"""How long a session lasts: a fixed time after signing in, unless the person says that they go on; its page."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from toimenpiteet.web.request import GET_OR_POST, request_context, session_over

LONGEST = timedelta(days=3)
"""Whoever holds a stolen cookie can prolong a session too, but not for ever."""
_BEGAN = "began"


def prolong(request: HttpRequest, now: datetime) -> None:
    """Let the session end a whole session's time after `now`, but never later than LONGEST after signing in."""
    end = now + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    began = request.session.get(_BEGAN)
    last = datetime.fromtimestamp(began, UTC) + LONGEST if began is not None else end
    request.session.set_expiry(min(end, last))


def seconds_left(request: HttpRequest, now: datetime) -> int:
    """Return how many seconds the session still lasts; costs no query in a request that knows its person."""
    return max(0, request.session.get_expiry_age(modification=now))


@receiver(user_logged_in)
def _keep_the_end(request: HttpRequest, **_kwargs: Any) -> None:
    # Kept as a moment: otherwise each write to the session would move its end, unseen by the page that warns of it.
    now = timezone.now()
    request.session[_BEGAN] = int(now.timestamp())
    prolong(request, now)


@never_cache
@GET_OR_POST
def session(request: HttpRequest) -> HttpResponse:
    """Tell the seconds that are left (0 when nobody is signed in); a POST makes them a whole session again."""
    me = request_context(request)
    if me.scope.anonymous:
        return session_over(request) if request.method == "POST" else JsonResponse({"left": 0})
    if request.method == "POST":
        prolong(request, me.now)
    return JsonResponse({"left": seconds_left(request, me.now)})
