"""The session's end: how far it is, and going on."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from toimenpiteet.web import sessions
from toimenpiteet.web.door import GET_OR_POST, session_over, visit


@never_cache
@GET_OR_POST
def session(request: HttpRequest) -> HttpResponse:
    """Tell the seconds that are left (0 when nobody is signed in); a POST makes them a whole session again."""
    me = visit(request)
    if me.scope.anonymous:
        return session_over(request) if request.method == "POST" else JsonResponse({"left": 0})
    if request.method == "POST":
        sessions.prolong(request, me.now)
    return JsonResponse({"left": sessions.seconds_left(request, me.now)})
