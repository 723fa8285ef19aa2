"""The parts of a report about action items: deviations, results, and what nobody reported or can assess."""

from collections import Counter
from datetime import date
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from toimenpiteet import labels
from toimenpiteet.answers import Outcome, Review, Unknown
from toimenpiteet.dates import dated_words
from toimenpiteet.exchange.report import facts, words
from toimenpiteet.exchange.report.changes import open_changes
from toimenpiteet.exchange.report.document import (
    Block,
    Cell,
    Column,
    Heading,
    Line,
    Mark,
    Paragraph,
    Part,
    Table,
    cell,
)
from toimenpiteet.snapshots import Answer, Assessment, Change, Plan, Snapshot, Step
from toimenpiteet.workflow import Role, Status

_DONE = (Status.COMPLETED, Status.AWAITING_APPROVAL)
_ENDED = (Status.DISCONTINUED, Status.CARRIED_OVER)


def deviations(snapshot: Snapshot, own: str) -> Part:
    """Return what does not go as planned, red first; what is late although its light is green; and what was ended."""
    found = [table for make in (_deviations, _late, _ended) if (table := make(snapshot, own)).rows]
    return Part("deviations", _("Deviations"), tuple(found) or (Paragraph(Line(_("No deviations were reported."))),))


def _deviations(snapshot: Snapshot, own: str) -> Table:
    columns = (
        Column(_("Action item"), 2.6),
        Column(_("Responsible unit"), 2.2),
        Column(_("Status and light"), 2.1),
        Column(_("Cause"), 2.6),
        Column(_("Next step"), 2.6),
        Column(pgettext("report", "To be done"), 2.2),
        Column(_("Who decides"), 2),
    )
    waiting, several = open_changes(snapshot), _several(snapshot)
    rows = tuple(
        (
            _name(plan, own, several),
            *_deviation(plan, own, waiting.get((plan["item"], plan["period"]["key"])), snapshot),
        )
        for plan in facts.asked(snapshot, Mark.OFF_TRACK, Mark.AT_RISK)
    )
    return Table("deviations", _("Deviations, the red ones first"), columns, rows)


def _deviation(plan: Plan, own: str, change: Change | None, snapshot: Snapshot) -> tuple[Cell, ...]:
    answer = _answer(plan)
    proposed = change["proposed"]["due_on"] if change else None
    return (
        cell(*words.units(plan, own)),
        cell(words.status(plan), words.light_of(plan)),
        cell(answer["cause"]),
        cell(answer["next_step"]),
        cell(*words.due(plan), _("proposed: %(day)s") % {"day": words.day(proposed)} if proposed else ""),
        cell(_decider(plan, change, snapshot, own)),
    )


def _decider(plan: Plan, change: Change | None, snapshot: Snapshot, own: str) -> Line:
    """Return who decides how it goes on: on the change that waits, else of what is red the body of the round."""
    if change:
        return Line(change["body"] or str(labels.ROLE[Role.DIRECTOR]))
    if facts.mark_of(plan) is Mark.OFF_TRACK:
        return words.said(snapshot["round"]["body"], own)
    return Line(words.NOTHING)


def _several(snapshot: Snapshot) -> set[str]:
    """Return the action items that have plans in several periods."""
    return {item for item, count in Counter(plan["item"] for plan in snapshot["plans"]).items() if count > 1}


def _name(plan: Plan, own: str, several: set[str]) -> Cell:
    """Return what an action item is called, with the period where it has plans in several."""
    period = words.said(plan["period"]["name"], own) if plan["item"] in several else ""
    return cell(words.said(plan["name"], own), period)


def _answer(plan: Plan) -> Answer:
    answer = plan["answer"]
    if answer is None:
        raise ValueError(f"{plan['item']} has a light and no answer.")
    return answer


def _late(snapshot: Snapshot, own: str) -> Table:
    columns = (
        Column(_("Action item"), 3),
        Column(_("Responsible unit"), 2.3),
        Column(_("Status and light"), 2.1),
        Column(pgettext("report", "What is late"), 4),
    )
    several = _several(snapshot)
    rows = tuple(
        (
            _name(plan, own, several),
            cell(*words.units(plan, own)),
            cell(words.status(plan), words.light_of(plan)),
            cell(words.late(plan)),
        )
        for plan in facts.asked(snapshot, Mark.ON_TRACK)
        if plan["late"]
    )
    return Table("late", _("Green by the answer, although a day is past"), columns, rows)


def _ended(snapshot: Snapshot, own: str) -> Table:
    columns = (Column(_("Action item"), 4), Column(_("Responsible unit"), 3), Column(_("Status"), 3))
    several = _several(snapshot)
    rows = tuple(
        (_name(plan, own, several), cell(*words.units(plan, own)), cell(words.status(plan)))
        for plan in facts.newly(snapshot, *_ENDED)
    )
    return Table("ended", _("Discontinued or carried over since the round before"), columns, rows)


def results(snapshot: Snapshot, own: str) -> Part:
    """Return what was completed since the round before, and the steps done in the year of the status day."""
    blocks = [table for table in (_completed(snapshot, own), _steps(snapshot, own)) if table.rows]
    return Part("results", _("Results"), tuple(blocks) or (Paragraph(Line(_("No results were reported."))),))


def _completed(snapshot: Snapshot, own: str) -> Table:
    columns = (
        Column(_("Action item"), 3),
        Column(_("Responsible unit"), 2.5),
        Column(_("Status"), 1.8),
        Column(_("Result"), 4.5),
    )
    several = _several(snapshot)
    rows = tuple((_name(plan, own, several), *_result(plan, own)) for plan in facts.newly(snapshot, *_DONE))
    return Table("results", _("Completed, or said to be completed, since the round before"), columns, rows)


def _result(plan: Plan, own: str) -> tuple[Cell, ...]:
    answer = plan["answer"]
    # What is to be done is no result: where nobody has said what was achieved, nothing is printed in its place.
    text = plan.get("achieved") or (answer["text"] if answer else "")
    # A round that was locked before there was any evidence has no list of it.
    proved = answer.get("evidence", []) if answer else []
    return (
        cell(*words.units(plan, own)),
        cell(words.status(plan)),
        cell(text, *words.evidence(proved)) or cell(words.NOTHING),
    )


def _steps(snapshot: Snapshot, own: str) -> Table:
    columns = (Column(_("Action item"), 3.5), Column(_("Step that was done"), 5.5), Column(_("Day"), 2))
    last = facts.status_day(snapshot)
    first = date(last.year, 1, 1).isoformat()
    rows = tuple(
        (cell(words.said(plan["name"], own)), cell(words.said(step["text"], own)), cell(words.day(step["done_on"])))
        for plan in facts.in_force(snapshot)
        for step in plan["steps"]
        if step["done"] and step["done_on"] and first <= step["done_on"] <= last.isoformat()
    )
    return Table("steps", _("Steps done in %(year)s") % {"year": last.year}, columns, rows)


def silent(snapshot: Snapshot, own: str) -> Part:
    """Return who was asked and reminded and did not report; and apart from it what cannot be assessed."""
    blocks = [Heading(Line(_("Not reported"))), _not_reported(snapshot, own)]
    blocks += [Heading(Line(_("Cannot be assessed"))), _not_assessed(snapshot, own), *_unused(snapshot, own)]
    return Part("silent", _("Not reported, and cannot be assessed"), tuple(blocks))


def _not_reported(snapshot: Snapshot, own: str) -> Block:
    columns = (
        Column(_("Responsible unit"), 3),
        Column(_("Action item"), 4),
        Column(_("Asked"), 2.2),
        Column(_("Reminded"), 2.2),
    )
    rows = tuple(
        (
            cell(*words.units(plan, own)),
            cell(words.said(plan["name"], own), _given_back(plan)),
            cell(words.day_of(plan["asked_at"]) or words.NOTHING),
            cell(*(words.day_of(at) for at in plan["reminded_at"])) or cell(words.NOTHING),
        )
        for plan in facts.asked(snapshot, Mark.NOT_REPORTED)
    )
    if not rows:
        return Paragraph(Line(_("Everything that was asked was answered.")))
    return Table("not-reported", _("Asked, and not reported"), columns, rows)


def _given_back(plan: Plan) -> str:
    returned = plan["answer"] and plan["answer"]["review"] == Review.RETURNED
    return _("(the answer was returned, and not given again)") if returned else ""


def _not_assessed(snapshot: Snapshot, own: str) -> Block:
    columns = (Column(_("What"), 4), Column(_("Why"), 5), Column(_("When it will be known"), 2.5))
    plans = facts.asked(snapshot, Mark.NOT_ASSESSED)
    said = facts.assessments(snapshot)
    rows = [
        (cell(words.name_of_goal(goal, own)), *_unknown(said[goal["key"]], said[goal["key"]]["grounds"]))
        for goal in snapshot["goals"]
        if goal["key"] in said and said[goal["key"]]["outcome"] == Outcome.NOT_ASSESSED
    ]
    rows += [
        (
            cell(words.said(plan["name"], own)),
            *_unknown(_answer(plan), _answer(plan)["cause"] or _answer(plan)["text"]),
        )
        for plan in plans
    ]
    rows += [
        (
            cell(words.said(one["name"], own)),
            cell(_("no figure for the indicator")),
            cell(words.day(facts.next_figure(one)) or words.NOTHING),
        )
        for one in facts.without_figures(snapshot)
    ]
    if not rows:
        return Paragraph(Line(_("Everything that was answered could be assessed.")))
    return Table("not-assessed", _("What cannot be assessed, and why"), columns, tuple(rows))


def _unknown(of: Answer | Assessment, told: str) -> tuple[Cell, Cell]:
    """Return why something cannot be assessed, and when it will be known; older rounds were not asked either."""
    because = of.get("unknown_because")
    reason = str(labels.UNKNOWN[Unknown(because)]) if because else ""
    why = cell(Line(f"{reason[:1].upper()}{reason[1:]}."), told) if reason else cell(told)
    return why or cell(_("no reason given")), cell(words.day(of.get("known_on")) or words.NOTHING)


def _unused(snapshot: Snapshot, own: str) -> list[Block]:
    """Return the names of the indicators that nobody can use yet: some sixty, of which there is no more to say."""
    names = [words.said(one["name"], own) for one in facts.unused(snapshot)]
    if not names:
        return []
    told = [Paragraph(Line(_("Indicators with neither a figure nor a target:")))]
    for lang, alike in groupby(sorted(names, key=lambda name: name.lang), key=lambda name: name.lang):
        told.append(Paragraph(Line("; ".join(name.text for name in alike) + ".", lang)))
    return [*told]


def step_words(step: Step, own: str) -> Line:
    """Return a step with whether it is done, and its date in what it means."""
    text = words.said(step["text"], own)
    mark = _("done: %(step)s") if step["done"] else _("not done: %(step)s")
    when = words.day(step["done_on"]) if step["done"] else ""
    if not step["done"] and step["due_on"]:
        when = dated_words(step["date_kind"], date.fromisoformat(step["due_on"]), step["due_precision"])
    said = mark % {"step": text.text}
    return Line(f"{said} ({when})" if when else said, text.lang)
