"""What a person sees when something is refused, missing or broken: what happened, and what to do next."""

import sys
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template import loader
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from toimenpiteet.services.errors import DATABASE_AWAY, RETRY_LATER, DomainError
from toimenpiteet.web.request import is_fragment, refuse, request_context, session_over, typed_texts

# What a service may answer that has a page of its own; what else it refuses is a 422.
_OWN_PAGE = {403, 404, 409}


def refused(request: HttpRequest, exception: object = None) -> HttpResponse:  # noqa: ARG001  # Django asks for it
    """Answer 403."""
    return _error(request, 403)


def missing(request: HttpRequest, exception: object = None) -> HttpResponse:  # noqa: ARG001  # Django asks for it
    """Answer 404: there is no such page, or not for this person."""
    return _error(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer 500 without a single query; where the database is away, 503 with what was typed (RFC 9110, 15.6.4)."""
    away = isinstance(sys.exception(), DATABASE_AWAY)
    typed = typed_texts(request) if away and request.method == "POST" else []
    page = loader.get_template("500.html").render({"away": away, "typed": typed})
    return HttpResponse(page, status=503, headers=RETRY_LATER) if away else HttpResponse(page, status=500)


def without_token(request: HttpRequest, **_reason: Any) -> HttpResponse:
    """Answer a form whose CSRF token is missing or old: nothing is saved, and what was typed is shown."""
    if request_context(request).scope.anonymous and not request.path.startswith(reverse("account_login")):
        return session_over(request, 403)
    return refuse(request, "frame/parts/old_page.html", 403, {"typed": typed_texts(request)})


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Show what the service worker keeps for a moment without a connection: in all three languages, for anybody."""
    return HttpResponse(loader.get_template("offline.html").render({}))


class Refusals:
    """Middleware: what a service refuses and no view has answered becomes a page that says why."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Hand the request on; a form that comes back with something to correct says so first of all, in its title."""
        response = self.get_response(request)
        if isinstance(response, HttpResponse) and _comes_back(request, response):
            response.content = response.content.replace(b"<title>", f"<title>{_('Error:')} ".encode(), 1)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a DomainError; anything else goes on."""
        if not isinstance(exception, DomainError):
            return None
        status = exception.http_status if exception.http_status in _OWN_PAGE else 422
        return _error(request, status, exception.message, getattr(exception, "heading", ""))


def _comes_back(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell whether a page is a form that was refused; those of allauth answer 200."""
    if not response.get("Content-Type", "").startswith("text/html"):
        return False
    invalid = request.method == "POST" and b'<div class="refusal" role="alert">' in response.content
    return response.status_code in {409, 422} or (response.status_code == 200 and invalid)


def _error(request: HttpRequest, status: int, why: str = "", heading: str = "") -> HttpResponse:
    context: dict[str, Any] = {"status": status, "why": why, "heading": heading}
    context |= {"typed": typed_texts(request) if request.method == "POST" else []}
    if is_fragment(request):
        return refuse(request, "frame/parts/error.html", status, context)
    return render(request, "error.html", context, status=status)
