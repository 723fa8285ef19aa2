"""Everything that the record holds of one row: each change, by whom, by which door, why, from what to what."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from toimenpiteet.labels import Label
from toimenpiteet.models import Audited
from toimenpiteet.selectors.history import stream, words
from toimenpiteet.selectors.history.names import Names, names_of
from toimenpiteet.selectors.history.stream import Event
from toimenpiteet.selectors.history.words import Told

_SIGNS: dict[str, Label] = {"+": _("made"), "~": _("changed"), "-": _("removed")}


@dataclass(frozen=True)
class Entry:
    """One recorded change; what the row pointed to is named as it is called now."""

    at: datetime
    what: Label
    who: str
    door: str
    why: str
    version: int
    changes: list[Told]


def trail(model: type[Audited], pk: int) -> list[Entry]:
    """Return the recorded changes of one row, newest first; two queries and few more."""
    events = stream.of_row(model, pk)
    names = names_of(events)
    return [_entry(event, names) for event in reversed(events)]


def _entry(event: Event, names: Names) -> Entry:
    return Entry(
        at=event.at,
        what=_SIGNS[event.sign],
        who=words.who_words(event.who, event.on_behalf),
        door=event.door,
        why=words.why_words(event.why),
        version=event.version,
        changes=words.held(event, names) if event.before is None else words.told(event, names),
    )
