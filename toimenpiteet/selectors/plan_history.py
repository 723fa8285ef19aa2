"""What happened to a plan and what belongs to it, in order, as data: the API's history."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from toimenpiteet.access import Scope
from toimenpiteet.models import Comment, PeriodPlan, PlanBudgetLine, PlanProject, PlanUnit, StatusChange, Step

# Columns that say nothing by themselves: the version goes up with every change.
_SILENT = {"version"}
# What the public may read of the past: a text that was taken away, such as a name, is not to live on here.
_PUBLIC = {"status", "done", "done_on", "due_on", "due_precision", "date_kind"}
_LINKS = ((PlanUnit, "unit"), (PlanProject, "project"), (PlanBudgetLine, "budget_line"))


@dataclass(frozen=True)
class Difference:
    """One field before and after a change; dates are ISO 8601."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Entry:
    """One recorded change. `who` and `why` are None for a reader who has not signed in.

    The reasons that officials type may name people, so an anonymous reader gets neither.
    """

    at: datetime
    object: str
    object_id: int
    what: str
    changes: tuple[Difference, ...]
    who: str | None
    why: str | None
    door: str


def history(scope: Scope, plan: PeriodPlan) -> list[Entry]:
    """Return everything recorded of a visible `plan`, oldest first; seven queries, however long it is."""
    hidden = scope.anonymous
    entries = [*_plan(plan, hidden), *_steps(plan, hidden), *_links(plan, hidden)]
    if not hidden:
        entries += _comments(plan)
    # Rows of one act carry one moment: the sort keeps the order in which they were read.
    return sorted(entries, key=lambda entry: entry.at)


def _plan(plan: PeriodPlan, hidden: bool) -> Iterator[Entry]:  # noqa: FBT001
    moves = {change.plan_version: change for change in StatusChange.objects.filter(plan=plan)}
    before = None
    for row in PeriodPlan.history.filter(id=plan.pk).select_related("actor_name").order_by("version", "history_id"):
        move = moves.get(row.version)
        # The history row of a move repeats its comment, or a set phrase where there was none.
        why = move.comment if move else row.history_change_reason
        what = move.move if move else "changed" if before is not None else "added"
        yield _entry(row, "plan", row.id, what, hidden=hidden, why=why, before=before)
        before = row


def _steps(plan: PeriodPlan, hidden: bool) -> Iterator[Entry]:  # noqa: FBT001
    before: dict[int, Any] = {}
    for row in Step.history.filter(plan_id=plan.pk).select_related("actor_name").order_by("history_id"):
        old = before.get(row.id)
        yield _entry(row, "step", row.id, _what(row), hidden=hidden, why=row.history_change_reason, before=old)
        before[row.id] = row


def _links(plan: PeriodPlan, hidden: bool) -> Iterator[Entry]:  # noqa: FBT001
    for model, name in _LINKS:
        for row in model.history.filter(plan_id=plan.pk).select_related("actor_name").order_by("history_id"):
            linked = getattr(row, f"{name}_id")
            yield _entry(row, name, linked, _what(row), hidden=hidden, why=row.history_change_reason, before=None)


def _comments(plan: PeriodPlan) -> Iterator[Entry]:
    for row in Comment.history.filter(plan_id=plan.pk).select_related("actor_name").order_by("history_id"):
        yield _entry(row, "comment", row.id, _what(row), hidden=False, why=row.text, before=None)


def _what(row: Any) -> str:
    return {"+": "added", "~": "changed", "-": "removed"}[row.history_type]


def _entry(row: Any, name: str, pk: int, what: str, *, hidden: bool, why: str, before: Any) -> Entry:
    return Entry(
        at=row.history_date,
        object=name,
        object_id=pk,
        what=what,
        changes=tuple(_differences(before, row, hidden)) if before is not None else (),
        who=None if hidden else row.actor_name.text,
        why=None if hidden else why,
        door=row.door,
    )


def _differences(before: Any, after: Any, hidden: bool) -> Iterator[Difference]:  # noqa: FBT001
    for column in after.tracked_fields:
        old, new = getattr(before, column.attname), getattr(after, column.attname)
        if old != new and column.name not in _SILENT and not (hidden and column.name not in _PUBLIC):
            yield Difference(column.name, _plain(old), _plain(new))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
