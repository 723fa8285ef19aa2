"""The whole plan, as an annex of the report and as a document of its own: goals, both periods, words and steps."""

from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from toimenpiteet.exchange.report import facts, words
from toimenpiteet.exchange.report.document import Block, Cell, Column, Heading, Line, Paragraph, Part, Table, cell
from toimenpiteet.exchange.report.items import step_words
from toimenpiteet.snapshots import Answer, Goal, Plan, WholePlan


def whole_plan(snapshot: WholePlan, own: str, *, told: bool = True) -> Part:
    """Return every goal with its action items in each period; `told` puts in the lights and words of the round."""
    blocks: list[Block] = []
    found = [(goal, plans) for goal, plans in facts.goals_with_plans(snapshot) if plans]
    for theme, goals in groupby(found, key=lambda pair: words.said(pair[0]["theme"], own)):
        if theme.text:
            blocks.append(Heading(theme))
        for goal, plans in goals:
            blocks += [Heading(words.name_of_goal(goal, own), level=3), _table(goal, plans, own, told=told)]
    nothing = Paragraph(Line(_("The strategy has no action items.")))
    return Part("plan", _("The whole plan"), tuple(blocks) or (nothing,), wide=bool(blocks))


def _table(goal: Goal, plans: list[Plan], own: str, *, told: bool) -> Table:
    columns = (
        Column(_("Action item and period"), 2.6),
        Column(_("Responsible units and projects"), 2.6),
        Column(_("Status and light") if told else _("Status"), 2),
        Column(pgettext("report", "What is done"), 5),
        *((Column(_("What was reported"), 3.6),) if told else ()),
        Column(pgettext("report", "To be done"), 2),
    )
    name = words.name_of_goal(goal, own)
    rows = tuple(_row(plan, own, told=told) for plan in plans)
    caption = _("Action items of the goal: %(goal)s") % {"goal": name.text}
    return Table("plan", caption, columns, rows, group=name.text, grouped_by=_("Goal"))


def _row(plan: Plan, own: str, *, told: bool) -> tuple[Cell, ...]:
    name, period = words.said(plan["name"], own), words.said(plan["period"]["name"], own)
    light = (words.light_of(plan),) if told and plan["asked"] else ()
    answer = plan["answer"] if plan["asked"] else None
    reported = cell(*_reported(answer, own)) if answer else ()
    projects = words.names([*plan["projects"], *plan["budget_lines"]], own)
    return (
        cell(Line(name.text, name.lang, strong=True), period),
        cell(*words.units(plan, own), *projects),
        cell(words.status(plan), *light),
        _text(plan, own),
        *((reported or cell(words.NOTHING),) if told else ()),
        cell(*words.due(plan)),
    )


def _reported(answer: Answer, own: str) -> list[str | Line]:
    """Return what was said of a plan, cause and next step by their names, and what became of the answer."""
    named = ((_("Cause"), answer["cause"]), (_("Next step"), answer["next_step"]))
    return [answer["text"], *(f"{name}: {text}" for name, text in named if text), words.state(answer, own)]


def _text(plan: Plan, own: str) -> Cell:
    steps = [step_words(step, own) for step in plan["steps"]]
    means = words.names(plan["means"], own)
    return cell(words.said(plan["text"], own), *steps, *means) or cell(words.NOTHING)
