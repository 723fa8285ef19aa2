"""Search over everything that the person may see: what has the very words first, with the hits marked.

Each word of the query is looked for as it is, as a beginning, by what its forms have in common (``stems``; on
PostgreSQL also as its own dictionaries understand it), and without dots and as a part of a compound. All words must be
found; where nothing has all of them, what has some is shown, and said to be that. Few queries, however much there is.
"""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Case, Count, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.lookups import IsNull

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.folding import fold
from toimenpiteet.languages import BY_CODE, CODES, columns_for
from toimenpiteet.models import ActionItem, IndicatorValue, Municipality, SearchDocument
from toimenpiteet.selectors.search.hits import WORD, Hit, hit_of, with_status
from toimenpiteet.selectors.search.stems import beginnings
from toimenpiteet.synonyms import others, parse_synonyms

PAGE = 20
MOST = 1000
"""How many are put in order, the best of them first: of more, those that have the words most as they were typed."""
QUERY_LIMIT = 200
_WORDS = 8
_LAST_PAGE = MOST // PAGE
_ITEM = ActionItem._meta.model_name or ""
_TABLE = "toimenpiteet_searchdocument"
_FTS = "toimenpiteet_searchdocument_fts"
_DICTIONARIES = [language.dictionary for language in BY_CODE.values()]
Word = tuple[str, ...]
"""A word as it was typed, and others that mean the same, by which things are found too, after those that have it."""


@dataclass(frozen=True)
class Found:
    """One page of what was found; `counts` says how many there are of each kind, in the order of SearchDocument.Kind.

    `count` and `last` are of the chosen kind, or of all. `some` tells that nothing has all of the words.
    """

    hits: list[Hit] = field(default_factory=list)
    counts: list[tuple[str, str, int]] = field(default_factory=list)
    count: int = 0
    total: int = 0
    page: int = 1
    last: int = 1
    some: bool = False


def words_of(query: str) -> list[str]:
    """Return the words of what somebody typed, in small letters; signs and control characters part words."""
    plain = unicodedata.normalize("NFC", query[:QUERY_LIMIT]).lower()
    words = (word.strip("_") for word in WORD.findall(plain.replace("\u00ad", "")))
    return list(dict.fromkeys(word for word in words if word))[:_WORDS]


def search(scope: Scope, query: str, kind: str = "", page: int = 1, today: date | None = None) -> Found:
    """Return what the person may see that has every word of `query`, best first; `kind` narrows it to one kind.

    A page beyond the last gives the last. Nothing is found for a query without a word. With `today`, action items say
    how they stand.
    """
    found = _matching(scope, query, kind)
    counts = [(one.value, str(one.label), found.kinds[one]) for one in SearchDocument.Kind if one.value in found.kinds]
    last = min(max(1, -(-found.count // PAGE)), _LAST_PAGE)
    page = min(max(1, page), last)
    hits = _hits_from(found, (page - 1) * PAGE, PAGE, today)
    return Found(hits, counts, found.count, sum(found.kinds.values()), page, last, found.some and bool(found.count))


def every_hit(scope: Scope, query: str, kind: str = "", today: date | None = None) -> list[Hit]:
    """Return what all the pages of ``search`` show, MOST at most."""
    return _hits_from(_matching(scope, query, kind), 0, MOST, today)


@dataclass(frozen=True)
class _Matching:
    """What has the words, not yet read: how many of each kind, how many of the kind that is asked for, and `some`."""

    documents: "QuerySet[SearchDocument]"
    words: list[Word] = field(default_factory=list)
    kinds: dict[str, int] = field(default_factory=dict)
    count: int = 0
    some: bool = False


def _matching(scope: Scope, query: str, kind: str) -> _Matching:
    documents, words = access.searchable(scope), _sought(scope, query)
    kinds = _counted(documents, words, every=True) if words else {}
    some = not kinds and len(words) > 1
    if some:
        kinds = _counted(documents, words, every=False)
    count = kinds.get(kind, 0) if kind else sum(kinds.values())
    rows = documents.filter(kind=kind) if kind else documents
    if count > MOST:
        rows = _foremost(rows, words, every=not some)
    return _Matching(rows, words, kinds, count, some)


def _hits_from(found: _Matching, start: int, most: int, today: date | None) -> list[Hit]:
    if not found.count:
        return []
    ranked = _ranked(found.documents, found.words, every=not found.some)
    rows: Iterable[Any] = ranked.select_related("municipality", "strategy")[start : start + most]
    stems = [one for word in found.words for alike in word for one in _plainly(alike)]
    hits = [hit_of(row, stems) for row in rows]
    return with_status(hits, today) if today else hits


def items_with(scope: Scope, query: str) -> Q:
    """Return the condition that an action item has every word of `query`, as the search finds them; two queries.

    Where few have them, it names these; where very many do, it looks each item up, since a list of action items reads
    no more of them than it shows and counts.
    """
    documents = access.searchable(scope).filter(model=_ITEM).order_by()
    words = _sought(scope, query)
    having = documents.filter(Having(words)) if words else documents.none()
    few = [pk for (pk,) in having.values_list("object_id")[: MOST + 1]]
    if len(few) <= MOST:
        return Q(pk__in=few)
    # The first of each: an "in" or an "exists" PostgreSQL would answer by reading every match.
    own = having.filter(object_id=OuterRef("pk")).values("pk")
    return Q(IsNull(Subquery(own[:1]), False))  # noqa: FBT003  # Django's


def _sought(scope: Scope, query: str) -> list[Word]:
    """Return each word of a query with those that the person's cities say for the same thing; one query."""
    words = words_of(query)
    if not words:
        return []
    kept = access.visible(scope, Municipality).exclude(synonyms="").values_list("synonyms", flat=True)
    lines = [line for text in kept for line in parse_synonyms(text)]
    return [(word, *others(lines, _alike(word, lines))) for word in words]


def _alike(word: str, lines: Iterable[tuple[str, ...]]) -> set[str]:
    """Return the word, and those of the lines of which it is a form."""
    stems = set(_plainly(word))
    return {word, *(one for line in lines for one in line if stems.intersection(_plainly(one)))}


def _counted(documents: "QuerySet[SearchDocument]", words: list[Word], *, every: bool) -> dict[str, int]:
    """Return how many of `documents` have every word, or one of them, of each kind."""
    found = documents.filter(Having(words, every=every)).order_by()
    return dict(found.values_list("kind").annotate(Count("pk")))


def _foremost(documents: "QuerySet[SearchDocument]", words: list[Word], *, every: bool) -> "QuerySet[SearchDocument]":
    """Return MOST of very many `documents`: those that have the words in the first of the tiers."""
    found: dict[int, None] = {}
    # In no order: to put them in one, the weights of every match would be read from its row.
    for tier in (*_TIERS, ""):
        rows = documents.filter(Having(words, tier, every=every)).order_by().values_list("pk", flat=True)
        found |= dict.fromkeys(rows[:MOST])
        if len(found) >= MOST:
            break
    return documents.filter(pk__in=list(found)[:MOST])


# Two databases, one question

# The best of these that a thing has is its place: the very words, words that begin so, other forms, the rest.
_TIERS = ("exact", "begins", "forms")


def _ranked(documents: "QuerySet[SearchDocument]", words: list[Word], *, every: bool) -> "QuerySet[SearchDocument]":
    """Return those of `documents` that have every word, or one of them, the best first."""
    on_postgresql = connection.vendor == "postgresql"
    found = (_on_postgresql if on_postgresql else _on_sqlite)(documents, words, every=every)
    empty = ~Exists(IndicatorValue.objects.filter(indicator=OuterRef("object_id"), no_data=False))
    bare = Case(When(empty, kind=SearchDocument.Kind.INDICATOR, then=Value(1)), default=Value(0))
    # A list, since the type checker would look for the names that extra() added among the fields.
    order = [*(f"-{tier}" for tier in _TIERS), "-in_title", "bare", "-rank", "pk"]
    return found.annotate(bare=bare).order_by(*order)


class Having(Func):
    """The condition that a search document has every one of `words` (or some), as a tier asks for them; "" anyhow."""

    output_field = BooleanField()

    def __init__(self, words: list[Word], tier: str = "", *, every: bool = True) -> None:
        super().__init__(F("pk"))
        self.words, self.tier, self.every = words, tier, every

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[str]]:
        """Ask the column of the index, which is PostgreSQL's own and no field."""
        query, values = _tsquery(self.words, self.tier, every=self.every)
        return f"{self._table(compiler)}.vector @@ ({query})", values

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[str | int, ...]]:
        """Ask the table of the index."""
        there = f"{self._table(compiler)}.id IN (SELECT rowid FROM {_FTS} WHERE {_FTS} MATCH %s)"  # noqa: S608  # our own names
        return there, (_match(self.words, self.tier, every=self.every),)

    def _table(self, compiler: Any) -> str:
        # A query within a query calls its table otherwise.
        return str(compiler.compile(self.source_expressions[0])[0]).rpartition(".")[0]


def _match(words: list[Word], tier: str, *, every: bool) -> str:
    """Return a question for FTS5: each word as a tier asks for it; "" is anyhow."""
    texts, titles = " ".join([*columns_for("title"), *columns_for("body")]), " ".join(columns_for("title"))

    def asked(forms: Callable[[Word], Iterable[str]]) -> str:
        # Each is a quoted string of letters and digits, so no operator of FTS5 can come in.
        return (" AND " if every else " OR ").join(f"({' OR '.join(forms(word))})" for word in words)

    def of_forms(word: Word) -> list[str]:
        return [f'"{one}"*' for one in beginnings(word[0])]

    if tier:
        exactly, beginning = asked(lambda word: [f'"{word[0]}"']), asked(lambda word: [f'"{word[0]}"*'])
        found = {"exact": exactly, "begins": beginning}.get(tier, asked(of_forms))
        return f"{{{titles if tier == 'in_title' else texts}}} : ({found})"
    return asked(
        lambda word: [
            *(f'{{{texts}}} : "{one}"*' for alike in word for one in beginnings(alike)),
            *(f'{{parts}} : "{one}"*' for alike in word for one in _plainly(alike)),
        ]
    )


def _on_sqlite(documents: "QuerySet[SearchDocument]", words: list[Word], *, every: bool) -> "QuerySet[SearchDocument]":
    weights = [*["10"] * len(CODES), *["1"] * len(CODES), "0.1"]
    there = f"{_FTS}.rowid IN (SELECT rowid FROM {_FTS} WHERE {_FTS} MATCH %s)"  # noqa: S608  # our own names
    tiers = (*_TIERS, "in_title")
    return documents.extra(  # noqa: S610  # the only way to join a table that has no model; values are parameters
        select=dict.fromkeys(tiers, there) | {"rank": f"-bm25({_FTS}, {', '.join(weights)})"},
        select_params=[_match(words, tier, every=every) for tier in tiers],
        tables=[_FTS],
        where=[f"{_FTS}.rowid = {_TABLE}.id", f"{_FTS} MATCH %s"],
        params=[_match(words, "", every=every)],
    )


def _plainly(word: str) -> list[str]:
    """Return the beginnings of a word as ``SearchDocument.parts`` has them."""
    return [fold(one) for one in beginnings(word)]


def _on_postgresql(
    documents: "QuerySet[SearchDocument]", words: list[Word], *, every: bool
) -> "QuerySet[SearchDocument]":
    vector = f"{_TABLE}.vector"
    asked = [_tsquery(words, tier, every=every) for tier in (*_TIERS, "in_title", "")]
    rank, values = asked[-1]
    return documents.extra(  # noqa: S610  # the column is PostgreSQL's own, and no field; values are parameters
        select={
            **{name: f"{vector} @@ ({query})" for name, (query, _v) in zip((*_TIERS, "in_title"), asked, strict=False)},
            "rank": f"ts_rank('{{0.02, 0.1, 0.3, 1.0}}', {vector}, ({rank}))",
        },
        select_params=[value for _query, found in asked for value in found],
        where=[f"{vector} @@ ({rank})"],
        params=values,
    )


def _tsquery(words: list[Word], tier: str, *, every: bool) -> tuple[str, list[str]]:
    """Return SQL for a query, and its parameters: each word as a tier asks for it; "" is anyhow."""
    found = [_forms(word, tier) for word in words]
    parts = [" || ".join(f"to_tsquery('pg_catalog.{name}', %s)" for name, _form in forms) for forms in found]
    sql = (" && " if every else " || ").join(f"({part})" for part in parts)
    return sql, [form for forms in found for _name, form in forms]


def _forms(word: Word, tier: str) -> list[tuple[str, str]]:
    """Return the forms of a word that a tier asks for, each with the dictionary that reads it."""
    if tier == "exact":
        return [("simple", f"'{word[0]}':AC")]
    if tier == "begins":
        return [("simple", f"'{word[0]}':*AC")]
    if tier:
        return _read(word[0], "A" if tier == "in_title" else "AC")
    return [form for alike in word for form in (*_read(alike, ""), *_undotted(alike))]


def _undotted(word: str) -> list[tuple[str, str]]:
    """Return the beginnings of a word without its dots, which only the parts of words may have: tälli is no talli."""
    # Weights stand in the rows alone; without them the index answers by itself.
    return [("simple", f"'{one}':*D") for one in _plainly(word) if one not in beginnings(word)]


def _read(word: str, weights: str) -> list[tuple[str, str]]:
    """Return the beginnings of a word, and the word as each dictionary reads it."""
    texts = [("simple", f"'{one}':*{weights}") for one in beginnings(word)]
    return [*texts, *((name, f"'{word}':*{weights}") for name in _DICTIONARIES)]
