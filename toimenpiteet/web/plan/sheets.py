"""Action items in their periods as the rows of a file: of the plan, of a goal, and of what waits."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from toimenpiteet.access import Scope
from toimenpiteet.selectors.batches import in_batches
from toimenpiteet.selectors.plan.page import SHEET, SheetRow
from toimenpiteet.selectors.plan.view import PlanView, views
from toimenpiteet.selectors.rounds.newest import with_answers
from toimenpiteet.selectors.translated import Named
from toimenpiteet.web import lists
from toimenpiteet.web.lists import Column


def _names(things: Iterable[Named]) -> str:
    return ", ".join(thing.name.text for thing in things)


def _said(plan: PlanView) -> str:
    """Return what was said of a plan last: in the newest round, else with its last move."""
    answered = plan.answer.words.text if plan.answer else ""
    return answered or (plan.last.comment if plan.last else "")


COLUMNS = (
    Column("name", gettext_lazy("Action item"), lambda row: row.name.text, fixed=True),
    Column(
        "goal",
        gettext_lazy("Goal number"),
        lambda row: row.goal_number,
        beside=Column("goal_name", gettext_lazy("Goal"), lambda row: row.goal.text),
    ),
    Column("period", gettext_lazy("Period"), lambda row: row.plan and row.plan.period_name.text),
    Column("text", gettext_lazy("Text"), lambda row: row.plan and row.plan.text.text),
    Column("units", gettext_lazy("Responsible units"), lambda row: row.plan and _names(row.plan.units)),
    Column("projects", gettext_lazy("Projects"), lambda row: row.plan and _names(row.plan.projects)),
    Column("budget", gettext_lazy("Budget lines"), lambda row: row.plan and _names(row.plan.budget_lines)),
    Column("status", gettext_lazy("Status"), lambda row: row.plan and row.plan.status_label),
    Column("deadline", gettext_lazy("Deadline"), lambda row: row.plan and row.plan.deadline_on),
    Column(
        "steps",
        gettext_lazy("Steps done"),
        lambda row: row.plan and row.plan.steps_done,
        beside=Column("steps_all", gettext_lazy("Steps"), lambda row: row.plan and row.plan.steps_all),
    ),
    Column("late", gettext_lazy("Days late"), lambda row: row.plan and row.plan.late and row.plan.late.days),
    Column(
        "light", gettext_lazy("Light"), lambda row: row.plan and row.plan.answer and row.plan.answer.words.light_label
    ),
    Column("said", gettext_lazy("Said last"), lambda row: row.plan and _said(row.plan)),
)


def asked(request: HttpRequest) -> lists.Table:
    """Return what the address asks of the file; its `file` is "" where it asks for the page, which offers the file."""
    return lists.read(COLUMNS, request, sort="")


def rows_of(scope: Scope, keys: Iterable[int], today: date) -> Iterator[SheetRow]:
    """Yield the rows of plans by their keys, which came out of ``access``, read in batches."""
    for batch in in_batches(keys):
        for plan in with_answers(scope, views(batch, today, SHEET, scope)):
            yield SheetRow(plan.item_name, plan.goal_number, plan.goal_name, plan)
