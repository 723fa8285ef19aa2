"""Sorting by a text in the database, in the alphabet of the page's language, on PostgreSQL and SQLite alike."""

from functools import partial
from typing import Any

from django.db.backends.signals import connection_created
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Collate, NullIf
from django.dispatch import receiver
from django.utils.translation import get_language

from toimenpiteet.alphabet import alphabet_of, compare

_LANGUAGES = ("fi", "sv", "en")


def by_text(field: str) -> Collate:
    """Return what to order by for a translated `field`, such as ``unit__name``: as it is read on the page."""
    spoken = (get_language() or "fi")[:2]
    columns = [f"{field}_{code}" for code in dict.fromkeys((spoken, *_LANGUAGES)) if code in _LANGUAGES]
    return Collate(Coalesce(*(NullIf(F(column), Value("")) for column in columns), Value("")), alphabet_of(spoken))


def by_name(column: str) -> Collate:
    """Return what to order by for a `column` that has no translations, such as a person's name."""
    return Collate(F(column), alphabet_of(get_language() or "fi"))


@receiver(connection_created)
def _teach_sqlite(connection: Any, **kwargs: object) -> None:
    # PostgreSQL has these collations from ICU.
    if connection.vendor == "sqlite":
        for language in _LANGUAGES:
            name = alphabet_of(language)
            connection.connection.create_collation(name, partial(compare, language))
