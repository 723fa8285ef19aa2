"""``/health/reminders``: asked by whoever watches the installation."""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications import health


@never_cache
@require_safe
def reminders(request: HttpRequest) -> HttpResponse:
    """Answer whether mails leave; 503 with a sentence for each thing that is wrong."""
    try:
        found = health.problems(timezone.now())
        lines = [*found, *health.holds()] or ["ok"]
    except DatabaseError:
        found = lines = ["The database does not answer."]
    return HttpResponse("\n".join(lines) + "\n", status=503 if found else 200, content_type="text/plain; charset=utf-8")
