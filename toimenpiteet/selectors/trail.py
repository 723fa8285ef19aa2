"""Everything that the record holds of one row: each change, by whom, by which door, why, from what to what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from toimenpiteet.labels import Label
from toimenpiteet.models import Audited
from toimenpiteet.selectors.recorded_words import who_words, why_words

_TYPES: dict[str, Label] = {"+": _("made"), "~": _("changed"), "-": _("removed")}


@dataclass(frozen=True)
class Entry:
    """One recorded change; `changes` are the field's name, what it was and what it became."""

    at: datetime
    what: Label
    who: str
    door: str
    why: str
    version: int
    changes: list[tuple[str, str, str]]


def trail(model: type[Audited], pk: int) -> list[Entry]:
    """Return the recorded changes of one row, newest first; what it pointed to is named as it is called now."""
    past = model.history.model
    rows = list(past.objects.filter(id=pk).select_related("actor_name").order_by("history_id"))
    fields = [field for field in past.tracked_fields if field.name not in {"id", "version"}]
    columns = [_Column(field, rows) for field in fields]
    entries = [_entry(row, before, columns) for before, row in zip([None, *rows], rows, strict=False)]
    return entries[::-1]


class _Column:
    """A field and the words for its values in `rows`; one query for a relation, none for others."""

    def __init__(self, field: Any, rows: list[Any]) -> None:
        self.field = field
        self.label = str(field.verbose_name)
        self.names: dict[Any, str] = {}
        if field.is_relation:
            wanted = {getattr(row, field.attname) for row in rows} - {None}
            found = field.related_model._base_manager.in_bulk(wanted)
            self.names = {key: str(found.get(key, key)) for key in wanted}
        elif field.choices:
            self.names = {key: str(label) for key, label in field.flatchoices}

    def words(self, row: Any) -> str:
        value = None if row is None else getattr(row, self.field.attname)
        return "" if value is None else self.names.get(value, str(value))


def _entry(row: Any, before: Any, columns: list[_Column]) -> Entry:
    changes = ((column.label, column.words(before), column.words(row)) for column in columns)
    return Entry(
        at=row.history_date,
        what=_TYPES[row.history_type],
        who=who_words(row.actor_name.text),
        door=row.door,
        why=why_words(row.history_change_reason or ""),
        version=row.version,
        changes=[(label, old, new) for label, old, new in changes if old != new],
    )
