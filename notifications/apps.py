"""Reminders: reads the domain, which never imports it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """The outbox and what fills and empties it."""

    name = "notifications"
    verbose_name = _("Reminders")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the domain's pages know of what is kept here."""
        from notifications import apart, choices  # noqa: F401, PLC0415  # models are there only now
