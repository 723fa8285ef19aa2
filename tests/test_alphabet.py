"""Lists stand in the alphabet of the page's language, in one order on every database."""

import pytest
from django.db import connection
from django.utils.translation import override

from tests import make
from toimenpiteet.alphabet import sort_key
from toimenpiteet.models import Unit
from toimenpiteet.models.sorting import by_text
from toimenpiteet.selectors.translated import in_alphabet

pytestmark = pytest.mark.once

NAMES = ["Öljysuoja", "Ääni", "Åhusin satama", "Arkisto", "arkki", "Zorro", "Äiti", "Ohjaus", "Työ", "tyhjä"]
NORDIC = ["Arkisto", "arkki", "Ohjaus", "tyhjä", "Työ", "Zorro", "Åhusin satama", "Äiti", "Ääni", "Öljysuoja"]
ENGLISH = ["Ääni", "Åhusin satama", "Äiti", "Arkisto", "arkki", "Ohjaus", "Öljysuoja", "tyhjä", "Työ", "Zorro"]


@pytest.mark.parametrize(("language", "expected"), [("fi", NORDIC), ("sv", NORDIC), ("en", ENGLISH)])
def test_names_are_sorted_as_the_language_does(language: str, expected: list[str]) -> None:
    assert sorted(NAMES, key=lambda name: sort_key(name, language)) == expected
    with override(language):
        assert sorted(NAMES, key=in_alphabet) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "expected"), [("fi", NORDIC), ("sv", NORDIC), ("en", ENGLISH)])
def test_the_database_sorts_the_same(language: str, expected: list[str]) -> None:
    owner = make.municipality()
    for name in NAMES:
        make.unit(owner, name)
    with override(language):
        found = [unit.name for unit in Unit.objects.order_by(by_text("name"), "pk")]
    assert found == expected, connection.vendor


@pytest.mark.django_db
def test_a_translation_is_sorted_by_where_it_is_what_one_reads() -> None:
    owner = make.municipality()
    make.unit(owner, "Aamu", name_sv="Östra")
    make.unit(owner, "Ilta", name_sv="")
    with override("sv"):
        assert [unit.name for unit in Unit.objects.order_by(by_text("name"))] == ["Ilta", "Östra"]
