"""Rows from the database's columns straight to JSON, with a serializer naming every field that leaves.

A plain DRF serializer spends more time on 25 rows than the database does. Here the serializer is read once: its fields
say which columns to ask for and how each becomes a value, and the OpenAPI schema is made from the same class.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, ClassVar, TypeAlias

from django.db.models import QuerySet
from django.utils.translation import get_language
from rest_framework import serializers

from toimenpiteet import labels
from toimenpiteet.calendar import Precision
from toimenpiteet.dates import due_words
from toimenpiteet.languages import CODES, DEFAULT, columns_for, spoken
from toimenpiteet.models import DateKind
from toimenpiteet.models.prepared import Statement, columns_of
from toimenpiteet.selectors.words import Text, text_in

Values: TypeAlias = tuple[Any, ...]
Getter: TypeAlias = Callable[[Values, str], Any]
"""Takes a row and the language of its municipality."""
Json: TypeAlias = dict[str, Any]


class Columns:
    """The columns that a row needs, each asked for once."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def at(self, name: str) -> int:
        """Return the place of the column `name` in the row."""
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)

    def in_languages(self, name: str) -> list[int]:
        """Return the places of the translations of `name`, in the order of CODES."""
        return [self.at(column) for column in columns_for(name)]


def _language() -> str:
    language = spoken(get_language())
    return language if language in CODES else DEFAULT


def language_of(text: Text) -> str | None:
    """Return the language of a text; None where there is none."""
    return (text.lang or _language()) if text else None


class Words(serializers.CharField):
    """A translated text, in the caller's language where there is one, else in the municipality's, else in any."""

    def getter(self, name: str, prefix: str, columns: Columns) -> Getter:
        """Return how to find the text in a row."""
        places = columns.in_languages(f"{prefix}{self.source or name}")

        return lambda row, own: text_in([row[at] for at in places], own).text


class WordsLanguage(serializers.ChoiceField):
    """The language of the text beside it; null where there is no text."""

    def __init__(self, source: str) -> None:
        super().__init__(choices=CODES, source=source, allow_null=True)

    def getter(self, name: str, prefix: str, columns: Columns) -> Getter:
        """Return how to find the language in a row."""
        places = columns.in_languages(f"{prefix}{self.source}")

        return lambda row, own: language_of(text_in([row[at] for at in places], own))


@cache
def _status_words(language: str) -> dict[str, str]:  # noqa: ARG001  # the key of the cache
    return {status.value: str(label) for status, label in labels.STATUS.items()}


def status_words(status: str | None) -> str | None:
    """Return the words for a plan's `status` in the caller's language."""
    return _status_words(_language())[status] if status else None


@lru_cache(maxsize=4096)
def _due_words(language: str, day: date, precision: str) -> str:  # noqa: ARG001  # likewise
    return due_words(day, precision)


def due_json(day: date | None, precision: str) -> Json | None:
    """Return a day as Due describes it, in the caller's language."""
    if day is None:
        return None
    stated = precision or Precision.DAY.value
    return {"on": day.isoformat(), "precision": stated, "words": _due_words(_language(), day, stated)}


class Due(serializers.Serializer[Any]):
    """A day, how exactly the document states it, and how that is said in the caller's language."""

    on = serializers.DateField(help_text="The last day of what is stated.")
    precision = serializers.ChoiceField(choices=[precision.value for precision in Precision])
    words = serializers.CharField(help_text="The date at its precision, in the caller's language.")

    def __init__(self, on: str, precision: str) -> None:
        super().__init__(allow_null=True)
        self._on, self._precision = on, precision

    def getter(self, name: str, prefix: str, columns: Columns) -> Getter:
        """Return how to find the date in a row."""
        on, precision = columns.at(prefix + self._on), columns.at(prefix + self._precision)

        return lambda row, _own: due_json(row[on], row[precision])


def date_json(day: date | None, precision: str, kind: str) -> Json | None:
    """Return a step's date as StepDate describes it, in the caller's language."""
    found = due_json(day, precision)
    return found and {**found, "kind": kind, "words": str(labels.DATED[kind]) % {"date": found["words"]}}


class StepDate(Due):
    """A step's date, and what it means: only one that is `due` can be late."""

    kind = serializers.ChoiceField(choices=DateKind.values)

    def __init__(self) -> None:
        super().__init__("due_on", "due_precision")

    def getter(self, name: str, prefix: str, columns: Columns) -> Getter:
        """Return how to find the date in a row."""
        on, precision, kind = (columns.at(prefix + column) for column in ("due_on", "due_precision", "date_kind"))
        return lambda row, _own: date_json(row[on], row[precision], row[kind])


class Number(serializers.FloatField):
    """A decimal figure as a JSON number."""

    def getter(self, name: str, prefix: str, columns: Columns) -> Getter:
        """Return how to find the figure in a row."""
        at = columns.at(f"{prefix}{self.source or name}")
        return lambda row, _own: None if row[at] is None else _number(row[at])


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


class Row(serializers.Serializer[Any]):
    """A row of a list. Every field is a column of its own name, or of its `source`, or one of the kinds above.

    A nested Row reads the columns of the relation that it is named after. `own` leads to the language of the row's
    municipality. The fields in `filled` have no column: the reader of the list puts them in.
    """

    own: ClassVar[str] = "municipality__language"
    filled: ClassVar[tuple[str, ...]] = ()


def _plain(at: int) -> Getter:
    return lambda row, _own: row[at]


def _date(at: int) -> Getter:
    return lambda row, _own: row[at].isoformat() if row[at] is not None else None


def _field(name: str, field: Any, prefix: str, columns: Columns) -> Getter:
    if hasattr(field, "getter"):
        getter: Getter = field.getter(name, prefix, columns)
        return getter
    if isinstance(field, Row):
        return _nested(type(field), f"{prefix}{field.source or name}__", columns)
    at = columns.at(f"{prefix}{field.source or name}")
    return _date(at) if isinstance(field, serializers.DateField) else _plain(at)


def _getters(shape: type[Row], prefix: str, columns: Columns) -> list[tuple[str, Getter]]:
    declared: dict[str, Any] = shape._declared_fields
    shown = [(name, field) for name, field in declared.items() if name not in shape.filled]
    return [(name, _field(name, field, prefix, columns)) for name, field in shown]


def _nested(shape: type[Row], prefix: str, columns: Columns) -> Getter:
    present = columns.at(f"{prefix}id")
    getters = _getters(shape, prefix, columns)

    def get(row: Values, own: str) -> Json | None:
        return None if row[present] is None else {name: get(row, own) for name, get in getters}

    return get


@cache
def _compiled(shape: type[Row], prefix: str, key: str) -> tuple[list[str], int, int, list[tuple[str, Getter]]]:
    columns = Columns()
    own, key_at = columns.at(prefix + shape.own), columns.at(key)
    getters = _getters(shape, prefix, columns)
    return columns.names, own, key_at, getters


def _json(shape: type[Row], prefix: str, key: str, found: Iterable[Values]) -> Iterable[tuple[Any, Json]]:
    """Yield (value of the column `key`, row) for each of the rows `found`."""
    _, own, key_at, getters = _compiled(shape, prefix, key)
    for row in found:
        yield row[key_at], {name: get(row, row[own]) for name, get in getters}


def _names(shape: type[Row], prefix: str, key: str) -> list[str]:
    return _compiled(shape, prefix, key)[0]


def read(shape: type[Row], queryset: "QuerySet[Any]") -> list[Json]:
    """Return the rows of `queryset` as JSON objects, in one query."""
    return [row for _, row in _json(shape, "", "pk", columns_of(queryset, _names(shape, "", "pk")))]


class Prepared:
    """A list asked for so often that its statement is compiled once; `build` makes it from what it is called with."""

    def __init__(self, shape: type[Row], build: Callable[..., "QuerySet[Any]"]) -> None:
        self._shape = shape
        self._statement = Statement(build, _names(shape, "", "pk"))

    def read(self, *args: Hashable) -> list[Json]:
        """Return the rows as JSON objects, in one query."""
        rows: Any = self._statement.rows(*args)
        return [row for _, row in _json(self._shape, "", "pk", rows)]


class Children:
    """What belongs to the rows of a list, read for all of them in one statement that is compiled once.

    `build` returns the children of those GIVEN, through ``<by>__among``, and `by` is the column that leads back to
    the parent. `prefix` leads from the queryset's model to the one that `shape` describes, such as ``unit__``.
    """

    def __init__(self, shape: type[Row], by: str, build: Callable[..., "QuerySet[Any]"], prefix: str = "") -> None:
        self._shape, self._by, self._prefix = shape, by, prefix
        self._statement = Statement(build, _names(shape, prefix, by))

    def of(self, ids: list[int], *args: Hashable) -> dict[int, list[Json]]:
        """Return the children of each of `ids` that has any; `args` are what `build` is called with."""
        found: dict[int, list[Json]] = {}
        if ids:
            rows: Any = self._statement.rows(*args, given=ids)
            for key, row in _json(self._shape, self._prefix, self._by, rows):
                found.setdefault(key, []).append(row)
        return found


class OneColumn:
    """Like Children, for those of which one `column` is all that is shown."""

    def __init__(self, by: str, column: str, build: Callable[[], "QuerySet[Any]"]) -> None:
        self._statement = Statement(build, [by, column])

    def of(self, ids: list[int]) -> dict[int, list[Any]]:
        """Return the values of each of `ids` that has any."""
        found: dict[int, list[Any]] = {}
        if ids:
            for key, value in self._statement.rows(given=ids):
                found.setdefault(key, []).append(value)
        return found


def fill(rows: list[Json], name: str, children: Mapping[int, list[Any]]) -> None:
    """Put the `children` of each row under `name`."""
    for row in rows:
        row[name] = children.get(row["id"], [])
