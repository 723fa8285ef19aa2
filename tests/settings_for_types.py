"""Settings for mypy alone: django-stubs can read the translated columns, not the managers made at run time."""

from django.apps import AppConfig
from django.db.models import Model

from tests import settings
from tests.settings import *  # noqa: F403  # settings are made of settings


class PlainManagers(AppConfig):
    """Keeps the managers as they are written; comes before modeltranslation, which replaces their classes."""

    name = "tests"

    def ready(self) -> None:
        """Take the replacing step out."""
        from modeltranslation import translator

        def leave(model: type[Model]) -> None:
            pass

        translator.add_manager = leave


INSTALLED_APPS = ["tests.settings_for_types.PlainManagers", *settings.INSTALLED_APPS]
