"""The recorded changes of an action item and of all that hangs on it, in one query: the walk behind its timeline.

Every kind of row is brought to the same columns: what it is called (`text`), what it points to (`ref`), a second thing
that it points to (`lead`), a due date and a state. The API's history of a plan (plan_history) gives every column of
every row to programs, and so walks the tables by itself.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    F,
    IntegerField,
    Model,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast

from toimenpiteet.languages import CODES
from toimenpiteet.models import (
    ActionItem,
    Comment,
    LinkedGoal,
    PeriodPlan,
    PlanBudgetLine,
    PlanProject,
    PlanUnit,
    StatusChange,
    Step,
)
from toimenpiteet.models.prepared import columns_of
from toimenpiteet.selectors.words import Text, text_in


class Recorded(NamedTuple):
    """One row of the record; what its kind does not have is None."""

    kind: str
    object: int
    plan: int | None
    row: int
    version: int
    at: datetime
    who: str
    why: str
    sign: str
    door: str
    state: str | None
    done: bool | None
    due_on: date | None
    due_precision: str | None
    ref: int | None
    text_fi: str | None
    text_sv: str | None
    text_en: str | None
    ref_fi: str | None
    ref_sv: str | None
    ref_en: str | None
    lead_fi: str | None
    lead_sv: str | None
    lead_en: str | None

    @property
    def text(self) -> Text:
        """Return what the thing said or was called, in the active language or another."""
        return text_in([self.text_fi, self.text_sv, self.text_en])

    @property
    def pointed(self) -> Text:
        """Return the name of what it points to: a step's unit, an item's goal, a link's other end."""
        return text_in([self.ref_fi, self.ref_sv, self.ref_en])

    @property
    def lead(self) -> Text:
        """Return the name of an item's lead unit."""
        return text_in([self.lead_fi, self.lead_sv, self.lead_en])


@dataclass(frozen=True)
class Change:
    """A recorded row and the one before it of the same thing, if any."""

    before: Recorded | None
    after: Recorded


_TYPES: dict[str, Any] = {
    "state": CharField(),
    "done": BooleanField(null=True),
    "due_on": DateField(),
    "due_precision": CharField(),
    "plan": IntegerField(),
    "ref": IntegerField(),
}


def _texts(prefix: str, path: str) -> dict[str, Any]:
    return {f"{prefix}_{language}": F(f"{path}_{language}") for language in CODES}


_LINKS: tuple[tuple[str, Any, str], ...] = (
    ("unit", PlanUnit, "unit"),
    ("project", PlanProject, "project"),
    ("budget_line", PlanBudgetLine, "budget_line"),
)


def _kinds(item: int, plans: Collection[int]) -> Iterator[tuple[str, "QuerySet[Any]", dict[str, Any]]]:
    """Yield each kind of row, those of the item, and where its columns come from."""
    yield (
        "move",
        StatusChange.objects.filter(plan__in=plans),
        _own(who="actor_name__text", why="comment", version="plan_version", sign="")
        | {"state": F("move"), "text_fi": F("from_status"), "text_sv": F("to_status"), "door": F("door")},
    )
    yield (
        "comment",
        Comment.objects.filter(plan__in=plans),
        _own(who="author_name__text", why="text", version="version"),
    )
    step = {"done": F("done"), "ref": F("unit_id"), "due_on": F("due_on"), "due_precision": F("due_precision")}
    yield "step", Step.history.filter(plan_id__in=plans), step | _texts("text", "text") | _texts("ref", "unit__name")
    due = {"plan": F("id"), "due_on": F("due_on"), "due_precision": F("due_precision")}
    yield "plan", PeriodPlan.history.filter(id__in=plans), due | _texts("text", "text")
    named = _texts("text", "name") | _texts("ref", "goal__name") | _texts("lead", "lead_unit__name")
    yield "item", ActionItem.history.filter(id=item), {"plan": None, "ref": F("goal_id")} | named
    for kind, model, other in _LINKS:
        yield kind, model.history.filter(plan_id__in=plans), {"ref": F(f"{other}_id")} | _texts("ref", f"{other}__name")
    linked = {"plan": None, "ref": F("goal_id")} | _texts("ref", "goal__name")
    yield "goal", LinkedGoal.history.filter(item_id=item), linked


def _own(*, who: str, why: str, version: str, sign: str = "+") -> dict[str, Any]:
    """Return the columns of a row that is its own record."""
    columns = {"object": F("pk"), "row": F("pk"), "at": F("at"), "who": F(who), "why": F(why), "version": F(version)}
    return columns | {"sign": Value(sign), "door": Value("")}


_OF_HISTORY = {
    "object": F("id"),
    "plan": F("plan_id"),
    "row": F("history_id"),
    "version": F("version"),
    "at": F("history_date"),
    "who": F("actor_name__text"),
    "why": F("history_change_reason"),
    "sign": F("history_type"),
    "door": F("door"),
}
_COLUMNS = [f"c_{name}" for name in Recorded._fields]


def _same_columns(kind: str, rows: "QuerySet[Model]", given: dict[str, Any]) -> "QuerySet[Any]":
    columns = {"kind": Value(kind, CharField()), **_OF_HISTORY, **given}
    # A bare NULL has no type, and the arms of a union must agree on one.
    filled = {
        f"c_{name}": columns[name]
        if columns.get(name) is not None
        else Cast(Value(None), _TYPES.get(name, TextField()))
        for name in Recorded._fields
    }
    return columns_of(rows.order_by().annotate(**filled), _COLUMNS)


def recorded(item: int, plans: Collection[int]) -> list[Change]:
    """Return what is recorded of an item, its `plans` and their parts, oldest first; one query, however long it is."""
    first, *others = (_same_columns(kind, rows, given) for kind, rows, given in _kinds(item, plans))
    rows = [Recorded(*row) for row in first.union(*others, all=True)]
    before: dict[tuple[str, int], Recorded] = {}
    found = []
    for row in sorted(rows, key=lambda one: (one.kind, one.object, one.version, one.row)):
        found.append(Change(before.get((row.kind, row.object)), row))
        before[row.kind, row.object] = row
    return sorted(found, key=lambda change: (change.after.at, change.after.row))
