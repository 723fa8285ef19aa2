"""Each database sorts as the alphabet does: names of the bundled data, and whatever names are made of."""

import random
from pathlib import Path

import pytest
import yaml
from django.db import connection

from toimenpiteet.alphabet import alphabet_of, sort_key
from toimenpiteet.exchange.strategy import bundled_files
from toimenpiteet.languages import CODES

pytestmark = pytest.mark.django_db
LETTERS = "aábcdeéfghijklmnoprsštuüvyzžåäöÅÄÖABCDEKLMSTZ"
SIGNS = " -–—'’\"”“„«»()/&+.,:;!?%°§€_"


def sorted_by_database(texts: list[str], language: str) -> list[str]:
    rows = " UNION ALL ".join(["SELECT %s AS word"] * len(texts))
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT word FROM ({rows}) AS said ORDER BY word COLLATE "{alphabet_of(language)}"', texts)
        return [word for (word,) in cursor.fetchall()]


def names(path: Path) -> set[str]:
    found: set[str] = set()

    def look(value: object) -> None:
        if isinstance(value, dict):
            name = value.get("name")
            found.update(filter(None, name.values() if isinstance(name, dict) else [name]))
            for each in value.values():
                look(each)
        elif isinstance(value, list):
            for each in value:
                look(each)

    look(yaml.safe_load(path.read_text(encoding="utf-8")))
    return {str(name) for name in found}


@pytest.mark.parametrize("language", CODES)
def test_the_names_of_the_bundled_strategies_stand_in_one_order(language: str) -> None:
    texts = sorted({name for path in bundled_files() for name in names(path)})[:450]
    assert sorted_by_database(texts, language) == sorted(texts, key=lambda text: sort_key(text, language))


@pytest.mark.parametrize("language", CODES)
def test_whatever_names_are_made_of_stands_in_one_order(language: str) -> None:
    chance = random.Random(5)  # noqa: S311  # names to be sorted
    made = {
        "".join(chance.choice(LETTERS + SIGNS + "0123456789") for _letter in range(chance.randint(1, 5))).strip() or "a"
        for _name in range(480)
    }
    texts = sorted(made)[:450]
    assert sorted_by_database(texts, language) == sorted(texts, key=lambda text: sort_key(text, language))
