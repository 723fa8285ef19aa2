"""Where a fact stands in the documents that a strategy was read from, in words."""

import re
from typing import NamedTuple

from django.utils.translation import ngettext

_PLACE = re.compile(r"(?:([0-9]{3}):)?([0-9]+)(?:-([0-9]+))?")


class Cited(NamedTuple):
    """Lines of a document, by its number, as they are written; `last` is "" of a single line."""

    document: str
    first: str
    last: str


def places(source: str) -> list[Cited | None]:
    """Return what '003:205-206, 219' cites, place by place; None stands for what is written otherwise."""
    found: list[Cited | None] = []
    document = ""
    for one in re.split(", ?", source):
        place = _PLACE.fullmatch(one)
        document = (place and place[1]) or document
        found.append(Cited(document, place[2], place[3] or "") if place and document else None)
    return found


def cited_words(source: str) -> str:
    """Return '003:205-206, 219' as "document 003, lines 205–206, 219"; what is written otherwise stays as it is."""
    by_document: dict[str, list[str]] = {}
    for place in places(source):
        if place is None:
            return source
        document, first, last = place
        by_document.setdefault(document, []).append(f"{first}–{last}" if last else first)
    return "; ".join(_of_document(document, lines) for document, lines in by_document.items())


def _of_document(number: str, lines: list[str]) -> str:
    several = len(lines) > 1 or "–" in lines[0]
    words = ngettext("document %(number)s, line %(lines)s", "document %(number)s, lines %(lines)s", 1 + several)
    return words % {"number": number, "lines": ", ".join(lines)}
