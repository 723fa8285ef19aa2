"""Parts of words in the index of the search: what is typed without dots, and the ends of compounds."""

from django.db import migrations, models

TABLE = "toimenpiteet_searchdocument"
FTS = "toimenpiteet_searchdocument_fts"
TEXTS = [f"{part}_{language}" for part in ("title", "body") for language in ("fi", "sv", "en")]
DICTIONARIES = {"fi": "finnish", "sv": "swedish", "en": "english"}


def _postgresql():
    found = [
        f"setweight(to_tsvector('pg_catalog.{dictionary}'::regconfig, {column}), "
        f"'{'A' if column.startswith('title') else 'C'}')"
        for column in TEXTS
        for dictionary in ("simple", DICTIONARIES[column[-2:]])
    ]
    found.append("setweight(to_tsvector('pg_catalog.simple'::regconfig, coalesce(parts, '')), 'D')")
    yield f"ALTER TABLE {TABLE} DROP COLUMN vector"
    yield f"ALTER TABLE {TABLE} ADD COLUMN vector tsvector GENERATED ALWAYS AS ({' || '.join(found)}) STORED"
    yield f"CREATE INDEX search_document_vector ON {TABLE} USING gin (vector)"


def _sqlite():
    columns = [*TEXTS, "parts"]
    names = ", ".join(columns)
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("old", "new"))
    yield (
        f"CREATE VIRTUAL TABLE {FTS} USING fts5({names}, content='{TABLE}', content_rowid='id', "
        f"tokenize='unicode61 remove_diacritics 0', prefix='3 4 5')"
    )
    remove = f"INSERT INTO {FTS}({FTS}, rowid, {names}) VALUES ('delete', old.id, {old});"
    insert = f"INSERT INTO {FTS}(rowid, {names}) VALUES (new.id, {new});"
    yield f"CREATE TRIGGER search_document_added AFTER INSERT ON {TABLE} BEGIN {insert} END"
    yield f"CREATE TRIGGER search_document_removed AFTER DELETE ON {TABLE} BEGIN {remove} END"
    yield f"CREATE TRIGGER search_document_changed AFTER UPDATE ON {TABLE} BEGIN {remove} {insert} END"
    yield f"INSERT INTO {FTS}({FTS}) VALUES ('rebuild')"


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for event in ("added", "removed", "changed"):
            schema_editor.execute(f"DROP TRIGGER search_document_{event}")
        schema_editor.execute(f"DROP TABLE {FTS}")


def add_index(apps, schema_editor):
    for statement in {"postgresql": _postgresql, "sqlite": _sqlite}[schema_editor.connection.vendor]():
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("toimenpiteet", "0005_grant_round")]

    operations = [
        migrations.RunPython(drop_index, migrations.RunPython.noop, elidable=False),
        migrations.AddField("searchdocument", "parts", models.TextField(null=True)),
        migrations.RunPython(add_index, migrations.RunPython.noop, elidable=False),
    ]
