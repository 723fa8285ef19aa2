"""System checks that tell an operator what to set."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def production_is_complete(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn about what a city's installation should not do."""
    found: list[CheckMessage] = []
    if settings.EMBEDDED:
        found.append(Error("MODE is embedded.", hint="Set MODE=production and the variables of .env.example."))
    if not settings.HTTPS:
        found.append(Warning("PUBLIC_URL is not https.", hint="Put a proxy with a certificate in front."))
    if settings.SQLITE:
        found.append(Warning("The database is SQLite.", hint="Set DATABASE_URL to a PostgreSQL database."))
    return found
