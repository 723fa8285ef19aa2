"""The order of words in an alphabet, pure: Finnish and Swedish end in å, ä, ö; English knows them as a and o.

The same as the ICU collations of PostgreSQL (Unicode CLDR, the standard collations of fi, sv and en) for what names are
made of: letters of European languages, digits, spaces, dashes, quotes and signs. So a list stands in one order on every
page and database. First signs, digits and letters decide, then accents, then case, small letters first.
"""

import unicodedata
from functools import lru_cache

from toimenpiteet.folding import PLAIN
from toimenpiteet.languages import BY_CODE, PROGRAMS

# In ICU's order, before digits and letters.
_SIGNS = "_‗-‐‑‒–—―,;:!¡?¿.…·'‘’‚‛‹›\"“”„‟«»()[]{}§¶@*/\\&#%‰†‡•′″`´^¯¨¸°©®←→+±÷×<=≠>¬|¦~−≈≤≥¤¢$£¥€"
_SIGN = {sign: at for at, sign in enumerate(_SIGNS, 2)}
_SPACE, _DIGIT, _LETTER, _OTHER = 1, 1_000, 2_000, 10_000
# Accents from the weakest on: acute, grave, breve, circumflex, caron, ring, diaeresis, double acute, tilde, dot, …
_ACCENTS = "\u0301\u0300\u0306\u0302\u030c\u030a\u0308\u030b\u0303\u0307\u0328\u0327\u0304"
_ACCENT = {accent: at for at, accent in enumerate(_ACCENTS, 1)}
_LATER = len(_ACCENTS) + 1
# What else is a letter with something added, or two letters.
_TWO = PLAIN | {"ı": "i"}
# Where letters stand after z, and which stand beside them; and what Finnish and Swedish read as y.
_AFTER_Z = {"å": (0, 0), "ä": (1, 0), "æ": (1, 1), "ö": (2, 0), "ø": (2, 1)}
_AS_Y = {"ü": 1}


def alphabet_of(language: str) -> str:
    """Return the name of the collation for a page in `language` (one that nobody knows is sorted as English)."""
    return f"{language[:2] if language[:2] in BY_CODE else PROGRAMS}-x-icu"


@lru_cache(maxsize=8192)
def sort_key(text: str, language: str) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], str]:
    """Return what `text` is sorted by on a page in `language`: signs and letters, then accents, then case."""
    nordic = language[:2] in BY_CODE and BY_CODE[language[:2]].after_z
    found = [one for char in unicodedata.normalize("NFC", text) for one in _weights(char, nordic=nordic)]
    first, accents, cases = zip(*found, strict=True) if found else ((), (), ())
    return first, accents, cases, text


@lru_cache(maxsize=4096)
def _weights(char: str, *, nordic: bool) -> tuple[tuple[int, int, int], ...]:
    """Return the place, the accent and the case of what a character stands for."""
    if char.isspace():
        return ((_SPACE, 0, 0),)
    if char in _SIGN:
        return ((_SIGN[char], 0, 0),)
    small = char.lower()
    case = int(small != char)
    if nordic and small in _AFTER_Z:
        place, beside = _AFTER_Z[small]
        return ((_LETTER + 30 + place, beside, case),)
    if nordic and small in _AS_Y:
        return ((_place("y"), _LATER, case),)
    if small in _TWO:
        return tuple((_place(one), _LATER, case) for one in _TWO[small])
    letters = [one for one in unicodedata.normalize("NFKD", small) if not unicodedata.combining(one)]
    accent = next((_ACCENT.get(one, _LATER) for one in unicodedata.normalize("NFD", small)[1:]), 0)
    return tuple((_place(one), accent, case) for one in letters)


def _place(letter: str) -> int:
    if letter.isdigit():
        return _DIGIT + int(unicodedata.digit(letter))
    return _LETTER + ord(letter) - ord("a") if "a" <= letter <= "z" else _OTHER + ord(letter)


def compare(language: str, one: str, other: str) -> int:
    """Return -1, 0 or 1: whether `one` stands before, with or after `other`."""
    first, second = sort_key(one, language), sort_key(other, language)
    return (first > second) - (first < second)
