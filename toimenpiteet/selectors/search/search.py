"""Search over everything that the person may see: title hits first, with the hits marked.

Each word of the query is looked for by what its forms have in common (``stems``) and, on PostgreSQL, also as its own
dictionaries understand it; all words must be found. Two queries, however much there is.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet
from django.utils.translation import get_language

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.languages import BY_CODE, CODES, columns_for, spoken
from toimenpiteet.models import SearchDocument
from toimenpiteet.selectors.search.stems import stem
from toimenpiteet.selectors.translated import Text, text_of

PAGE = 20
QUERY_LIMIT = 200
_WORDS = 8
_AROUND = 90
_LAST_PAGE = 500
_TABLE = "toimenpiteet_searchdocument"
_FTS = "toimenpiteet_searchdocument_fts"
_DICTIONARIES = [language.dictionary for language in BY_CODE.values()]
_WORD = re.compile(r"\w+")


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


@dataclass(frozen=True)
class Found:
    """One page of what was found; `counts` says how many there are of each kind, in the order of SearchDocument.Kind.

    `count` and `last` are of the chosen kind, or of all.
    """

    hits: list[Hit] = field(default_factory=list)
    counts: list[tuple[str, str, int]] = field(default_factory=list)
    count: int = 0
    total: int = 0
    page: int = 1
    last: int = 1


def words_of(query: str) -> list[str]:
    """Return the words of what somebody typed, in small letters; signs and control characters part words."""
    plain = unicodedata.normalize("NFC", query[:QUERY_LIMIT]).lower()
    words = (word.strip("_") for word in _WORD.findall(plain.replace("\u00ad", "")))
    return list(dict.fromkeys(word for word in words if word))[:_WORDS]


def search(scope: Scope, query: str, kind: str = "", page: int = 1) -> Found:
    """Return what the person may see that has every word of `query`, best first; `kind` narrows it to one kind.

    A page beyond the last gives the last. Nothing is found for a query without a word.
    """
    words = words_of(query)
    if not words:
        return Found()
    documents = _ranked(access.searchable(scope), words)
    per_kind = dict(documents.order_by().values_list("kind").annotate(Count("pk")))
    counts = [(each.value, str(each.label), per_kind[each]) for each in SearchDocument.Kind if each.value in per_kind]
    count = per_kind.get(kind, 0) if kind else sum(per_kind.values())
    last = min(max(1, -(-count // PAGE)), _LAST_PAGE)
    page = min(max(1, page), last)
    rows = documents.filter(kind=kind) if kind else documents
    shown = _page(rows, (page - 1) * PAGE) if count else []
    stems = [stem(word) for word in words]
    return Found([_hit(row, stems) for row in shown], counts, count, sum(per_kind.values()), page, last)


def _page(rows: "QuerySet[SearchDocument]", start: int) -> list[Any]:
    return list(rows.select_related("municipality", "strategy")[start : start + PAGE])


# Two databases, one question


def _ranked(documents: "QuerySet[SearchDocument]", words: list[str]) -> "QuerySet[SearchDocument]":
    """Return those of `documents` that have every word, title hits first, then by the database's own rank."""
    on_postgresql = connection.vendor == "postgresql"
    found = (_on_postgresql if on_postgresql else _on_sqlite)(documents, words)
    # A list, since the type checker would look for the names that extra() added among the fields.
    order = ["-in_title", "-rank", "pk"]
    return found.order_by(*order)


def _on_sqlite(documents: "QuerySet[SearchDocument]", words: list[str]) -> "QuerySet[SearchDocument]":
    # Each is a quoted string of letters and digits, so no operator of FTS5 can come in.
    query = " AND ".join(f'"{stem(word)}"*' for word in words)
    titles = " ".join(columns_for("title"))
    weights = [*["10"] * len(CODES), *["1"] * len(CODES)]
    in_title = f"{_FTS}.rowid IN (SELECT rowid FROM {_FTS} WHERE {_FTS} MATCH %s)"  # noqa: S608  # our own names
    return documents.extra(  # noqa: S610  # the only way to join a table that has no model; values are parameters
        select={"in_title": in_title, "rank": f"-bm25({_FTS}, {', '.join(weights)})"},
        select_params=[f"{{{titles}}} : ({query})"],
        tables=[_FTS],
        where=[f"{_FTS}.rowid = {_TABLE}.id", f"{_FTS} MATCH %s"],
        params=[query],
    )


def _on_postgresql(documents: "QuerySet[SearchDocument]", words: list[str]) -> "QuerySet[SearchDocument]":
    query, anywhere = _tsquery(words, "")
    titles, in_titles = _tsquery(words, "A")
    vector = f"{_TABLE}.vector"
    return documents.extra(  # noqa: S610  # the column is PostgreSQL's own, and no field; values are parameters
        select={
            "in_title": f"{vector} @@ ({titles})",
            "rank": f"ts_rank('{{0.05, 0.1, 0.3, 1.0}}', {vector}, ({query}))",
        },
        select_params=[*in_titles, *anywhere],
        where=[f"{vector} @@ ({query})"],
        params=anywhere,
    )


def _tsquery(words: list[str], weight: str) -> tuple[str, list[str]]:
    """Return SQL for a query, and its parameters: each word by its beginning, or as a dictionary stems it."""
    dictionaries = " || ".join(f"to_tsquery('pg_catalog.{name}', %s)" for name in _DICTIONARIES)
    one = f"(to_tsquery('pg_catalog.simple', %s) || {dictionaries})"
    values = [f"'{form}':*{weight}" for word in words for form in (stem(word), *[word] * len(_DICTIONARIES))]
    return " && ".join([one] * len(words)), values


# What is shown of a hit


def _hit(row: Any, stems: list[str]) -> Hit:
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


def _languages(own: str) -> list[str]:
    wanted = spoken(get_language())
    return list(dict.fromkeys(code for code in (wanted, own, *CODES) if code in CODES))


def _snippet(row: Any, own: str, stems: list[str]) -> Marked:
    """Return a piece of the body around the first hit, in the first language that has one; else how it begins."""
    bodies = [(code, getattr(row, f"body_{code}")) for code in _languages(own)]
    hit = next(((code, body) for code, body in bodies if _hits(body, stems)), None)
    code, body = hit or next(((code, body) for code, body in bodies if body), ("", ""))
    lang = "" if code == spoken(get_language()) else code
    return _marked(Text(_around(body, stems), lang), stems)


def _hits(text: str, stems: list[str]) -> list[tuple[int, int]]:
    found = []
    for match in _WORD.finditer(text):
        word = match.group().lower()
        if any(word.startswith(each) for each in stems):
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
