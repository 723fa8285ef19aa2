"""The timeline of an action item: who did what, when and why, newest first, thirty on a page."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from toimenpiteet import labels
from toimenpiteet.calendar import local_day
from toimenpiteet.dates import day_words, due_words, moment_words
from toimenpiteet.labels import Label
from toimenpiteet.models import ActionItem, Comment, Goal, PeriodPlan, Step
from toimenpiteet.selectors.history import stream, words
from toimenpiteet.selectors.history.names import Names, names_of
from toimenpiteet.selectors.history.stream import Event
from toimenpiteet.selectors.history.words import Told
from toimenpiteet.selectors.translated import Text

PAGE = 30
KINDS: dict[str, Label] = {
    "move": gettext_lazy("Moves"),
    "step": gettext_lazy("Steps"),
    "comment": gettext_lazy("Comments"),
    "edit": gettext_lazy("Edits"),
}
# What is made through these comes of a document, of the calendar, or with the plan itself, which tells of it.
_LOADED = {"import", "command", "task"}
# What the public reads of: never more by itself than this, whatever is recorded one day.
_PUBLIC_KINDS = {"item", "plan", "step", "comment", "unit", "project", "budget_line", "goal", "successor"}
_PUBLIC_FIELDS = {"text", "name", "due_on", "due_precision", "date_kind", "done", "unit", "goal", "lead_unit", "status"}


@dataclass(frozen=True)
class Entry:
    """One sentence of the timeline; `why` is in the words of the person who acted. `slug` names it for ever."""

    slug: str
    when: str
    sentence: str
    why: str
    period: str
    kind: str
    changes: list[Told]


@dataclass(frozen=True)
class Timeline:
    """One page of an item's events; `kind` is the filter in force, `moved` the goals that the item came from.

    `dues` says in words how the due date of each plan has moved, by the plan's key; nothing where it has not.
    """

    events: list[Entry]
    kind: str
    page: int
    pages: int
    count: int
    moved: list[tuple[Text, Text, str]]
    dues: list[tuple[int, str]]


@dataclass(frozen=True)
class Asked:
    """Which events: of one `kind` or all, which page of them, or the page with the event `slug`."""

    kind: str = ""
    page: int = 1
    slug: str = ""


@dataclass(frozen=True)
class Reader:
    """Who reads. The public gets no people's names, no reasons, and of texts only what they say now."""

    public: bool
    wording: dict[int, Text]

    def who(self, event: Event) -> str:
        """Return the name of who acted; the public reads no person's."""
        hidden = self.public and event.who not in labels.PROGRAM
        return _("An official") if hidden else words.who_words(event.who, event.on_behalf)

    def thing(self, event: Event, names: Names) -> Text:
        """Return what an event is about."""
        if self.public and event.model is Step:
            return words.shortened(self.wording.get(event.object, Text("–")))
        return words.shortened(words.thing_of(event, names) or Text("–"))

    def reads(self, event: Event) -> bool:
        """Tell whether anything of an event is for this reader."""
        if not self.public or event.move:
            return True
        if words.kind_of(event) not in _PUBLIC_KINDS or event.model is Comment:
            # That somebody commented is for everybody, what became of the comment is not.
            return event.model is Comment and event.sign == "+"
        changed = {getattr(one.field, "translated_field", one.field).name for one in event.differences}
        return event.sign != "~" or bool(changed & _PUBLIC_FIELDS)


def timeline(item: int, periods: dict[int, str], reader: Reader, asked: Asked) -> Timeline:
    """Return the events of an item that were asked for; `periods` are its plans' by the plan's key. Two queries."""
    events = stream.of_item(item, list(periods))
    names = names_of(events)
    acts = [act for act in _acts(events) if reader.reads(act[0]) and _tells(act[0])][::-1]
    kind = asked.kind if asked.kind in KINDS else ""
    place = next((at for at, act in enumerate(acts) if asked.slug in map(slug_of, act)), None)
    if place is not None:
        kind = kind if kind == _kind(acts[place][0]) else ""
    shown = [act for act in acts if not kind or _kind(act[0]) == kind]
    pages = max(1, -(-len(shown) // PAGE))
    page = max(1, min(asked.page, pages))
    if place is not None:
        page = shown.index(acts[place]) // PAGE + 1
    entries = [_entry(act, periods, reader, names) for act in shown[(page - 1) * PAGE : page * PAGE]]
    return Timeline(entries, kind, page, pages, len(shown), _goals_left(events, names)[::-1], _dues(events))


def slug_of(event: Event) -> str:
    """Return the lasting name of an event: addresses that hold one are in mails and minutes."""
    if event.move:
        return f"move-{event.move.pk}"
    if event.model is Comment and event.sign == "+":
        return f"comment-{event.object}"
    return f"{words.kind_of(event)}-{event.row}"


def _acts(events: Iterable[Event]) -> Iterator[list[Event]]:
    """Yield the events one by one; those by which somebody put things into another order come as one."""

    def one_act(event: Event) -> tuple[object, ...]:
        ordered = event.model if words.act_of(event) == "order" else event.row
        return event.model, event.plan, event.at, event.by, ordered

    for _key, together in groupby(events, key=one_act):
        yield list(together)


def _kind(event: Event) -> str:
    if event.move:
        return "move"
    return kind if (kind := words.kind_of(event)) in KINDS else "edit"


def _tells(event: Event) -> bool:
    """Leave out what says nothing to a reader, and what came with the plan."""
    if event.move or event.sign == "-" or event.model is Comment:
        return True
    if event.before is None:
        return event.model in {PeriodPlan, ActionItem} or event.door not in _LOADED
    return bool(event.differences)


def _goals_left(events: Iterable[Event], names: Names) -> list[tuple[Text, Text, str]]:
    def goal(pk: int) -> Text:
        return names.get((Goal, pk), Text("–"))

    return [
        (goal((event.before or {})["goal_id"]), goal(event.values["goal_id"]), moment_words(event.at))
        for event in events
        if words.act_of(event) == "moved"
    ]


def _dues(events: Iterable[Event]) -> list[tuple[int, str]]:
    """Return how the due dates of plans have moved, from the first one on."""
    found: dict[int, list[tuple[date | None, str, datetime]]] = defaultdict(list)
    for event in events:
        if event.model is PeriodPlan:
            due_on, precision = event.values["due_on"], event.values["due_precision"]
            known = found[event.object]
            if not known or known[-1][:2] != (due_on, precision):
                known.append((due_on, precision, event.at))
    return [(plan, ", ".join(_due_story(dues))) for plan, dues in found.items() if len(dues) > 1]


def _due_story(dues: list[tuple[date | None, str, datetime]]) -> Iterator[str]:
    (first, precision, _at), *moved = dues
    if first is None:
        yield _("originally due at the end of the period")
    else:
        yield _("originally due %(day)s") % {"day": due_words(first, precision)}
    for due_on, exactly, at in moved:
        when = day_words(local_day(at))
        if due_on is None:
            yield _("due date taken away (on %(when)s)") % {"when": when}
        else:
            yield _("moved to %(day)s (on %(when)s)") % {"day": due_words(due_on, exactly), "when": when}


def _entry(act: list[Event], periods: dict[int, str], reader: Reader, names: Names) -> Entry:
    event = act[0]
    return Entry(
        slug=slug_of(event),
        when=moment_words(event.at),
        sentence=words.sentence(event, reader.who(event), reader.thing(event, names)),
        why="" if reader.public else words.own_words(event),
        period=periods.get(event.plan or 0, ""),
        kind=_kind(event),
        changes=words.told_of_move(event) if reader.public else list(_changes(act, names)),
    )


def _changes(act: list[Event], names: Names) -> Iterator[Told]:
    for event in act:
        for change in words.told(event, names, beside_sentence=True):
            # Of several things at once each is named.
            name = str(words.shortened(words.thing_of(event, names))) if len(act) > 1 else change.name
            yield Told(name, change.before, change.after, change.pieces, change.lang)
