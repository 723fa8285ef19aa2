"""The words of a report: its lights with their definitions, statuses, texts in its language, numbers of a whole."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from toimenpiteet import labels
from toimenpiteet.answers import Review, Said
from toimenpiteet.calendar import local_day
from toimenpiteet.dates import day_words, due_words, moment_words
from toimenpiteet.exchange.report.document import Line, Mark
from toimenpiteet.exchange.report.facts import mark_of
from toimenpiteet.languages import CODES
from toimenpiteet.selectors.indicators import plain_number
from toimenpiteet.selectors.translated import text_in
from toimenpiteet.snapshots import Answer, Evidence, Goal, Plan, Words
from toimenpiteet.workflow import LateBecause, Role, Status

if TYPE_CHECKING:
    from toimenpiteet.labels import Label

NOTHING = "–"
_DAY = len("2026-12-31")
SHAPE: dict[Mark, str] = {
    Mark.ON_TRACK: "●",
    Mark.AT_RISK: "▲",
    Mark.OFF_TRACK: "■",
    Mark.NOT_ASSESSED: "○",
    Mark.NOT_REPORTED: NOTHING,
}
# A light is called on paper as on the screen where it was chosen.
MARK: "dict[Mark, Label]" = {Mark(light.value): word for light, word in labels.LIGHT.items()} | {
    Mark.NOT_REPORTED: labels.SAID[Said.NOTHING]
}
COLOUR: "dict[Mark, Label]" = {
    Mark.ON_TRACK: pgettext_lazy("light", "green"),
    Mark.AT_RISK: pgettext_lazy("light", "yellow"),
    Mark.OFF_TRACK: pgettext_lazy("light", "red"),
}
MEANS: "dict[Mark, Label]" = {Mark(light.value): means for light, means in labels.LIGHT_MEANS.items()} | {
    Mark.NOT_REPORTED: gettext_lazy("No answer came before the round was locked. It may have changed."),
}
# What a report to a body says otherwise than the screens.
STATUS: "dict[Status, Label]" = labels.STATUS | {
    Status.DISCONTINUED: pgettext_lazy("report", "discontinued by decision"),
    Status.CARRIED_OVER: pgettext_lazy("report", "carried over to the next period"),
}


def said(words: Words, own: str) -> Line:
    """Return a text in the active language, else in the municipality's `own` or any, and then marked."""
    text = text_in([words.get(code) for code in CODES], own)
    return Line(text.text, text.lang)


def name_of_goal(goal: Goal, own: str) -> Line:
    """Return a goal's name after its number."""
    name = said(goal["name"], own)
    return name if goal["number"] is None else Line(f"{goal['number']} {name.text}", name.lang)


def names(words: list[Words], own: str) -> list[Line]:
    """Return names, a paragraph for each."""
    return [said(each, own) for each in words]


def units(plan: Plan, own: str) -> list[Line]:
    """Return the names of the responsible units."""
    return names([unit["name"] for unit in plan["units"]], own)


def light(mark: Mark) -> Line:
    """Return a light as its shape and its word."""
    return Line(f"{SHAPE[mark]} {MARK[mark]}", mark=mark.value)


def light_head(mark: Mark) -> str:
    """Return a light as the head of a narrow column: its shape, and its colour where it has one."""
    return f"{SHAPE[mark]} {COLOUR.get(mark, MARK[mark])}"


def light_key(mark: Mark) -> Line:
    """Return a light for the key: its shape, its word, and its colour where it has one."""
    colour = f" ({COLOUR[mark]})" if mark in COLOUR else ""
    return Line(f"{SHAPE[mark]} {MARK[mark]}{colour}", mark=mark.value)


def means(mark: Mark, *, draft: bool) -> str:
    """Return what a light means; in a draft an answer may still come."""
    return _("No answer has come so far.") if draft and mark is Mark.NOT_REPORTED else str(MEANS[mark])


def light_of(plan: Plan) -> Line:
    """Return the light of a plan that was asked."""
    return light(mark_of(plan))


def status(plan: Plan) -> str:
    """Return the word of a plan's status."""
    return str(STATUS[Status(plan["status"])])


def state(answer: Answer, own: str) -> str:
    """Return what was said and what the review made of it, and by which role and unit; "" where nothing was said."""
    if answer["said"] == Said.NOTHING:
        return ""
    kept = f"{labels.SAID[Said(answer['said'])]}, {labels.REVIEW[Review(answer['review'])]}"
    role = str(labels.ROLE[Role(answer["role"])]) if answer["role"] else ""
    by = ", ".join(text for text in (role, said(answer.get("unit") or {}, own).text) if text)
    return f"({kept}; {by})" if by else f"({kept})"


def late(plan: Plan) -> str:
    """Return why a plan is late and since when, empty where it is not."""
    late = plan["late"]
    return str(labels.LATE[LateBecause(late["because"])]) % {"day": day(late["since"])} if late else ""


def day(text: str | None) -> str:
    """Return a day of the snapshot in words, empty where there is none."""
    return day_words(date.fromisoformat(text)) if text else ""


def day_of(at: str | None) -> str:
    """Return in words a day, or that of an instant in Europe/Helsinki; empty where there is none."""
    return day(at) if at is None or len(at) == _DAY else day_words(local_day(instant(at)))


def moment(text: str) -> str:
    """Return an instant of the snapshot as day and time in Europe/Helsinki."""
    return moment_words(instant(text))


def instant(text: str) -> datetime:
    """Return an instant of the snapshot."""
    return datetime.fromisoformat(text)


def decided_by(body: str, on: str | None, section: str) -> str:
    """Return which body decided, on which day (of the snapshot) and in which section, as far as each is known."""
    known = (body, day(on), f"§\N{NO-BREAK SPACE}{section}" if section else "")
    return " ".join(part for part in known if part)


def due(plan: Plan) -> list[Line]:
    """Return when a plan is to be done: with the day it had first, where it has moved since.

    A plan without a day of its own is due when its period ends; a step may be due before.
    """
    if plan["due_on"] is None:
        end = date(plan["period"]["end_year"], 12, 31).isoformat()
        due_by = [Line(day(max(end, plan["deadline_on"]))), Line(_("(end of the period)"))]
        step = _("a step: %(day)s") % {"day": day(plan["deadline_on"])}
        return due_by if plan["deadline_on"] >= end else [*due_by, Line(step)]
    now = due_words(date.fromisoformat(plan["due_on"]), plan["due_precision"])
    if plan["first_due_on"] is None or plan["first_due_on"] == plan["due_on"]:
        return [Line(now)]
    first = _("first: %(day)s") % {"day": day(plan["first_due_on"])}
    return [Line(first), Line(_("now: %(day)s") % {"day": now})]


def evidence(found: list[Evidence]) -> list[str]:
    """Return the evidence that everybody may read, a file by its name."""
    said = [(one["name"], one["url"] or one["file"]) for one in found if one["public"]]
    return [_("Evidence: %(name)s") % {"name": ", ".join(dict.fromkeys(both))} for both in said]


def number(value: str) -> str:
    """Return a decimal of the snapshot in the active language's notation."""
    return plain_number(Decimal(value))


def share(part: int, whole: int) -> str:
    """Return how many of how many, and in per cent where there is something to share."""
    if not whole:
        return _("%(part)s of %(whole)s") % {"part": part, "whole": whole}
    percent = (200 * part + whole) // (2 * whole)
    told = _("%(part)s of %(whole)s (%(percent)s %%)") % {"part": part, "whole": whole, "percent": percent}
    return told.replace(" %", "\N{NO-BREAK SPACE}%")
