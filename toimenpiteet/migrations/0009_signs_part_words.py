"""Signs part words in PostgreSQL's index too: its own reader takes a.b for a host and pv/htv for a file."""

from django.db import migrations

TABLE = "toimenpiteet_searchdocument"
TEXTS = [f"{part}_{language}" for part in ("title", "body") for language in ("fi", "sv", "en")]
DICTIONARIES = {"fi": "finnish", "sv": "swedish", "en": "english"}
SIGNS = "!\"#$%&()*+,-./:;<=>?@[\\]^`{|}~"


def _vector():
    for column in TEXTS:
        for dictionary in ("simple", DICTIONARIES[column[-2:]]):
            words = f"translate({column}, '{SIGNS}', '{' ' * len(SIGNS)}')"
            weight = "A" if column.startswith("title") else "C"
            yield f"setweight(to_tsvector('pg_catalog.{dictionary}'::regconfig, {words}), '{weight}')"
    yield "setweight(to_tsvector('pg_catalog.simple'::regconfig, coalesce(parts, '')), 'D')"


def part_words(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(f"ALTER TABLE {TABLE} DROP COLUMN vector")
    made = " || ".join(_vector())
    # Without parameters a percent sign is only a sign.
    schema_editor.execute(f"ALTER TABLE {TABLE} ADD COLUMN vector tsvector GENERATED ALWAYS AS ({made}) STORED", None)
    # Told how many rows have a word, the planner reads them all, and reckons not that each keeps its words elsewhere.
    schema_editor.execute(f"ALTER TABLE {TABLE} ALTER COLUMN vector SET STATISTICS 0")
    schema_editor.execute(f"CREATE INDEX search_document_vector ON {TABLE} USING gin (vector)")


class Migration(migrations.Migration):
    """Make the column anew, with its index."""

    dependencies = [("toimenpiteet", "0008_synonyms")]

    operations = [migrations.RunPython(part_words, migrations.RunPython.noop, elidable=False)]
