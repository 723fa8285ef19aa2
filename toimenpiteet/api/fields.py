"""Fields of the API's own: texts in the caller's language, days at their precision, figures."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from django.utils.translation import get_language
from rest_framework import serializers

from toimenpiteet import access
from toimenpiteet.calendar import Precision
from toimenpiteet.dates import dated_words, due_words
from toimenpiteet.languages import CODES, DEFAULT, spoken
from toimenpiteet.models import DateKind
from toimenpiteet.selectors.translated import Text, text_of

Json: TypeAlias = dict[str, Any]


def language_of(text: Text) -> str | None:
    """Return the language of a text; None where there is none."""
    if text.lang or not text:
        return text.lang or None
    active = spoken(get_language())
    return active if active in CODES else DEFAULT


class _OfRow:
    """A field that looks at the whole row, not at one of its attributes."""

    def get_attribute(self, instance: Any) -> Any:
        """Return the row itself."""
        return instance


class Words(_OfRow, serializers.CharField):
    """A translated text, in the caller's language where there is one, else in the municipality's, else in any."""

    def to_representation(self, value: Any) -> str:
        """Return the text of the row `value`, with which its municipality has been read."""
        return _text(self, value).text


class WordsLanguage(_OfRow, serializers.ChoiceField):
    """The language of the text beside it; null where there is no text."""

    def __init__(self, source: str) -> None:
        super().__init__(choices=CODES, source=source, allow_null=True)

    def to_representation(self, value: Any) -> str | None:  # type: ignore[override]  # null: no text
        """Return the language of the text of the row `value`."""
        return language_of(_text(self, value))


def _text(field: Any, row: Any) -> Text:
    return text_of(row, field.source, access.home_of(row).language)


class Due(_OfRow, serializers.Serializer[Any]):
    """A day, how exactly the document states it, and how that is said in the caller's language."""

    on = serializers.DateField(help_text="The last day of what is stated.")
    precision = serializers.ChoiceField(choices=[precision.value for precision in Precision])
    words = serializers.CharField(help_text="The date at its precision, in the caller's language.")

    def __init__(self, *columns: str) -> None:
        super().__init__(allow_null=True)
        self.columns: Sequence[str] = columns

    def to_representation(self, instance: Any) -> Json | None:  # type: ignore[override]  # null: no day
        """Return the day that stands in the columns of the row."""
        return due_json(*(getattr(instance, column) for column in self.columns))


def due_json(day: date | None, precision: str) -> Json | None:
    """Return a day as Due describes it, in the caller's language."""
    if day is None:
        return None
    stated = precision or Precision.DAY.value
    return {"on": day.isoformat(), "precision": stated, "words": due_words(day, stated)}


class StepDate(Due):
    """A step's date, and what it means: only one that is `due` can be late."""

    kind = serializers.ChoiceField(choices=DateKind.values)

    def __init__(self) -> None:
        super().__init__("due_on", "due_precision", "date_kind")


def date_json(day: date | None, precision: str, kind: str) -> Json | None:
    """Return a step's date as StepDate describes it, in the caller's language."""
    if day is None:
        return None
    stated = precision or Precision.DAY.value
    return {"on": day.isoformat(), "precision": stated, "words": dated_words(kind, day, stated), "kind": kind}


class Number(serializers.FloatField):
    """A decimal figure as a JSON number."""

    def to_representation(self, value: Decimal) -> int | float:  # type: ignore[override]  # whole ones stay whole
        """Return the figure."""
        return int(value) if value == value.to_integral_value() else float(value)


class Column(serializers.ListField):
    """One `column` of the things that belong to a row."""

    def __init__(self, column: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._column = column

    def to_representation(self, data: Any) -> list[Any]:
        """Return the values, in the order of the things."""
        return [getattr(thing, self._column) for thing in data.all()]
