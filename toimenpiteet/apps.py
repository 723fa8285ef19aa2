"""The domain's Django app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ToimenpiteetConfig(AppConfig):
    """One app, one migration chain."""

    name = "toimenpiteet"
    verbose_name = _("Action items")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep the database's guards in step with the workflow table."""
        from toimenpiteet.models import guards, sorting  # noqa: F401, PLC0415  # models exist once apps are ready

        post_migrate.connect(guards.install_after_migrate, sender=self)
