"""What the record says by itself, in the reader's language: what programs are called, and the reasons they give."""

import re
from collections.abc import Iterable
from functools import cache

from django.utils.translation import override

from toimenpiteet import labels
from toimenpiteet.labels import Label
from toimenpiteet.languages import CODES


def who_words(name: str) -> str:
    """Return who acted: a person as named then, a program as the active language calls it."""
    return str(labels.PROGRAM.get(name, name))


def why_words(reason: str) -> str:
    """Return the reason of a change: a person's words as written, a load's in the active language."""
    found = _load().fullmatch(reason)
    return str(labels.LOADED) % {"file": next(filter(None, found.groups()))} if found else reason


def spellings(phrases: Iterable[Label]) -> frozenset[str]:
    """Return `phrases` as they are written in each language."""
    wanted, found = list(phrases), set()
    for language in CODES:
        with override(language):
            found |= {str(phrase) for phrase in wanted}
    return frozenset(found)


@cache
def _load() -> re.Pattern[str]:
    """Return what matches the reason of a load in any of the languages, with the file as the group that is filled."""
    forms = (re.escape(spelling).replace(re.escape("%(file)s"), "(.+)") for spelling in spellings([labels.LOADED]))
    return re.compile("|".join(forms))
