"""The content security policy: computed for documents, fixed for what no browser shows."""

from csp.middleware import CSPMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase

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
