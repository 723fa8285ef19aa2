"""The frame as an app of its own, so that nothing below has to import it."""

from django.apps import AppConfig


class FrameConfig(AppConfig):
    """Registers the system checks."""

    name = "toimenpiteet.config"
    label = "frame"

    def ready(self) -> None:
        """Import the checks once the apps are ready."""
        from toimenpiteet.config import checks  # noqa: F401, PLC0415  # registers on import
