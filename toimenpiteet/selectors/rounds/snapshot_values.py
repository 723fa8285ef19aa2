"""How rows become values of a snapshot: texts by language, days and instants as text (``toimenpiteet.snapshots``)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Model

from toimenpiteet.languages import CODES
from toimenpiteet.snapshots import Words


def words_in(row: Mapping[str, Any], name: str) -> Words:
    """Return the texts of a translated column of a row by language, without those that are empty."""
    return {code: row[f"{name}_{code}"] for code in CODES if row[f"{name}_{code}"]}


def words_of(obj: Model, name: str) -> Words:
    """Return the texts of a translated field of an object, as ``words_in``."""
    return words_in(vars(obj), name)


def day_text(day: date | None) -> str | None:
    """Return a day as ``YYYY-MM-DD``."""
    return day.isoformat() if day else None


def instant_text(at: datetime) -> str:
    """Return an instant as RFC 3339 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
