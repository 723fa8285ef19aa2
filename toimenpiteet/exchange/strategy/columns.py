"""Columns that many kinds of rows share, and the keys of figures."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from toimenpiteet.calendar import parse_due
from toimenpiteet.exchange import schema, values
from toimenpiteet.languages import CODES


def words(name: str, said: values.Words | None) -> dict[str, str | None]:
    """Return the columns of a text in its languages."""
    return {f"{name}_{code}": said.texts[code] if said else None for code in CODES}


def cited(entry: schema.Sourced) -> dict[str, Any]:
    """Return where the entry stands in the documents and what is in doubt."""
    return {"source": entry.source or "", "doubt": entry.doubt or ""}


def sourced(entry: schema.Sourced, order: int) -> dict[str, Any]:
    """Return the source columns and the place in the list."""
    return {**cited(entry), "order": order}


def rule(entry: schema.CalendarEntry) -> str:
    """Return the rule of a day, also where the short form gives month and day."""
    return entry.rule or f"{entry.month or 0:02d}-{entry.day or 0:02d}"


def due(text: str | None, day: str, precision: str) -> dict[str, Any]:
    """Return the last day and the precision of what is stated, in the columns of these names."""
    stated = parse_due(text) if text else None
    return {day: stated and stated.last_day, precision: stated.precision.value if stated else ""}


def starting(text: str | None) -> date | None:
    """Return the first day of what is stated."""
    return values.first_day(text) if text else None


def decimals(value: Decimal | None) -> int | None:
    """Return with how many decimals a figure is written in the file: '17.0' has one; None where it has none."""
    return len(str(value).partition(".")[2]) or None


def numbered(entries: Iterable[Any]) -> Iterator[tuple[int, Any]]:
    """Yield the entries with their place in the list, from 1."""
    return enumerate(entries, 1)


def figure_key(value: schema.Value) -> str:
    """Return the key of a figure in its indicator, such as '2017-tp' or 'p3-estimate'."""
    return f"{f'p{value.position}' if value.year is None else value.year}-{value.kind.lower()}"


def target_key(target: schema.Target) -> str:
    """Return the key of a target in its indicator, such as '2021-le' or 'gt'."""
    return f"{target.by_year}-{target.op}" if target.by_year else target.op
