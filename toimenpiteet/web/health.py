"""Does this process do its work? Asked by the containers' health checks and by ``make run``."""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from toimenpiteet.older import OlderDatabase, refuse_older


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer whether this process and its database work. Redis is left out: pages do without it."""
    try:
        refuse_older()
    except OlderDatabase as error:
        return _unwell(f"Cannot work: {error}")
    except DatabaseError:
        return _unwell("The database does not answer.")
    return HttpResponse("ok\n", content_type="text/plain")


def _unwell(why: str) -> HttpResponse:
    return HttpResponse(f"{why}\n", status=503, content_type="text/plain")
