"""Where a fact stands in the documents that a strategy was read from, in words."""

import re
from itertools import groupby

from django.utils.translation import ngettext

_PLACE = re.compile(r"([0-9]{3}):([0-9]+)(?:-([0-9]+))?")


def cited_words(source: str) -> str:
    """Return '003:205-206, 003:219' as "document 003, lines 205–206, 219"; what is written otherwise stays as it is."""
    places = [(found and found[1], found, one) for one in source.split(", ") for found in [_PLACE.fullmatch(one)]]
    return "; ".join(_of_document(number, list(found)) for number, found in groupby(places, key=lambda place: place[0]))


def _of_document(number: str | None, places: list[tuple[str | None, re.Match[str] | None, str]]) -> str:
    if number is None:
        return ", ".join(text for _number, _found, text in places)
    lines = [f"{found[2]}–{found[3]}" if found[3] else found[2] for _number, found, _text in places if found]
    several = len(lines) > 1 or "–" in lines[0]
    words = ngettext("document %(number)s, line %(lines)s", "document %(number)s, lines %(lines)s", 1 + several)
    return words % {"number": number, "lines": ", ".join(lines)}
