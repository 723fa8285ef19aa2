"""What two texts have in common for who looks for one: neither case nor accents nor forms of Unicode. Pure.

SÄHKÖ finds sähkö, and "Kehittaminen" Kehittäminen; the databases fold alike (``models.finding``).
"""

import unicodedata

# Letters that no accent makes: as they are typed on a keyboard that has them not.
_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ł": "l", "ß": "ss", "þ": "th", "ð": "d"})


def fold(text: str) -> str:
    """Return `text` in the form in which texts are compared when somebody looks for words."""
    # Some signs are letters in another guise, which have a case only when they have taken it off.
    small = unicodedata.normalize("NFKD", text).casefold()
    apart = unicodedata.normalize("NFKD", small)
    return "".join(char for char in apart if not unicodedata.combining(char)).translate(_PLAIN)


def words_in(typed: str, most: int = 10) -> list[str]:
    """Return the words that somebody typed, folded, at most so many."""
    return fold(typed).split()[:most]
