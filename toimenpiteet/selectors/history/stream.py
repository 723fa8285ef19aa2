"""The stream of events: every row of every history, brought to one shape, with what the row before it held.

Which tables and which columns there are is read from the registered history models and nowhere else: a field that is
added to a tracked model is in the stream. The columns come as one JSON value, so that one statement reads all tables.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, cached_property
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Cast, JSONObject

from toimenpiteet.models import ActionItem, AnswerCorrection, Audited, Comment, PeriodPlan, StatusChange
from toimenpiteet.models.reading import columns_of

_MOVE = "statuschange"
# The version goes up with every change, and says nothing by itself.
_SILENT = {"id", "version"}


@dataclass(frozen=True)
class Move:
    """The move of a plan's status that an event was."""

    pk: int
    name: str
    before: str
    after: str
    comment: str


class Difference(NamedTuple):
    """A field that changed, and what it held before and after; a relation's value is a key."""

    field: Any
    before: Any
    after: Any


@dataclass(frozen=True)
class Event:
    """One recorded change of one row: `sign` is "+", "~" or "-", `values` what the row held from then on.

    `before` is what it held until then, None where it was made. `at` is aware; `by` is the account's number. `plan`
    is the plan that the row is, or belongs to.
    """

    model: type[Audited]
    row: int
    object: int
    version: int
    sign: str
    at: datetime
    by: int | None
    who: str
    on_behalf: str
    door: str
    why: str
    values: dict[str, Any]
    before: dict[str, Any] | None
    move: Move | None
    plan: int | None

    @cached_property
    def differences(self) -> list[Difference]:
        """Return what changed, field by field; nothing of a row that was made or removed."""
        if self.before is None or self.sign == "-":
            return []
        pairs = ((field, self.before[field.attname], self.values[field.attname]) for field in fields_of(self.model))
        return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


@cache
def tracked_models() -> tuple[type[Audited], ...]:
    """Return every model with a history, of every app, by name."""
    found = [model for model in apps.get_models() if issubclass(model, Audited)]
    return tuple(sorted(found, key=lambda model: model.__name__))


@cache
def fields_of(model: type[Audited]) -> tuple[Any, ...]:
    """Return the tracked fields of `model` that say something, in the order of the table."""
    return tuple(field for field in model.history.model.tracked_fields if field.name not in _SILENT)


@cache
def owned_models() -> dict[type[Audited], tuple[str, type[Audited]]]:
    """Return the models whose rows are items or plans or hang on one: by which column, and on which of the two."""
    return {model: owner for model in tracked_models() if (owner := _owner(model))}


def _owner(model: type[Audited]) -> tuple[str, type[Audited]] | None:
    if model in {PeriodPlan, ActionItem}:
        return "id", model
    if model is AnswerCorrection:
        return "report__plan_id", PeriodPlan
    for owner in (PeriodPlan, ActionItem):
        for field in fields_of(model):
            if field.related_model is owner:
                return field.attname, owner
    return None


def _plan_of(model: type[Audited]) -> Any:
    column, owner = owned_models().get(model, ("", None))
    return F(column) if owner is PeriodPlan else Value(None)


# Reading


class Arm(NamedTuple):
    """Rows of one model's history: those that meet `condition`."""

    model: type[Audited]
    condition: Q


def of_item(item: int, plans: Collection[int]) -> list[Event]:
    """Return what happened to an item, to its `plans` and to all that hangs on them, oldest first; one query."""
    keys: dict[type[Audited], Any] = {ActionItem: [item], PeriodPlan: list(plans)}
    arms = [Arm(model, Q(**{f"{column}__in": keys[owner]})) for model, (column, owner) in owned_models().items()]
    return read(arms, Q(plan__in=plans))


def of_row(model: type[Audited], pk: int) -> list[Event]:
    """Return what happened to one row, oldest first; one query."""
    return read([Arm(model, Q(id=pk))], Q(plan=pk) if model is PeriodPlan else None)


def read(arms: Iterable[Arm], moves: Q | None = None) -> list[Event]:
    """Return the events of the rows in `arms`, oldest first, with the status changes that meet `moves`; one query.

    What a row held before is known where the row of the version before it is among those that are read.
    """
    parts = [_history(*arm) for arm in arms]
    if moves is not None:
        parts.append(_status_changes(moves))
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return _events([_Row(*row) for row in rows])


class _Row(NamedTuple):
    kind: str
    row: int
    object: int
    version: int
    sign: str
    at: datetime
    by: int | None
    who: str
    on_behalf: str | None
    door: str
    why: str
    plan: int | None
    values: dict[str, Any]


_COLUMNS = [f"c_{name}" for name in _Row._fields]
_TEXT, _NUMBER = models.TextField(), models.BigIntegerField()
_TYPES: dict[str, Any] = {
    **dict.fromkeys(("kind", "sign", "who", "on_behalf", "door", "why"), _TEXT),
    **dict.fromkeys(("row", "object", "version", "by", "plan"), _NUMBER),
}


def _same_columns(rows: "QuerySet[Any]", values: list[str], **columns: Any) -> "QuerySet[Any]":
    """Return `rows` with the columns of a _Row: the arms of a union must agree on them and on their types."""
    columns |= {"on_behalf": F("on_behalf_name__text"), "who": F("actor_name__text"), "door": F("door")}
    found = {f"c_{name}": Cast(columns[name], kind) for name, kind in _TYPES.items()}
    json = JSONObject(**{name: F(name) for name in values})
    return columns_of(rows.order_by().annotate(**found, c_at=columns["at"], c_values=json), _COLUMNS)


def _history(model: type[Audited], condition: Q) -> "QuerySet[Any]":
    return _same_columns(
        QuerySet(model.history.model).filter(condition),
        [field.attname for field in fields_of(model)],
        kind=Value(model._meta.label_lower),
        row=F("history_id"),
        object=F("id"),
        version=F("version"),
        sign=F("history_type"),
        at=F("history_date"),
        by=F("history_user_id"),
        why=F("history_change_reason"),
        plan=_plan_of(model),
    )


def _status_changes(condition: Q) -> "QuerySet[Any]":
    return _same_columns(
        StatusChange.objects.filter(condition),
        ["move", "from_status", "to_status", "comment"],
        kind=Value(_MOVE),
        row=F("pk"),
        object=F("plan_id"),
        version=F("plan_version"),
        sign=Value(""),
        at=F("at"),
        by=F("actor_id"),
        why=F("comment"),
        plan=F("plan_id"),
    )


def _events(rows: list[_Row]) -> list[Event]:
    moves = {(row.object, row.version): _move(row) for row in rows if row.kind == _MOVE}
    found: list[Event] = []
    last: dict[tuple[str, int], Event] = {}
    for row in sorted(rows, key=lambda one: (one.kind, one.object, one.version, one.row)):
        if row.kind == _MOVE:
            continue
        earlier = last.get((row.kind, row.object))
        event = _event(row, earlier.values if earlier else None, moves)
        last[row.kind, row.object] = event
        found.append(event)
    return sorted(found, key=lambda event: (event.at, _AT_ONCE.get(event.model, 2), event.model.__name__, event.row))


# What is recorded of one instant is told from the whole to its parts, and what was said of it last.
_AT_ONCE: dict[type[Audited], int] = {ActionItem: 0, PeriodPlan: 1, Comment: 3}


def _move(row: _Row) -> Move:
    values = row.values
    return Move(row.row, values["move"], values["from_status"], values["to_status"], values["comment"])


def _event(row: _Row, before: dict[str, Any] | None, moves: dict[tuple[int, int], Move]) -> Event:
    model: Any = apps.get_model(row.kind)
    return Event(
        model=model,
        before=before,
        values={field.attname: _value(field, row.values[field.attname]) for field in fields_of(model)},
        move=moves.get((row.object, row.version)) if model is PeriodPlan else None,
        on_behalf=row.on_behalf or "",
        **{name: getattr(row, name) for name in _SAME},
    )


_SAME = ("row", "object", "version", "sign", "at", "by", "who", "door", "why", "plan")


def _value(field: Any, value: Any) -> Any:
    """Return what stands in JSON as the field's own kind of value."""
    if value is None or field.is_relation:
        return value
    if isinstance(field, models.DateTimeField):
        at: datetime = field.to_python(value)
        # SQLite keeps instants in UTC and without saying so.
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    if isinstance(field, models.DecimalField):
        return round(Decimal(str(value)), field.decimal_places)
    return field.to_python(value)
