"""The words that a city uses for the same thing, as people write them: a line for each, "päivähoito = varhaiskasvatus".

Whoever looks for one word of a line finds what has any of them. Pure.
"""

from collections.abc import Iterable

MOST_LINES, MOST_WORDS = 200, 10


def parse_synonyms(text: str) -> list[tuple[str, ...]]:
    """Return the words of each line, in small letters; ValueError("synonym_…") for what is no such line.

    Words are parted by "=" or commas. Empty lines are passed over.
    """
    found: list[tuple[str, ...]] = []
    for line in text.splitlines():
        words = tuple(word.strip().lower() for word in line.replace("=", ",").split(",") if word.strip())
        if not words:
            continue
        if len(words) == 1:
            raise ValueError("synonym_alone")
        if len(words) > MOST_WORDS or len(found) == MOST_LINES:
            raise ValueError("synonym_many")
        if any(not word.replace("-", "").isalnum() for word in words):
            raise ValueError("synonym_word")
        found.append(words)
    return found


def others(lines: Iterable[tuple[str, ...]], alike: set[str]) -> list[str]:
    """Return the words of the lines that have one of `alike`, without those."""
    found = dict.fromkeys(word for line in lines if alike.intersection(line) for word in line)
    return [word for word in found if word not in alike]
