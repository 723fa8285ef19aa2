"""Search index, guards and conditions stand in the database as they are kept in tests/schema."""

from difflib import unified_diff

import pytest
from django.db import connection

from tests import schema


@pytest.mark.django_db
def test_what_makemigrations_does_not_make_is_as_expected() -> None:
    kept = schema.expected(connection.vendor).read_text(encoding="utf-8").splitlines()
    found = schema.dump(connection).splitlines()
    difference = "\n".join(unified_diff(kept, found, "tests/schema", "the database", lineterm="", n=0))
    assert not difference, f"{difference}\nIs this meant? Then: python -m tests.schema"
