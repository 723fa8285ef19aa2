"""The order of words in an alphabet, pure: Finnish and Swedish end in å, ä, ö; English knows them as a and o.

The same as the ICU collations of PostgreSQL for what names of people, units and plans are made of (Unicode CLDR, the
standard collations of fi, sv and en), so that a list stands in one order on every database.
"""

import unicodedata
from functools import lru_cache

from toimenpiteet.languages import BY_CODE, PROGRAMS

# What comes after z, in this order; their neighbours' letters stand where a reader looks for them.
_AFTER_Z = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"})


def alphabet_of(language: str) -> str:
    """Return the name of the collation for a page in `language` (one that nobody knows is sorted as English)."""
    return f"{language[:2] if language[:2] in BY_CODE else PROGRAMS}-x-icu"


@lru_cache(maxsize=8192)
def sort_key(text: str, language: str) -> tuple[str, str]:
    """Return what `text` is sorted by on a page in `language`: letters first, then their case and accents."""
    lowered = unicodedata.normalize("NFC", text).casefold()
    if language[:2] in BY_CODE and BY_CODE[language[:2]].after_z:
        lowered = lowered.translate(_AFTER_Z)
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(letter))
    return plain, text.swapcase()


def compare(language: str, one: str, other: str) -> int:
    """Return -1, 0 or 1: whether `one` stands before, with or after `other`."""
    first, second = sort_key(one, language), sort_key(other, language)
    return (first > second) - (first < second)
