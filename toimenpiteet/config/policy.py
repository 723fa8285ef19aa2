"""What an answer lets a browser do: the content security policy, and what may be kept."""

from collections.abc import Callable

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control

HEADER = "Content-Security-Policy"
_NOTHING = "default-src 'none'; frame-ancestors 'none'"


class DocumentPolicy(CSPMiddleware):
    """django-csp for HTML; JSON and files may load and be framed by nothing, which needs no computing."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Put the policy on the answer."""
        if response.headers.get("Content-Type", "").startswith("text/html"):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, _NOTHING)
        return response


def own_pages_are_not_kept(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: no browser keeps what a signed-in person was shown.

    The way back would show a status as it was before it was moved, and, on a shared computer, to whom it is not meant.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and "Cache-Control" not in response.headers:
            patch_cache_control(response, no_store=True, private=True)
        return response

    return answer
