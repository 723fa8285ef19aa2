"""The words of the record: what happened as a sentence, what differs, who and why, in the reader's language."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from toimenpiteet import labels
from toimenpiteet.answers import Review
from toimenpiteet.answers import Said as Answered
from toimenpiteet.change_requests import ChangeKind
from toimenpiteet.dates import day_words, due_words, moment_words
from toimenpiteet.labels import Label
from toimenpiteet.languages import CODES, DEFAULT
from toimenpiteet.models import (
    ActionItem,
    AnswerCorrection,
    ChangeRequest,
    Comment,
    LinkedGoal,
    PeriodPlan,
    PlanBudgetLine,
    PlanProject,
    PlanSuccessor,
    PlanUnit,
    StatusReport,
    Step,
)
from toimenpiteet.selectors.history.names import Names, columns_naming
from toimenpiteet.selectors.history.stream import Difference, Event, fields_of
from toimenpiteet.selectors.history.wording import Piece, differences
from toimenpiteet.selectors.translated import Phrase, Text, text_in
from toimenpiteet.workflow import TAKE_BACK, Status

# What the kinds of rows are called in addresses and to programs, for ever; others by the name of their model.
_KINDS: dict[Any, str] = {
    ActionItem: "item",
    PeriodPlan: "plan",
    PlanUnit: "unit",
    PlanProject: "project",
    PlanBudgetLine: "budget_line",
    PlanSuccessor: "successor",
    LinkedGoal: "goal",
}


def kind_of(event: Event) -> str:
    """Return what kind of thing an event is about, as one word for programs."""
    return _KINDS.get(event.model) or str(event.model._meta.model_name)


# What happened


class Said(NamedTuple):
    """An act in words: as a sentence that names who, and as the heading of one line."""

    sentence: Label
    heading: Label


_MOVES: dict[str, Label] = {
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
_SAID: dict[tuple[str, str], Said] = {
    ("comment", "+"): Said(gettext_lazy("%(who)s commented."), gettext_lazy("Comment")),
    ("step", "+"): Said(gettext_lazy("%(who)s added the step “%(thing)s”."), gettext_lazy("Step added")),
    ("step", "~"): Said(gettext_lazy("%(who)s changed the step “%(thing)s”."), gettext_lazy("Step edited")),
    ("step", "-"): Said(gettext_lazy("%(who)s removed the step “%(thing)s”."), gettext_lazy("Step removed")),
    ("step", "done"): Said(gettext_lazy("%(who)s marked the step “%(thing)s” done."), gettext_lazy("Step done")),
    ("step", "undone"): Said(
        gettext_lazy("%(who)s reopened the step “%(thing)s”."), gettext_lazy("Step not done after all")
    ),
    ("step", "order"): Said(
        gettext_lazy("%(who)s changed the order of the steps."), gettext_lazy("Order of the steps changed")
    ),
    ("plan", "+"): Said(gettext_lazy("%(who)s added the plan."), gettext_lazy("Plan added")),
    ("plan", "~"): Said(gettext_lazy("%(who)s edited the plan."), gettext_lazy("Plan edited")),
    ("plan", "-"): Said(gettext_lazy("%(who)s removed the plan."), gettext_lazy("Plan removed")),
    ("item", "+"): Said(gettext_lazy("%(who)s added the action item."), gettext_lazy("Action item added")),
    ("item", "~"): Said(gettext_lazy("%(who)s edited the action item."), gettext_lazy("Action item edited")),
    ("item", "moved"): Said(
        gettext_lazy("%(who)s moved the action item to the goal “%(thing)s”."),
        gettext_lazy("Moved to the goal “%(thing)s”"),
    ),
    ("changerequest", "+"): Said(
        gettext_lazy("%(who)s proposed a change: %(thing)s."), gettext_lazy("Change proposed: %(thing)s")
    ),
    ("changerequest", "needs_body"): Said(
        gettext_lazy("%(who)s referred a change to a body: %(thing)s."),
        gettext_lazy("Change awaits a body's decision: %(thing)s"),
    ),
    ("changerequest", "accepted"): Said(
        gettext_lazy("%(who)s accepted a change: %(thing)s."), gettext_lazy("Change accepted: %(thing)s")
    ),
    ("changerequest", "declined"): Said(
        gettext_lazy("%(who)s declined a change: %(thing)s."), gettext_lazy("Change declined: %(thing)s")
    ),
    ("changerequest", "withdrawn"): Said(
        gettext_lazy("%(who)s withdrew a proposed change: %(thing)s."), gettext_lazy("Change withdrawn: %(thing)s")
    ),
    ("statusreport", "+"): Said(
        gettext_lazy("%(who)s asked how the plan stands: %(thing)s."),
        gettext_lazy("An answer was asked for: %(thing)s"),
    ),
    ("statusreport", "~"): Said(
        gettext_lazy("%(who)s said how the plan stands: %(thing)s."), gettext_lazy("Answered: %(thing)s")
    ),
    ("statusreport", Answered.NOTHING): Said(
        gettext_lazy("%(who)s withdrew the answer: %(thing)s."), gettext_lazy("Answer withdrawn: %(thing)s")
    ),
    ("statusreport", Review.RETURNED): Said(
        gettext_lazy("%(who)s returned the answer: %(thing)s."), gettext_lazy("Answer returned: %(thing)s")
    ),
    ("statusreport", Review.ACCEPTED): Said(
        gettext_lazy("%(who)s accepted the answer: %(thing)s."), gettext_lazy("Answer accepted: %(thing)s")
    ),
    ("grantplan", "+"): Said(
        gettext_lazy("%(who)s gave the right to answer: %(thing)s."), gettext_lazy("Right to answer: %(thing)s")
    ),
    ("answercorrection", "+"): Said(
        gettext_lazy("%(who)s corrected what was said of the plan in a locked round."),
        gettext_lazy("Locked answer corrected"),
    ),
    ("evidence", "+"): Said(
        gettext_lazy("%(who)s put evidence beside what was said: “%(thing)s”."),
        gettext_lazy("Evidence added: “%(thing)s”"),
    ),
    ("evidence", "-"): Said(
        gettext_lazy("%(who)s took evidence away from what was said: “%(thing)s”."),
        gettext_lazy("Evidence taken away: “%(thing)s”"),
    ),
    ("successor", "+"): Said(
        gettext_lazy("%(who)s let it go on in the action item “%(thing)s”."),
        gettext_lazy("Goes on in the action item “%(thing)s”"),
    ),
    ("successor", "-"): Said(
        gettext_lazy("%(who)s ended its going on in the action item “%(thing)s”."),
        gettext_lazy("Goes on no more in the action item “%(thing)s”"),
    ),
    ("unit", "+"): Said(gettext_lazy("%(who)s added %(thing)s."), gettext_lazy("Responsible unit added")),
    ("unit", "order"): Said(
        gettext_lazy("%(who)s changed the order of the responsible units."),
        gettext_lazy("Order of the responsible units changed"),
    ),
    ("unit", "-"): Said(gettext_lazy("%(who)s removed %(thing)s."), gettext_lazy("Responsible unit removed")),
}
# What has no words of its own is called as the model is: a kind of thing that is added needs none to be told.
_ANY: dict[str, Said] = {
    "+": Said(gettext_lazy("%(who)s added %(thing)s."), gettext_lazy("%(kind)s added")),
    "~": Said(gettext_lazy("%(who)s changed %(thing)s."), gettext_lazy("%(kind)s changed")),
    "order": Said(gettext_lazy("%(who)s changed the order: %(kind)s."), gettext_lazy("%(kind)s: order changed")),
    "-": Said(gettext_lazy("%(who)s removed %(thing)s."), gettext_lazy("%(kind)s removed")),
}


def act_of(event: Event) -> str:
    """Return which words tell of an event: its sign, or what is said of a change in words of its own."""
    changed = {change.field.name for change in event.differences}
    if event.sign != "~":
        return event.sign
    if event.model is ActionItem and "goal" in changed:
        return "moved"
    if event.model is Step and "done" in changed:
        return "done" if event.values["done"] else "undone"
    if event.model is ChangeRequest and "status" in changed:
        return str(event.values["status"])
    if event.model is StatusReport:
        return _answered(event.values, changed)
    return "order" if changed == {"order"} else "~"


def _answered(values: dict[str, Any], changed: set[str]) -> str:
    """Return which words tell of a change of an answer: what the review made of it, withdrawn, or said."""
    if "review" in changed and values["review"] != Review.NONE:
        return str(values["review"])
    return str(Answered.NOTHING) if "said" in changed and values["said"] == Answered.NOTHING else "~"


def words_of_answer(event: Event) -> str:
    """Return what was written with a change of an answer: the answer itself, or what the review misses."""
    if event.model is AnswerCorrection:
        return str(event.values["text"])
    written = {"~": "text", str(Review.RETURNED): "review_text"}.get(act_of(event))
    return str(event.values[written]) if written else ""


def sentence(event: Event, who: str, thing: Text) -> Phrase:
    """Return what happened as a sentence; `who` and `thing` as the reader may read them."""
    form = _MOVES[event.move.name] if event.move else _said(event).sentence
    return Phrase.of(str(form), who=who, thing=thing, kind=kind_words(event))


def move_sentence(move: str, who: str) -> str:
    """Return what a move of a plan's status did, as a sentence that names who."""
    return str(_MOVES[move]) % {"who": who}


def heading(event: Event, thing: Text) -> str:
    """Return what happened in a few words."""
    if event.move:
        moved = " → ".join(_status(status) for status in (event.move.before, event.move.after))
        return _("Taken back: %(moved)s") % {"moved": moved} if event.move.name == TAKE_BACK else moved
    form, kind = str(_said(event).heading), kind_words(event)
    return Phrase.of(form[:1].upper() + form[1:], thing=thing, kind=kind[:1].upper() + kind[1:])


def _said(event: Event) -> Said:
    act = act_of(event)
    return _SAID.get((kind_of(event), act)) or _ANY.get(act) or _ANY["~"]


def kind_words(event: Event) -> str:
    """Return what kind of thing an event is about."""
    return str(event.model._meta.verbose_name)


def thing_of(event: Event, names: Names) -> Text:
    """Return what an event is about: what the row is called, or what it points to, else its kind."""
    if event.model is ActionItem and act_of(event) == "moved":
        return names.get((ActionItem._meta.get_field("goal").related_model, event.values["goal_id"]), Text("–"))
    if event.model is PlanSuccessor:
        return names.get((ActionItem, event.values["item_id"]), Text("–"))
    if event.model is ChangeRequest:
        return Text(str(labels.CHANGE_KIND[ChangeKind(event.values["kind"])]))
    if event.model is StatusReport:
        return names.get((StatusReport._meta.get_field("round").related_model, event.values["round_id"]), Text("–"))
    own = text_in([event.values.get(column) for column in columns_naming(event.model)] or [None] * len(CODES))
    pointed = (names.get((to.related_model, event.values[to.attname])) for to in _pointing(event))
    return own or next(filter(None, pointed), None) or Text(kind_words(event))


def _pointing(event: Event) -> Iterator[Any]:
    return (to for to in fields_of(event.model) if to.is_relation and to.related_model not in {PeriodPlan, ActionItem})


def shortened(text: Text) -> Text:
    """Return a text of at most 120 characters, for the middle of a sentence."""
    return Text(Truncator(text.text).chars(120), text.lang)


# Who, and why


def who_words(name: str, on_behalf: str = "") -> str:
    """Return who acted: a person as named then, a program as the active language calls it; and for whom, if so."""
    who = str(labels.PROGRAM.get(name, name))
    return _("%(who)s on behalf of %(absent)s") % {"who": who, "absent": on_behalf} if on_behalf else who


def why_words(reason: str) -> str:
    """Return the reason of a change: a person's words as written, a load's in the active language."""
    found = _load().fullmatch(reason)
    return str(labels.LOADED) % {"file": next(filter(None, found.groups()))} if found else reason


def own_words(event: Event) -> str:
    """Return what the person who acted wrote: the comment, or the reason where it says more than the sentence."""
    if event.move:
        return event.move.comment
    if event.model is Comment and event.sign == "+":
        return str(event.values["text"])
    if event.model is ChangeRequest:
        return str(event.values["cause" if event.sign == "+" else "decision"])
    if event.model is Step and (act_of(event) in {"done", "undone"} or event.why in _set_phrases()):
        return ""
    # Said with the move by which it came or went.
    return "" if event.model is PlanSuccessor else why_words(event.why)


def spellings(phrases: Iterable[Label]) -> frozenset[str]:
    """Return `phrases` as they are written in each language."""
    wanted, found = list(phrases), set()
    for language in CODES:
        with override(language):
            found |= {str(phrase) for phrase in wanted}
    return frozenset(found)


@cache
def _set_phrases() -> frozenset[str]:
    return spellings(labels.STEP_REASON.values())


@cache
def _load() -> re.Pattern[str]:
    """Return what matches the reason of a load in any of the languages, with the file as the group that is filled."""
    forms = (re.escape(spelling).replace(re.escape("%(file)s"), "(.+)") for spelling in spellings([labels.LOADED]))
    return re.compile("|".join(forms))


# What differs


@dataclass(frozen=True)
class Told:
    """One thing that changed: its name, and what it was and became; of a text in `lang` also as marked `pieces`."""

    name: str
    before: str
    after: str
    pieces: list[Piece] = field(default_factory=list)
    lang: str = ""


# The sentence says that the step is done, or not.
_IN_SENTENCE = {"done": {"done", "done_on"}, "undone": {"done", "done_on"}}
# Which answer was corrected, when and why stands with the event.
_OF_CORRECTION = frozenset({"report", "at", "why"})


def told(event: Event, names: Names, *, beside_sentence: bool = False) -> list[Told]:
    """Return what an event changed, in words: every field that differs; of a move first the status.

    `beside_sentence` leaves out what the event's sentence says already.
    """
    if event.model is AnswerCorrection and event.before is None:
        return held(event, names, besides=_OF_CORRECTION)
    said = {"status"} if event.move else _IN_SENTENCE.get(act_of(event), set()) if beside_sentence else set()
    changes = [change for change in event.differences if change.field.name not in said]
    return [*told_of_move(event), *_told(event, event.before or {}, changes, names)]


def told_of_move(event: Event) -> list[Told]:
    """Return what a move changed of the status, which everybody may read; nothing of another event."""
    move = event.move
    return [Told(_("status"), _status(move.before), _status(move.after))] if move else []


def held(event: Event, names: Names, *, besides: Collection[str] = ()) -> list[Told]:
    """Return what a row held when it was made, in words, as changes from nothing; without the fields `besides`."""
    told_of = (one for one in fields_of(event.model) if one.name not in besides)
    given = [Difference(one, None, event.values[one.attname]) for one in told_of]
    return list(_told(event, {}, [one for one in given if one.after not in (None, "")], names))


def _told(event: Event, before: dict[str, Any], changes: list[Difference], names: Names) -> Iterator[Told]:
    changed = {change.field.name for change in changes}
    for change in changes:
        name = change.field.name
        if name.endswith("_precision") and f"{name.removesuffix('_precision')}_on" in changed:
            continue  # told with its day
        old, new = (_value(change.field, values, names) for values in (before, event.values))
        language = getattr(change.field, "language", "") if hasattr(change.field, "translated_field") else ""
        if language or change.field.get_internal_type() == "TextField":
            yield Told(label_of(change.field), old, new, differences(old, new), language)
        else:
            yield Told(label_of(change.field), old or "–", new or "–")


def label_of(field_: Any) -> str:
    """Return what a field is called; of a translated one other than the first language's also which."""
    original = getattr(field_, "translated_field", field_)
    language = "" if original is field_ or field_.language == DEFAULT else f" ({field_.language})"
    return f"{original.verbose_name}{language}"


def _value(field_: Any, values: dict[str, Any], names: Names) -> str:
    """Return what a field of a row held, in words."""
    value = values.get(field_.attname)
    if value is None or value == "":
        return ""
    if field_.is_relation:
        return str(names.get((field_.related_model, value)) or value)
    if field_.choices:
        return str(dict(field_.flatchoices).get(value, value))
    if isinstance(value, date):
        return _day(value, values.get(f"{field_.name.removesuffix('_on')}_precision"))
    return (_("yes") if value else _("no")) if isinstance(value, bool) else str(value)


def _day(value: date, precision: str | None) -> str:
    if isinstance(value, datetime):
        return moment_words(value)
    return due_words(value, precision) if precision else day_words(value)


def _status(status: str) -> str:
    return str(labels.STATUS[Status(status)])
