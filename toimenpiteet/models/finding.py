"""Looking for words in columns of the database: folded as ``toimenpiteet.folding`` does it, on both alike."""

from collections.abc import Iterable
from functools import reduce
from itertools import chain
from operator import or_
from typing import Any

from django.db.backends.signals import connection_created
from django.db.models import CharField, F, Func, Q, Value
from django.db.models.lookups import Contains
from django.dispatch import receiver

from toimenpiteet.folding import PLAIN, fold
from toimenpiteet.languages import columns_for

# PostgreSQL takes accents off by parting them from their letters; these have none, and become one letter, or two.
_ONE = {letter: plain for letter, plain in PLAIN.items() if len(plain) == 1}
_TWO = {letter: plain for letter, plain in PLAIN.items() if letter not in _ONE}


class Folded(Func):
    """A text column as ``folding.fold`` gives it."""

    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        """Use the function that every connection is taught."""
        return self.as_sql(compiler, connection, function="folded", template="%(function)s(%(expressions)s)", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        """Lower by ICU, part the accents from the letters, and leave them out."""
        inner = 'lower(normalize(%(expressions)s, NFKD) COLLATE "und-x-icu")'
        for letter, plain in _TWO.items():
            inner = f"replace({inner}, '{letter}', '{plain}')"
        bare = f"regexp_replace({inner}, '[\u0300-\u036f]', '', 'g')"
        told = f"translate({bare}, '{''.join(_ONE)}', '{''.join(_ONE.values())}')"
        return self.as_sql(compiler, connection, template=told, **context)


def holds(columns: Iterable[str], word: str) -> Q:
    """Return that one of `columns` has `word`, which ``folding.words_in`` gave, in it."""
    found = (Q(Contains(Folded(F(column)), Value(word))) for column in columns)
    return reduce(or_, found)


def says(texts: Iterable[str], word: str) -> Q:
    """Return that one of the translated `texts` has `word` in it in some language; see ``holds``."""
    return holds(chain.from_iterable(map(columns_for, texts)), word)


@receiver(connection_created)
def _teach_sqlite(connection: Any, **kwargs: object) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_function("folded", 1, _folded, deterministic=True)


def _folded(text: str | None) -> str:
    return fold(text or "")
