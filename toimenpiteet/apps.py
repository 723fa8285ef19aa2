"""The domain's Django app: what has to be known before anything is asked of it."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ToimenpiteetConfig(AppConfig):
    """One app, one migration chain."""

    name = "toimenpiteet"
    verbose_name = _("Action items")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import what registers itself, and let the guards and the search follow the migrations."""
        from toimenpiteet import checks  # noqa: F401, PLC0415  # models exist once apps are ready
        from toimenpiteet.models import finding, guards, sorting  # noqa: F401, PLC0415  # models exist once apps are ready
        from toimenpiteet.services import search  # noqa: PLC0415  # likewise
        from toimenpiteet.web import session  # noqa: F401, PLC0415  # likewise

        post_migrate.connect(guards.install_after_migrate, sender=self)
        post_migrate.connect(search.fill_after_migrate, sender=self)
