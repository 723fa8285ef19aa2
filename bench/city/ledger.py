"""Rows and their histories, kept in memory and written in bulk, round the audit's guarded managers on purpose.

The services write one object at a time, which is right for people and takes hours for two million rows. What is written
here is what the services would have written: ``manage.py verify_history`` finds nothing to say about it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from operator import itemgetter
from typing import Any, NamedTuple

from django.core.management.color import no_style
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Max, QuerySet
from modeltranslation.settings import DEFAULT_LANGUAGE

from toimenpiteet.models import Actor, Audited, User
from toimenpiteet.selectors.history import signs
from toimenpiteet.services.people import names


class Who(NamedTuple):
    """A person, or a job without a number; `name` is the key of the recorded name."""

    pk: int | None
    name: int

    @classmethod
    def of(cls, actor: Actor) -> "Who":
        """Return whoever acts, with a recorded name."""
        (name,) = names.find_or_make(names.of_actor(actor))
        return cls(actor.user.pk if actor.user else None, name)


class Act(NamedTuple):
    """Who, when (seconds since 1970, UTC), why, through which door, in which role on the plan that it is about."""

    at: int
    who: Who
    reason: str
    door: str = "page"
    acted_as: str = ""


Row = tuple[Any, ...]


def instant(at: int) -> datetime:
    """Return seconds since 1970 as an aware datetime."""
    return datetime.fromtimestamp(at, UTC)


class Kind:
    """The rows of one model, and of its history where it has one, that wait to be written."""

    def __init__(self, model: type[models.Model], last_signs: dict[int, int]) -> None:
        fields = model._meta.concrete_fields
        self.model = model
        self.names = [field.attname for field in fields]
        self.columns = [str(field.column) for field in fields]
        self.defaults = {field.attname: _plain(field.get_default()) for field in fields}
        self.mirrors = dict(_mirrors(fields))
        self.keys = count(_last(model) + 1)
        self.rows: list[dict[str, Any]] = []
        self.past: list[Row] = []
        self.last_signs = last_signs
        if issubclass(model, Audited):
            self.history = model.history.model
            self.tracked = [*(field.attname for field in self.history.tracked_fields), *self.history.recorded]
            self.past_keys = count(_last(self.history) + 1)
            self.plan_column = signs.plan_column(model)

    def past_columns(self) -> list[str]:
        """Return the columns of a history row, in the order in which ``Life`` keeps them."""
        own = ["history_date", "history_type", "history_change_reason", "history_user_id", "actor_name_id", "door"]
        own.append("acted_as")
        fields = (self.history._meta.get_field(name) for name in ["history_id", *own, *self.tracked])
        return [field.column for field in fields]


def _plain(value: Any) -> Any:
    # A choice is an enum to Python; the database's own writers would take its name for its value.
    return str(value.value) if hasattr(value, "value") else value


def _mirrors(fields: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for field in fields:
        original = getattr(field, "translated_field", None)
        if original is not None and field.name == f"{original.name}_{DEFAULT_LANGUAGE}":
            yield field.attname, original.attname


def _last(model: type[models.Model]) -> int:
    return QuerySet(model).aggregate(last=Max("pk"))["last"] or 0


class Life:
    """One tracked object from its making on; each change leaves a history row and a new version."""

    __slots__ = ("kind", "last", "values")

    def __init__(self, kind: Kind, act: Act, values: dict[str, Any]) -> None:
        self.kind = kind
        self.values = kind.defaults | {"id": next(kind.keys)}
        self.last = act.at
        kind.rows.append(self.values)
        self._set(values)
        self._note("+", act)

    @property
    def pk(self) -> int:
        """Return the key."""
        return int(self.values["id"])

    def change(self, act: Act, **values: Any) -> None:
        """Set `values`; texts in the first language only."""
        self._set(values)
        self.values["version"] += 1
        self._note("~", act)

    def _set(self, values: dict[str, Any]) -> None:
        self.values.update(values)
        for name in self.kind.mirrors.keys() & values.keys():
            self.values[self.kind.mirrors[name]] = values[name]

    def _note(self, sort: str, act: Act) -> None:
        # History is read in the order of its keys: no change of an object may come before its last one.
        self.last = max(self.last, act.at)
        values = self.values
        now = tuple([values[name] for name in self.kind.tracked])
        if act.acted_as in signs.SIGNS:
            plan, last_signs = values[self.kind.plan_column], self.kind.last_signs
            last_signs[plan] = max(self.last, last_signs.get(plan, 0))
        self.kind.past.append((instant(self.last), sort, act.reason, *act.who, act.door, act.acted_as, *now))


class Ledger:
    """All rows that wait to be written to one database."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.kinds: dict[type[models.Model], Kind] = {}
        self.last_signs: dict[int, int] = {}
        self.written = 0
        self.recorded = 0

    @property
    def waiting(self) -> int:
        """Return how many history rows wait to be written."""
        return sum(len(kind.past) for kind in self.kinds.values())

    def begin(self, model: type[Audited], act: Act, **values: Any) -> Life:
        """Make a tracked object."""
        return Life(self._kind(model), act, values)

    def accounts(self, users: Sequence[User], act: Act) -> None:
        """Make accounts and give them their numbers, under which their names and addresses are recorded."""
        kind = self._kind(User)
        for user in users:
            user.pk = next(kind.keys)
        wanted = ((names.of_person(user), names.address(user.email, user.pk)) for user in users)
        recorded = iter(names.find_or_make(*(one for both in wanted for one in both)))
        for user in users:
            values = {name: getattr(user, name) for name in kind.names}
            self.begin(User, act, **values, name_id=next(recorded), email_id=next(recorded))

    def add(self, model: type[models.Model], **values: Any) -> None:
        """Make an object without a history."""
        kind = self._kind(model)
        kind.rows.append(kind.defaults | {"id": next(kind.keys)} | values)

    def _kind(self, model: type[models.Model]) -> Kind:
        kind = self.kinds.get(model)
        if kind is None:
            kind = self.kinds[model] = Kind(model, self.last_signs)
        return kind

    def write(self) -> None:
        """Write what waits; history in the order of time, as it would have come about."""
        for kind in self.kinds.values():
            rows = [tuple([row[name] for name in kind.names]) for row in kind.rows]
            self._insert(kind.model._meta.db_table, kind.columns, rows)
            self.written += len(rows)
            if kind.past:
                past = sorted(kind.past, key=itemgetter(0))
                table = kind.history._meta.db_table
                self._insert(table, kind.past_columns(), [(next(kind.past_keys), *row) for row in past])
                self.recorded += len(past)
            kind.rows, kind.past = [], []

    def finish(self) -> None:
        """Let the database go on numbering where this ended."""
        touched = [
            model
            for kind in self.kinds.values()
            for model in (kind.model, getattr(kind, "history", None))
            if model is not None
        ]
        with self.connection.cursor() as cursor:
            for statement in self.connection.ops.sequence_reset_sql(no_style(), touched):
                cursor.execute(statement)

    def _insert(self, table: str, columns: list[str], rows: Sequence[Row]) -> None:
        quote = self.connection.ops.quote_name
        names = ", ".join(map(quote, columns))
        with self.connection.cursor() as cursor:
            if self.connection.vendor == "postgresql":
                copying: Any = cursor
                with copying.copy(f"COPY {quote(table)} ({names}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(columns))
                statement = f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})"  # noqa: S608  # no text of anybody's
                cursor.executemany(statement, [self._adapted(row) for row in rows])

    def _adapted(self, row: Row) -> list[Any]:
        adapt = self.connection.ops.adapt_datetimefield_value
        return [adapt(value) if isinstance(value, datetime) else value for value in row]
