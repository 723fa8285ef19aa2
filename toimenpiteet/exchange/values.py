"""The kinds of single values in a strategy file: keys, texts in languages, days, numbers."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, LiteralString

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetPydanticSchema,
    StringConstraints,
    create_model,
)
from pydantic_core import PydanticCustomError, core_schema

from toimenpiteet.calendar import Precision, parse_due
from toimenpiteet.folding import composed
from toimenpiteet.languages import CODES, DEFAULT
from toimenpiteet.round_days import parse_rule
from toimenpiteet.selectors.cited import places


def _year_as_text(value: object) -> object:
    # A year is the only number that people write where text belongs, and rightly without quotes.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 9999 else value


KEY_PATTERN = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
Key = Annotated[str, BeforeValidator(_year_as_text), StringConstraints(pattern=KEY_PATTERN, max_length=80)]
Year = Annotated[int, Field(ge=1900, le=2200)]
Ordinal = Annotated[int, Field(ge=1, le=999)]

# Controls, halves of characters, and the marks that turn the direction of writing: nobody types them on purpose.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def _clean(text: str) -> str:
    found = _UNWANTED.search(text)
    if found:
        raise PydanticCustomError("control_character", "control character", {"code": f"{ord(found.group()):04X}"})
    whole = composed(text).strip()
    if not whole:
        raise PydanticCustomError("empty_text", "empty text")
    return whole


def _unbroken(text: str) -> str:
    if "\n" in text or "\t" in text:
        raise PydanticCustomError("line_break", "line break")
    return text


Text = Annotated[str, StringConstraints(max_length=5000), AfterValidator(_clean)]
Line = Annotated[str, StringConstraints(max_length=300), AfterValidator(_clean), AfterValidator(_unbroken)]


def _place(text: str) -> str:
    # What begins as lines of a document is lines of a document; a page ("s. 3") is written as people write it.
    if re.match(r"[0-9]+ *:", text) and None in places(text):
        raise PydanticCustomError("source", "not readable")
    return text


Source = Annotated[Line, AfterValidator(_place)]
ShortLine = Annotated[Line, StringConstraints(max_length=200)]
Measure = Annotated[Line, StringConstraints(max_length=100)]


def _parsed(kind: LiteralString, parse: Callable[[str], object]) -> AfterValidator:
    def check(text: str) -> str:
        try:
            parse(text)
        except ValueError as error:
            raise PydanticCustomError(kind, "not readable") from error
        return text

    return AfterValidator(check)


def first_day(text: str) -> date:
    """Return the first day of '2021-06-01', '2021-06' or '2021'; raises ValueError for anything else."""
    due = parse_due(text)
    if due.precision is Precision.DAY:
        return due.last_day
    if due.precision is Precision.MONTH:
        return due.last_day.replace(day=1)
    if due.precision is Precision.YEAR:
        return due.last_day.replace(month=1, day=1)
    raise ValueError("start_precision")


DueText = Annotated[str, BeforeValidator(_year_as_text), _parsed("due", parse_due)]
RuleText = Annotated[str, _parsed("rule", parse_rule)]
StartText = Annotated[str, BeforeValidator(_year_as_text), _parsed("start", first_day)]


def _as_decimal(value: object) -> object:
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


Number = Annotated[Decimal, BeforeValidator(_as_decimal), Field(max_digits=15, decimal_places=4)]
# SQLite keeps 15 digits, and what is read back must be what was loaded.


class Entry(BaseModel):
    """Base of every entry: strict types, no unknown fields."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Words(Entry):
    """One text in one language or more, a field for each; a plain string in the file means the default language."""

    @property
    def texts(self) -> dict[str, str | None]:
        """Return the text in each language, None where there is none."""
        return self.model_dump()


_TEXTS: dict[str, Any] = dict.fromkeys(CODES, (Text | None, None))
_IN_LANGUAGES = create_model("Words", __base__=Words, **_TEXTS)


def _as_words(value: object) -> object:
    said = _year_as_text(value)
    return {DEFAULT: said} if isinstance(said, str) else said


def _said(words: Words) -> Words:
    if not any(words.texts.values()):
        raise PydanticCustomError("no_language", "no language")
    return words


def _within(limit: int) -> AfterValidator:
    def check(words: Words) -> Words:
        for text in filter(None, words.texts.values()):
            _unbroken(text)
            if len(text) > limit:
                raise PydanticCustomError("string_too_long", "too long", {"max_length": limit})
        return words

    return AfterValidator(check)


Localized = Annotated[
    Words,
    GetPydanticSchema(lambda _source, handler: handler(_IN_LANGUAGES)),
    BeforeValidator(_as_words),
    AfterValidator(_said),
]
Heading = Annotated[Localized, _within(300)]
Keywords = Annotated[Localized, _within(500)]
Name = Annotated[Localized, _within(200)]
Kind = Annotated[Localized, _within(100)]
PeriodName = Annotated[Localized, _within(50)]


Language = Annotated[str, GetPydanticSchema(lambda _source, _handler: core_schema.literal_schema([*CODES]))]
