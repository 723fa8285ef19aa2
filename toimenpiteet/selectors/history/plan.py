"""What happened to a plan, to its item and to what belongs to them, in order, as data: the API's history."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from toimenpiteet.access import Scope
from toimenpiteet.models import Comment, PeriodPlan, PlanBudgetLine, PlanProject, PlanSuccessor, PlanUnit
from toimenpiteet.selectors.history import stream, words
from toimenpiteet.selectors.history.stream import Event

# What the public may read of the past: a text that was taken away, such as a name, is not to live on here.
_PUBLIC_FIELDS = {"status", "done", "done_on", "due_on", "due_precision", "date_kind"}
_PUBLIC_KINDS = {"plan", "step", "unit", "project", "budget_line", "successor"}
# A link is told by what it leads to.
_LINKS = {
    PlanUnit: "unit_id",
    PlanProject: "project_id",
    PlanBudgetLine: "budget_line_id",
    PlanSuccessor: "item_id",
}
_SIGNS = {"+": "added", "~": "changed", "-": "removed"}


@dataclass(frozen=True)
class Difference:
    """One field before and after a change; dates are ISO 8601."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Entry:
    """One recorded change. `who`, `on_behalf` and `why` are None for a reader who has not signed in.

    The reasons that officials type may name people, so an anonymous reader gets neither.
    """

    at: datetime
    object: str
    object_id: int
    what: str
    changes: tuple[Difference, ...]
    who: str | None
    on_behalf: str | None
    why: str | None
    door: str


def history(scope: Scope, plan: PeriodPlan) -> list[Entry]:
    """Return everything recorded of a visible `plan` and its item, oldest first; one query, however long it is."""
    events = stream.of_item(plan.item_id, [plan.pk])
    hidden = scope.anonymous
    return [_entry(event, hidden=hidden) for event in events if not hidden or words.kind_of(event) in _PUBLIC_KINDS]


def _entry(event: Event, *, hidden: bool) -> Entry:
    return Entry(
        at=event.at,
        object=words.kind_of(event),
        object_id=event.values[_LINKS[event.model]] if event.model in _LINKS else event.object,
        what=event.move.name if event.move else _SIGNS[event.sign],
        changes=tuple(_differences(event, hidden=hidden)),
        who=None if hidden else event.who,
        on_behalf=None if hidden else event.on_behalf or None,
        why=None if hidden else _why(event),
        door=event.door,
    )


def _why(event: Event) -> str:
    # The history row of a move repeats its comment, or a set phrase where there was none.
    if event.move:
        return event.move.comment
    return str(event.values["text"]) if event.model is Comment and event.sign == "+" else event.why


def _differences(event: Event, *, hidden: bool) -> Iterator[Difference]:
    for field, before, after in event.differences:
        if not hidden or field.name in _PUBLIC_FIELDS:
            yield Difference(field.name, _plain(before), _plain(after))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
