"""Sorting by a text in the database, in the alphabet of the page's language, on PostgreSQL and SQLite alike."""

from functools import partial
from typing import Any

from django.db.backends.signals import connection_created
from django.db.models import Case, F, IntegerField, Value, When
from django.db.models.functions import Coalesce, Collate, NullIf
from django.dispatch import receiver
from django.utils.translation import get_language

from toimenpiteet.alphabet import alphabet_of, compare
from toimenpiteet.languages import CODES, spoken
from toimenpiteet.workflow import Status


def by_text(field: str) -> Collate:
    """Return what to order by for a translated `field`, such as ``unit__name``: as it is read on the page."""
    wanted = spoken(get_language())
    columns = [f"{field}_{code}" for code in dict.fromkeys((wanted, *CODES)) if code in CODES]
    return Collate(Coalesce(*(NullIf(F(column), Value("")) for column in columns), Value("")), alphabet_of(wanted))


def by_name(column: str) -> Collate:
    """Return what to order by for a `column` that has no translations, such as a person's name."""
    return Collate(F(column), alphabet_of(spoken(get_language())))


def by_status(field: str = "status") -> Case:
    """Return what to order by for a status: in the order of the workflow."""
    whens = (When(**{field: status.value}, then=Value(at)) for at, status in enumerate(Status))
    return Case(*whens, output_field=IntegerField())


@receiver(connection_created)
def _teach_sqlite(connection: Any, **kwargs: object) -> None:
    # PostgreSQL has these collations from ICU.
    if connection.vendor == "sqlite":
        for language in CODES:
            name = alphabet_of(language)
            connection.connection.create_collation(name, partial(compare, language))
