"""What differs between two wordings, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s*\S+")
# Beyond this comparing costs more than it tells: the texts stand whole beside each other.
_MOST_WORDS = 3000


@dataclass(frozen=True)
class Piece:
    """A run of words: `mark` is "" where both have it, "del" where only the earlier one does, "ins" the later."""

    mark: str
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """Return the pieces of both texts in reading order; joined without the marked ones, each text comes back."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > _MOST_WORDS:
        return [piece for piece in (Piece("del", before), Piece("ins", after)) if piece.text]
    found: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=len(old) > 400).get_opcodes():
        if kind == "equal":
            found.append(Piece("", "".join(old[a:b])))
        else:
            found += [Piece("del", "".join(old[a:b]))] if b > a else []
            found += [Piece("ins", "".join(new[c:d]))] if d > c else []
    return found


def likeness(one: str, other: str) -> float:
    """Return how alike two texts are, from 0 to 1."""
    return SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False).ratio()
