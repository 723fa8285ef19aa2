"""What is shown of a thing that was found: its name, where it belongs, a piece of its text, the hits marked in both."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import get_language

from toimenpiteet.folding import fold
from toimenpiteet.languages import spoken
from toimenpiteet.models import SearchDocument
from toimenpiteet.selectors.plan.view import current, views_of_items
from toimenpiteet.selectors.search.stems import FIRST_PART
from toimenpiteet.selectors.translated import Text, in_turn, text_of

WORD = re.compile(r"\w+")
_AROUND = 90


@dataclass(frozen=True)
class Marked:
    """A text in pieces, each with whether it is what was looked for; `lang` as in Text."""

    pieces: list[tuple[str, bool]]
    lang: str = ""


@dataclass(frozen=True)
class Hit:
    """One thing found."""

    kind: str
    kind_label: str
    model: str
    page_id: int
    anchor: str
    title: Marked
    snippet: Marked
    where: list[Text]
    status: str = ""
    status_label: str = ""


def hit_of(row: Any, stems: list[str]) -> Hit:
    """Return what is shown of a search document; `stems` are the folded beginnings of what was looked for."""
    own = row.municipality.language
    return Hit(
        kind=row.kind,
        kind_label=str(SearchDocument.Kind(row.kind).label),
        model=row.model,
        page_id=row.page_id,
        anchor=row.anchor,
        title=_marked(text_of(row, "title", own), stems),
        snippet=_snippet(row, own, stems),
        where=list(_where(row, own)),
    )


def _where(row: Any, own: str) -> Iterator[Text]:
    yield text_of(row.municipality, "name", own)
    if row.strategy and row.kind != SearchDocument.Kind.STRATEGY:
        yield text_of(row.strategy, "name", own)


def _snippet(row: Any, own: str, stems: list[str]) -> Marked:
    """Return a piece of the body around the first hit, in the first language that has one; else how it begins."""
    bodies = [(code, getattr(row, f"body_{code}")) for code in in_turn(own)]
    hit = next(((code, body) for code, body in bodies if _hits(body, stems)), None)
    code, body = hit or next(((code, body) for code, body in bodies if body), ("", ""))
    lang = "" if code == spoken(get_language()) else code
    return _marked(Text(_around(body, stems), lang), stems)


def _hits(text: str, stems: list[str]) -> list[tuple[int, int]]:
    found = []
    for match in WORD.finditer(text):
        word = fold(match.group())
        if any(word.startswith(each) or each in word[FIRST_PART:] for each in stems):
            found.append(match.span())
    return found


def _around(text: str, stems: list[str]) -> str:
    """Return at most some two hundred characters of `text`, whole words where there are any, from before a hit on."""
    hits = _hits(text, stems)
    first = hits[0][0] if hits else 0
    start = max(0, first - _AROUND // 2)
    end = min(len(text), start + 2 * _AROUND)
    lines = (" ".join(line.split()) for line in text[start:end].split("\n"))
    piece = " · ".join(line for line in lines if line)
    if start and " " in piece[: _AROUND // 2]:
        piece = piece.partition(" ")[2]
    if end < len(text) and " " in piece[_AROUND:]:
        piece = piece.rpartition(" ")[0]
    return f"{'… ' if start else ''}{piece.strip(' ·')}{' …' if end < len(text) else ''}"


def _marked(text: Text, stems: list[str]) -> Marked:
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in _hits(text.text, stems):
        pieces += [(text.text[at:start], False), (text.text[start:end], True)]
        at = end
    pieces.append((text.text[at:], False))
    return Marked([piece for piece in pieces if piece[0]], text.lang)


def with_status(hits: list[Hit], today: date) -> list[Hit]:
    """Return `hits`, the action items among them with how they stand on `today`."""
    items = [hit.page_id for hit in hits if hit.kind == SearchDocument.Kind.ITEM]
    plans = views_of_items(items, today) if items else {}
    stands = {pk: now for pk, rows in plans.items() if (now := current(rows, today))}
    return [
        replace(hit, status=now.status, status_label=now.status_label)
        if hit.kind == SearchDocument.Kind.ITEM and (now := stands.get(hit.page_id))
        else hit
        for hit in hits
    ]
