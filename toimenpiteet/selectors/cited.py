"""Where a fact stands in the documents that a strategy was read from, in words."""

import re

from django.utils.translation import ngettext

_PLACE = re.compile(r"(?:([0-9]{3}):)?([0-9]+)(?:-([0-9]+))?")


def cited_words(source: str) -> str:
    """Return '003:205-206, 219' as "document 003, lines 205–206, 219"; what is written otherwise stays as it is."""
    lines: dict[str, list[str]] = {}
    number = ""
    for one in re.split(", ?", source):
        found = _PLACE.fullmatch(one)
        number = (found and found[1]) or number
        if not found or not number:
            return source
        lines.setdefault(number, []).append(f"{found[2]}–{found[3]}" if found[3] else found[2])
    return "; ".join(_of_document(number, places) for number, places in lines.items())


def _of_document(number: str, places: list[str]) -> str:
    several = len(places) > 1 or "–" in places[0]
    words = ngettext("document %(number)s, line %(lines)s", "document %(number)s, lines %(lines)s", 1 + several)
    return words % {"number": number, "lines": ", ".join(places)}
