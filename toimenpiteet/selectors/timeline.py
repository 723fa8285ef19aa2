"""Who did what, when and why, as sentences with before and after; newest first, thirty on a page."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from toimenpiteet import labels
from toimenpiteet.dates import due_words, moment_words
from toimenpiteet.labels import Label
from toimenpiteet.languages import CODES, DEFAULT
from toimenpiteet.selectors.recorded import Change, Recorded, recorded
from toimenpiteet.selectors.recorded_words import spellings, who_words, why_words
from toimenpiteet.selectors.wording import Piece, differences
from toimenpiteet.selectors.words import Text
from toimenpiteet.workflow import Status

PAGE = 30
KINDS: dict[str, Label] = {
    "move": gettext_lazy("Moves"),
    "step": gettext_lazy("Steps"),
    "comment": gettext_lazy("Comments"),
    "edit": gettext_lazy("Edits"),
}
_MOVES = {
    "start": gettext_lazy("%(who)s started the plan."),
    "pause": gettext_lazy("%(who)s put the plan on hold."),
    "resume": gettext_lazy("%(who)s resumed the plan."),
    "propose_completion": gettext_lazy("%(who)s proposed the plan as completed."),
    "withdraw": gettext_lazy("%(who)s withdrew the proposal of completion."),
    "approve": gettext_lazy("%(who)s approved the plan as completed."),
    "send_back": gettext_lazy("%(who)s sent the plan back to be continued."),
    "discontinue": gettext_lazy("%(who)s discontinued the plan."),
    "carry_over": gettext_lazy("%(who)s carried the plan over to the next period."),
    "reopen": gettext_lazy("%(who)s reopened the plan."),
    "take_back": gettext_lazy("%(who)s took back the change of status just before."),
}
_SENTENCES: dict[tuple[str, str], Label] = {
    ("comment", "+"): gettext_lazy("%(who)s commented."),
    ("step", "+"): gettext_lazy("%(who)s added the step “%(thing)s”."),
    ("step", "~"): gettext_lazy("%(who)s changed the step “%(thing)s”."),
    ("step", "-"): gettext_lazy("%(who)s removed the step “%(thing)s”."),
    ("step", "done"): gettext_lazy("%(who)s marked the step “%(thing)s” done."),
    ("step", "undone"): gettext_lazy("%(who)s reopened the step “%(thing)s”."),
    ("plan", "+"): gettext_lazy("%(who)s added the plan."),
    ("plan", "~"): gettext_lazy("%(who)s edited the plan."),
    ("plan", "-"): gettext_lazy("%(who)s removed the plan."),
    ("item", "+"): gettext_lazy("%(who)s added the action item."),
    ("item", "~"): gettext_lazy("%(who)s edited the action item."),
    ("item", "moved"): gettext_lazy("%(who)s moved the action item to the goal “%(thing)s”."),
    ("link", "+"): gettext_lazy("%(who)s added %(thing)s."),
    ("link", "-"): gettext_lazy("%(who)s removed %(thing)s."),
}
# These come of loading a document, or with the plan itself, whose own first sentence tells of them.
_LOADED = {"import", "command"}


@dataclass(frozen=True)
class Difference:
    """One thing that changed: its name, and what it was and became; of a text in `lang` also as marked `pieces`."""

    name: str
    before: str
    after: str
    pieces: list[Piece] = field(default_factory=list)
    lang: str = ""


@dataclass(frozen=True)
class Event:
    """One sentence of the timeline; `why` is in the words of the person who acted. `slug` names it for ever."""

    slug: str
    when: str
    sentence: str
    why: str
    period: str
    kind: str
    changes: list[Difference]


@dataclass(frozen=True)
class Timeline:
    """One page of an item's events; `kind` is the filter in force, `moved` the goals that the item came from."""

    events: list[Event]
    kind: str
    page: int
    pages: int
    count: int
    moved: list[tuple[Text, Text, str]]


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
    wording: dict[int, str]

    def who(self, name: str) -> str:
        """Return the name of who acted; the public reads no person's."""
        return _("An official") if self.public and name not in labels.PROGRAM else who_words(name)

    def thing(self, change: Change) -> str:
        """Return what a row is about."""
        row = change.after
        if row.kind != "step":
            return row.pointed.text or "–"
        text = self.wording.get(row.object, "–") if self.public else row.text.text
        return Truncator(text).chars(120)


def timeline(item: int, periods: dict[int, str], reader: Reader, asked: Asked) -> Timeline:
    """Return the events of an item that were asked for; `periods` are its plans' by the plan's key. One query."""
    changes = [change for change in reversed(recorded(item, list(periods))) if _tells(change)]
    kind = asked.kind if asked.kind in KINDS else ""
    place = next((at for at, change in enumerate(changes) if _slug(change.after) == asked.slug), None)
    if place is not None:
        kind = kind if kind == _kind(changes[place].after) else ""
    shown = [change for change in changes if not kind or _kind(change.after) == kind]
    pages = max(1, -(-len(shown) // PAGE))
    page = max(1, min(asked.page, pages))
    if place is not None:
        page = shown.index(changes[place]) // PAGE + 1
    events = [_event(change, periods, reader) for change in shown[(page - 1) * PAGE : page * PAGE]]
    return Timeline(events, kind, page, pages, len(shown), _goals_left(changes))


def _slug(row: Recorded) -> str:
    return f"{row.kind}-{row.row}"


def _kind(row: Recorded) -> str:
    return row.kind if row.kind in KINDS else "edit"


def _tells(change: Change) -> bool:
    """Leave out what says nothing to a reader, and what came with the plan."""
    row = change.after
    if row.kind in {"move", "comment"} or row.sign == "-":
        return True
    if change.before is None:
        return row.kind in {"plan", "item"} or row.door not in _LOADED
    return change.before.done != row.done or any(_differences(change.before, row))


def _goals_left(changes: list[Change]) -> list[tuple[Text, Text, str]]:
    return [
        (change.before.pointed, change.after.pointed, moment_words(change.after.at))
        for change in changes
        if change.before is not None and _act(change) == "moved"
    ]


def _act(change: Change) -> str:
    """Return which sentence tells of a change."""
    before, row = change.before, change.after
    if before is None or row.sign == "-":
        return row.sign
    if row.kind == "item" and before.ref != row.ref:
        return "moved"
    if row.kind == "step" and before.done != row.done:
        return "done" if row.done else "undone"
    return "~"


def _event(change: Change, periods: dict[int, str], reader: Reader) -> Event:
    row = change.after
    values = {"who": reader.who(row.who), "thing": reader.thing(change)}
    form = _MOVES[row.state or ""] if row.kind == "move" else _sentence(row.kind, _act(change))
    hidden = reader.public and row.kind != "move"
    return Event(
        slug=_slug(row),
        when=moment_words(row.at),
        sentence=str(form) % values,
        why="" if reader.public else _own_words(change),
        period=periods.get(row.plan or 0, ""),
        kind=_kind(row),
        changes=[] if hidden else list(_told(change)),
    )


def _own_words(change: Change) -> str:
    """Return the reason where a person gave one: the set phrase of a step says no more than its sentence."""
    row = change.after
    if _act(change) in {"done", "undone"} or (row.kind == "step" and row.why in _set_phrases()):
        return ""
    return why_words(row.why)


@cache
def _set_phrases() -> frozenset[str]:
    return spellings(labels.STEP_REASON.values())


def _sentence(kind: str, act: str) -> Label:
    return _SENTENCES.get((kind, act)) or _SENTENCES["link", "-" if act == "-" else "+"]


def _told(change: Change) -> Iterator[Difference]:
    before, row = change.before, change.after
    if row.kind == "move":
        before_it, after_it = (str(labels.STATUS[Status(status or "")]) for status in (row.text_fi, row.text_sv))
        yield Difference(_("status"), before_it, after_it)
    elif before is not None and row.sign == "~":
        yield from _differences(before, row)


def _differences(before: Recorded, after: Recorded) -> Iterator[Difference]:
    for language in CODES:
        old, new = getattr(before, f"text_{language}") or "", getattr(after, f"text_{language}") or ""
        if old != new:
            name = _("name") if after.kind == "item" else _("text")
            yield Difference(_in(language, name), old, new, differences(old, new), language)
    pairs: list[tuple[str, Any, Any]] = [
        (_("due"), _due(before), _due(after)),
        (_("goal") if after.kind == "item" else _("responsible unit"), before.pointed.text, after.pointed.text),
        (_("lead unit"), before.lead.text, after.lead.text),
    ]
    for name, old, new in pairs:
        if old != new:
            yield Difference(name, old or "–", new or "–")


def _in(language: str, name: str) -> str:
    return name if language == DEFAULT else f"{name} ({language})"


def _due(row: Recorded) -> str:
    return due_words(row.due_on, row.due_precision) if row.due_on and row.due_precision else ""
