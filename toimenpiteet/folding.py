"""One form for texts: as they are kept, and as they are compared when somebody looks for words. Pure.

SÄHKÖ finds sähkö, and "Kehittaminen" Kehittäminen; the databases fold alike (``models.finding``).
"""

import unicodedata

PLAIN = {"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ł": "l", "ß": "ss", "þ": "th", "ð": "d"}
"""Letters that no accent makes: as they are typed on a keyboard that has them not."""
_AS_TYPED = str.maketrans({**PLAIN})


def composed(text: str) -> str:
    """Return a text in the form in which it is kept: letters whole with their accents (NFC), spaces plain."""
    whole = unicodedata.normalize("NFC", text)
    return "".join(" " if unicodedata.category(char) == "Zs" else char for char in whole)


def fold(text: str) -> str:
    """Return `text` in the form in which texts are compared when somebody looks for words."""
    # Some signs are letters in another guise, which have a case only when they have taken it off.
    small = unicodedata.normalize("NFKD", text).casefold()
    apart = unicodedata.normalize("NFKD", small)
    return "".join(char for char in apart if not unicodedata.combining(char)).translate(_AS_TYPED)


# Letters of other alphabets, and signs, that the eye takes for Latin ones; i, l, 1 and a capital i are one stroke.
_LOOKS = str.maketrans("аеорсухікмнтвαβεηικμνορτυχω0l1|", "aeopcyxikmhtbabehikmvoptuxwoiii")


def looks(text: str) -> str:
    """Return what two names have in common that look alike: letters and digits alone, each as the eye takes it."""
    seen = fold(text).translate(_LOOKS)
    return "".join(char for char in seen if char.isalnum())


def words_in(typed: str, most: int = 10) -> list[str]:
    """Return the words that somebody typed, folded, at most so many."""
    return fold(typed).split()[:most]
