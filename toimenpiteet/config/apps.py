"""The frame as an app of its own, so that nothing below has to import it."""

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class FrameConfig(AppConfig):
    """Registers the system checks and what listens to signing in."""

    name = "toimenpiteet.config"
    label = "frame"

    def ready(self) -> None:
        """Import what registers itself, once the apps are ready."""
        from toimenpiteet.config import checks  # noqa: F401, PLC0415
        from toimenpiteet.web import session  # noqa: F401, PLC0415

        post_migrate.connect(_fill_the_search, sender=apps.get_app_config("toimenpiteet"))


def _fill_the_search(plan: Any = (), **kwargs: Any) -> None:
    """Make the search index of an installation that had none, after the migration that brings it."""
    from toimenpiteet.services import search  # noqa: PLC0415  # models exist once apps are ready

    if ("toimenpiteet", "0002_search") in {(step.app_label, step.name) for step, backwards in plan if not backwards}:
        search.rebuild_if_empty()
