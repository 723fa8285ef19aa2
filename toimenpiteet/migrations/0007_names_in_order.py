"""Indexes of the names of action items in the order of each language's alphabet, on PostgreSQL.

A list in the order of names, of which one reads a page, is read from there and not sorted (models/sorting.py asks for
it in these very words). SQLite gets none: its alphabets are functions of a connection.
"""

from typing import Any

from django.db import migrations

_LANGUAGES = ("fi", "sv", "en")


def _indexes() -> dict[str, str]:
    found = {}
    for language in _LANGUAGES:
        columns = [language, *(other for other in _LANGUAGES if other != language)]
        name = ", ".join(f"NULLIF(name_{column}, '')" for column in columns)
        found[f"action_item_by_name_{language}"] = f"(COALESCE({name}, '') COLLATE \"{language}-x-icu\")"
    return found


def _add(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name, expression in _indexes().items():
            schema_editor.execute(f"CREATE INDEX {name} ON toimenpiteet_actionitem ({expression})")


def _remove(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name in _indexes():
            schema_editor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    """Add them."""

    dependencies = [("toimenpiteet", "0006_parts_of_words")]

    operations = [migrations.RunPython(_add, _remove)]
