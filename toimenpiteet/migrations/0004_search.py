"""The table of what can be searched, with the full-text index of each database.

PostgreSQL: a generated column that keeps each word as it is, for looking it up by its beginning, and as the dictionary
of its language stems it, under a GIN index (dictionaries alone would leave out common words). SQLite: an FTS5
table over the same rows, kept by triggers. Both weigh titles above bodies.
"""

import django.db.models.deletion
from django.db import migrations, models

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
    # What hangs on the table goes with it; the FTS5 table is one of its own.
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TABLE {FTS}")


class Migration(migrations.Migration):
    dependencies = [
        ("toimenpiteet", "0003_colour_and_changes_seen"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("strategy", "strategy"),
                            ("part", "part of a strategy"),
                            ("theme", "theme"),
                            ("goal", "goal"),
                            ("item", "action item"),
                            ("unit", "responsible unit"),
                            ("project", "project"),
                            ("programme", "programme"),
                            ("indicator", "indicator"),
                            ("comment", "comment"),
                        ],
                        max_length=20,
                    ),
                ),
                ("model", models.CharField(max_length=40)),
                ("object_id", models.BigIntegerField()),
                ("page_id", models.BigIntegerField()),
                ("anchor", models.CharField(blank=True, max_length=60)),
                ("title_fi", models.TextField(blank=True)),
                ("title_sv", models.TextField(blank=True)),
                ("title_en", models.TextField(blank=True)),
                ("body_fi", models.TextField(blank=True)),
                ("body_sv", models.TextField(blank=True)),
                ("body_en", models.TextField(blank=True)),
                (
                    "municipality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="toimenpiteet.municipality"
                    ),
                ),
                (
                    "strategy",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="toimenpiteet.strategy",
                    ),
                ),
            ],
            options={
                "verbose_name": "search document",
                "verbose_name_plural": "search documents",
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(fields=("model", "object_id"), name="search_document_once")
                ],
            },
        ),
        migrations.RunPython(add_index, remove_index, elidable=False),
    ]
