"""What a kind of reminder is made of: what is owed to whom, and what the day's mail says of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from notifications.recipients import Receiver, Told
from toimenpiteet.labels import Label
from toimenpiteet.selectors.translated import Text

if TYPE_CHECKING:
    from notifications.situation import Situation


@dataclass(frozen=True)
class Debt:
    """One thing that one receiver is to be told of, once.

    `about` tells it from all others of its kind; `told` says for which unit and why it is this receiver. `sources` are
    the units in whose name it reaches the unit: a group, or what the unit was called before. `words` are somebody's.
    `was` is a day that was moved.
    """

    kind: str
    about: str
    told: Told
    round_id: int | None = None
    plan_id: int | None = None
    sources: frozenset[int] = frozenset()
    words: str = ""
    was: date | None = None

    @property
    def receiver(self) -> Receiver:
        """Return whom to tell."""
        return self.told.receiver

    def key(self, municipality: int) -> str:
        """Return the UNIQUE key of the obligation."""
        return f"{self.kind}:{municipality}:{self.receiver.key}:{self.about}"


@dataclass(frozen=True)
class Row:
    """One line of a mail: what, where it leads, beside it a note and a day; `words` are somebody's own.

    `by_button` tells that it leads where the section's button does, so that a text without links need not say it.
    """

    title: Text
    url: str
    note: str = ""
    when: str = ""
    late: bool = False
    words: str = ""
    by_button: bool = False


@dataclass(frozen=True)
class Section:
    """What the day's mail says of one thing, such as a round: finished values in the receiver's language.

    `rows` are the first of `count`; the rest stands behind `more_url`. `subject` is what the subject says when this is
    the mail's first section, `tells` which debts it tells, `folded` counts what comes by groups.
    """

    kind: str
    heading: Text
    subject: str
    tells: tuple[Debt, ...]
    lead: str = ""
    why: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    count: int = 0
    folded: tuple[str, ...] = ()
    more_url: str = ""
    thread: str = ""
    more_words: str = ""

    @property
    def left(self) -> int:
        """Return how many lines stand behind the link alone."""
        return max(0, self.count - len(self.rows))


def sample_row(note: str = "", *, words: str = "", late: bool = False) -> Row:
    """Return an invented line, for a sample of a mail."""
    return Row(Text(_("An action item")), settings.PUBLIC_URL, "2021–2030", note, late=late, words=words)


@dataclass(frozen=True)
class Kind:
    """A kind of reminder. Its folder holds all of it; its name is that of the folder.

    `duty`: nobody can switch it off. `comes_by_itself`: on a day, and not by what somebody does. `lasts`: the section
    shows all that is owed as soon as any of it is new; else only what was not told before. Sections come by `order`.
    `sample` is a section of invented things, in the active language, for looking at.
    """

    name: str
    label: Label
    order: int
    owed: Callable[["Situation"], Iterable[Debt]]
    sections: Callable[["Situation", list[Debt], int], list[Section]]
    sample: Callable[[], Section]
    duty: bool = True
    lasts: bool = False
    comes_by_itself: bool = False
