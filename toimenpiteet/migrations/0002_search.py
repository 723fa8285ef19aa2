"""The full-text index of each database over the table of what can be searched.

PostgreSQL: a generated column that keeps each word as it is, for looking it up by its beginning, and as the dictionary
of its language stems it, under a GIN index (dictionaries alone would leave out common words). SQLite: an FTS5
table over the same rows, kept by triggers. Both weigh titles above bodies.
"""

from django.db import migrations

TABLE = "toimenpiteet_searchdocument"
FTS = "toimenpiteet_searchdocument_fts"
COLUMNS = [f"{part}_{language}" for part in ("title", "body") for language in ("fi", "sv", "en")]
DICTIONARIES = {"fi": "finnish", "sv": "swedish", "en": "english"}


def _postgresql():
    parts = [
        f"setweight(to_tsvector('pg_catalog.{dictionary}'::regconfig, {column}), "
        f"'{'A' if column.startswith('title') else 'C'}')"
        for column in COLUMNS
        for dictionary in ("simple", DICTIONARIES[column[-2:]])
    ]
    yield f"ALTER TABLE {TABLE} ADD COLUMN vector tsvector GENERATED ALWAYS AS ({' || '.join(parts)}) STORED"
    yield f"CREATE INDEX search_document_vector ON {TABLE} USING gin (vector)"


def _sqlite():
    names = ", ".join(COLUMNS)
    old, new = (", ".join(f"{row}.{column}" for column in COLUMNS) for row in ("old", "new"))
    yield (
        f"CREATE VIRTUAL TABLE {FTS} USING fts5({names}, content='{TABLE}', content_rowid='id', "
        f"tokenize='unicode61 remove_diacritics 0', prefix='3 4 5')"
    )
    remove = f"INSERT INTO {FTS}({FTS}, rowid, {names}) VALUES ('delete', old.id, {old});"
    insert = f"INSERT INTO {FTS}(rowid, {names}) VALUES (new.id, {new});"
    yield f"CREATE TRIGGER search_document_added AFTER INSERT ON {TABLE} BEGIN {insert} END"
    yield f"CREATE TRIGGER search_document_removed AFTER DELETE ON {TABLE} BEGIN {remove} END"
    yield f"CREATE TRIGGER search_document_changed AFTER UPDATE ON {TABLE} BEGIN {remove} {insert} END"


def add_index(apps, schema_editor):
    for statement in {"postgresql": _postgresql, "sqlite": _sqlite}[schema_editor.connection.vendor]():
        schema_editor.execute(statement)


def remove_index(apps, schema_editor):
    # What hangs on the table goes with it; the FTS5 table is one of its own, without which no trigger may stand.
    if schema_editor.connection.vendor == "sqlite":
        for event in ("added", "removed", "changed"):
            schema_editor.execute(f"DROP TRIGGER search_document_{event}")
        schema_editor.execute(f"DROP TABLE {FTS}")


class Migration(migrations.Migration):
    dependencies = [
        ("toimenpiteet", "0001_squashed_0019_report_metadata"),
    ]

    operations = [
        migrations.RunPython(add_index, remove_index, elidable=False),
    ]
