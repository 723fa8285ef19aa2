"""A strategy's own texts: values, parts, the steps that made it and its follow-up rhythm, read in one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, DateField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import ngettext

from toimenpiteet.dates import span_words
from toimenpiteet.languages import CODES
from toimenpiteet.models import CoreValue, FollowUp, ProcessEvent, Strategy, StrategyPart
from toimenpiteet.models.reading import columns_of
from toimenpiteet.selectors.translated import Text, text_in

VALUE, PART, EVENT, FOLLOW_UP = "corevalue", "strategypart", "processevent", "followup"


@dataclass(frozen=True)
class PartRow:
    """A heading and a text with where they come from; `anchor` is its place on the strategy's page."""

    anchor: str
    kind: str
    name: Text
    text: Text
    when: str
    doubt: str
    source: str


@dataclass(frozen=True)
class StrategyTexts:
    """Everything of a strategy that is text beside its tree; `parts` by what they are about."""

    values: list[PartRow]
    parts: list[tuple[str, str, list[PartRow]]]
    events: list[PartRow]
    follow_ups: list[PartRow]

    @property
    def of_programmes(self) -> list[PartRow]:
        """Return what the strategy says about its programmes."""
        return [row for kind, _label, rows in self.parts for row in rows if kind == StrategyPart.Kind.PROGRAMMES]


@dataclass(frozen=True)
class _Row:
    sort: str
    pk: int
    kind: str
    name: Text
    text: Text
    body: str
    start_on: date | None
    end_on: date | None
    precision: str
    number: int | None
    doubt: str
    source: str
    order: int


def _texts(name: str, text: str) -> dict[str, Any]:
    parts = (("name", name), ("text", text))
    return {
        f"{part}_in_{code}": F(f"{field}_{code}") if field else Value("", CharField())
        for part, field in parts
        for code in CODES
    }


_NO_DAY = Cast(Value(None), DateField())
_NO_NUMBER = Cast(Value(None), IntegerField())
_NOTHING = Value("", CharField())
_EMPTY: dict[str, Any] = {
    "of_kind": _NOTHING,
    "by": _NOTHING,
    "first_on": _NO_DAY,
    "last_on": _NO_DAY,
    "precise": _NOTHING,
    "number": _NO_NUMBER,
}
_COLUMNS = (
    *("sort", "pk", "of_kind", *_texts("name", "text"), "by"),
    *("first_on", "last_on", "precise", "number", "doubt", "source", "order"),
)


def _rows(rows: "QuerySet[Any]", sort: str, **columns: Any) -> "QuerySet[Any]":
    # Every column is annotated under a name of its own, so that the four kinds fit into one statement.
    annotated = rows.order_by().annotate(sort=Value(sort, CharField()), **(_EMPTY | columns))
    return columns_of(annotated, _COLUMNS)


def _all(strategy: int) -> "QuerySet[Any]":
    of = {"strategy": strategy}
    kind = {"of_kind": F("kind")}
    days = {"first_on": F("start_on"), "last_on": F("end_on"), "precise": F("end_on_precision")}
    return _rows(StrategyPart.objects.filter(**of), PART, **kind, **_texts("name", "text")).union(
        _rows(CoreValue.objects.filter(**of), VALUE, **_texts("name", "explanation")),
        _rows(
            *(ProcessEvent.objects.filter(**of), EVENT),
            **(kind | days | _texts("name", "note") | {"number": F("participants")}),
        ),
        _rows(FollowUp.objects.filter(**of), FOLLOW_UP, **_texts("text", ""), by=F("body"), number=F("per_year")),
        all=True,
    )


def strategy_texts(strategy: Strategy) -> StrategyTexts:
    """Return the texts of a strategy, each in its order in the document; one query."""
    own = strategy.municipality.language
    rows = sorted((_row(columns, own) for columns in _all(strategy.pk)), key=lambda row: (row.order, row.pk))
    events = sorted((row for row in rows if row.sort == EVENT), key=lambda row: (row.end_on or date.min, row.order))
    return StrategyTexts(
        values=[_part(row) for row in rows if row.sort == VALUE],
        parts=list(_by_kind([row for row in rows if row.sort == PART])),
        events=[_part(row, str(ProcessEvent.Kind(row.kind).label), _event_when(row)) for row in events],
        follow_ups=[_part(row, row.body, _times(row.number)) for row in rows if row.sort == FOLLOW_UP],
    )


def _row(columns: Sequence[Any], own: str) -> _Row:
    sort, pk, kind, *rest = columns
    many = len(CODES)
    names, texts, others = rest[:many], rest[many : 2 * many], rest[2 * many :]
    return _Row(sort, pk, kind, text_in(names, own), text_in(texts, own), *others)


def _part(row: _Row, kind: str = "", when: str = "") -> PartRow:
    return PartRow(f"{row.sort}-{row.pk}", kind, row.name, row.text, when, row.doubt, row.source)


def _by_kind(rows: list[_Row]) -> Any:
    for kind in StrategyPart.Kind:
        found = [_part(row) for row in rows if row.kind == kind]
        if found:
            yield kind.value, str(kind.label), found


def _event_when(row: _Row) -> str:
    when = span_words(row.start_on, row.end_on, row.precision) if row.end_on else ""
    if row.number is not None:
        when += " · " + ngettext("%(count)s person", "%(count)s people", row.number) % {"count": row.number}
    return when


def _times(per_year: int | None) -> str:
    if not per_year:
        return ""
    return ngettext("once a year", "%(count)s times a year", per_year) % {"count": per_year}
