"""What the forms of one word have in common, found by cutting; for looking words up by their beginnings.

"tiekartalla" and "tiekartan" both begin with "tiekar", "toiminnan" and "toiminta" with "toimin". A rough knife: what it
cuts too short is found all the same, lower down. It needs no dictionary and works alike on both databases.
"""

import re

_ENDINGS = (
    *("aisuuden", "aisten", "isuuden", "uuden", "yyden", "isten", "iseen", "siin", "seen", "ihin", "iden", "itten"),
    *("issa", "issä", "ista", "istä", "illa", "illä", "ilta", "iltä", "ille", "ineen", "aan", "ään", "oon", "uun"),
    *("een", "iin", "yyn", "öön", "ssa", "ssä", "sta", "stä", "lla", "llä", "lta", "ltä", "lle", "tta", "ttä", "ksi"),
    *("jen", "ten", "den", "ien", "nen", "set", "as", "äs", "an", "än", "en", "in", "on", "un", "yn", "ön"),
    *("ia", "iä", "ja", "jä", "ta", "tä", "na", "nä", "or", "ar", "er", "et", "n", "t"),
)
_VOWELS = "aeiouyäöå"
_CHANGING = "kptgdbv"


def stem(word: str) -> str:
    """Return the beginning that the forms of `word`, in small letters, share; short words stay whole."""
    if len(word) <= 4 or word.isdigit():
        return word
    least = 4 if len(word) < 7 else 5
    cut = _without_ending(word, least)
    cut = _shortened(cut, _VOWELS, least)
    if cut.endswith("ks") and len(cut) - 2 >= least:
        cut = cut[:-2]
    cut = _shortened(cut, "s", least, once=True)
    if len(cut) > 4 and cut[-1] == cut[-2]:
        return cut[:-1]
    # hyvinvointi, hyvinvoinnin; kaupunki, kaupungin: the last consonant changes.
    return cut[:-1] if len(cut) > 5 and cut[-1] in _CHANGING else cut


# What a consonant before the last vowel becomes in other forms: koti, kodin; tieto, tiedon; katto, katon.
_GRADES = (
    *(("kk", "k"), ("pp", "p"), ("tt", "t"), ("nk", "ng"), ("nt", "nn"), ("mp", "mm"), ("lt", "ll"), ("rt", "rr")),
    *(("t", "d"), ("p", "v")),
)
FIRST_PART = 3
"""Of how many letters the first part of a compound is at least."""
_LONGEST_GRADED, _TRIPLE = 6, re.compile(r"(.)\1\1")


def beginnings(word: str) -> tuple[str, ...]:
    """Return every beginning that a form of `word`, in small letters, may have: of short ones with both grades."""
    cut = stem(word)
    if len(cut) > _LONGEST_GRADED or word.isdigit():
        return (cut,)
    end = cut.rstrip(_VOWELS)
    vowels = cut[len(end) :] if len(cut) - len(end) < 2 else ""
    pairs = [*_GRADES, *((weak, strong) for strong, weak in _GRADES)]
    other = [end.removesuffix(one) + two + vowels for one, two in pairs if end.endswith(one)]
    return (cut, *(one for one in dict.fromkeys(other) if one != cut and len(one) > 2 and not _TRIPLE.search(one)))


def _without_ending(word: str, least: int) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= least:
            return word[: -len(ending)]
    return word


def _shortened(word: str, letters: str, least: int, *, once: bool = False) -> str:
    while len(word) > least and word[-1] in letters:
        word = word[:-1]
        if once:
            break
    return word
