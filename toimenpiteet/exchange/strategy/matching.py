"""Finds the row that an entry of a file means, and writes only what the file changed.

The rows of a municipality are read once per kind. A field is changed when the file says something else than the last
load did. Where a person has changed it since, in whatever door, the person's word stays and the report says so: a
newer file must not undo what the city has decided.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import override

from toimenpiteet import labels
from toimenpiteet.exchange.strategy.kinds import KINDS, Kind
from toimenpiteet.exchange.strategy.reporting import Outcome, Report, column_words, row_words
from toimenpiteet.models import Actor, Audited, Municipality, Stamp, Strategy
from toimenpiteet.selectors.history import standing
from toimenpiteet.services import audited, changing
from toimenpiteet.services.errors import PlanClosed

Row = TypeVar("Row", bound=Audited)
Identity = tuple[Any, ...]


def reason_for(file: str) -> str:
    """Return the reason that the history of a loaded row gives; the same words whatever language the command speaks."""
    with override(settings.LANGUAGE_CODE):
        return str(labels.LOADED) % {"file": file}


@dataclass
class _Table:
    """The rows of one kind in one municipality."""

    rows: dict[Identity, Any]
    seen: dict[int, str]
    """Which file each row was found in, by primary key."""
    removed: set[Identity] | None = None


class Rows:
    """The rows of one municipality and what a load makes of them."""

    def __init__(self, actor: Actor, now: datetime, report: Report) -> None:
        self.actor = actor
        self.now = now
        self.report = report
        self.file = ""
        self.entry = ""
        self._municipality: int | None = None
        self._own = ""
        self._tables: dict[type[Audited], _Table] = {}
        self._stamps: dict[str, Stamp] = {}

    def of(self, file: str, entry: str = "") -> None:
        """Say which file, and which entry in it, the next rows come from."""
        self.file = file
        self.entry = entry

    def municipality(self, key: str, values: dict[str, Any]) -> Municipality:
        """Match the municipality itself; every later row is looked for inside it."""
        self._tables = {}
        self._municipality = None
        owner = self.put(Municipality, {"key": key}, values)
        del self._tables[Municipality]
        self._municipality, self._own = owner.pk, owner.language
        return owner

    def get(self, model: type[Row], *identity: Any) -> Row:
        """Return a row that is there: put earlier, or left by an earlier load. Raises KeyError otherwise."""
        row: Row = self._table(model).rows[identity]
        return row

    def put(
        self, model: type[Row], identity: dict[str, Any], values: dict[str, Any], once: dict[str, Any] | None = None
    ) -> Row:
        """Create or change the row that `identity` names, so that it has `values`; return it.

        `once` holds for a new row only. Columns are named as the database does (`unit_id`).
        """
        table = self._table(model)
        wanted = tuple(identity.values())
        row: Row | None = table.rows.get(wanted)
        if row is None:
            row = changing.add(model(**identity, **(once or {}), **values), scope=None, stamp=self._stamp())
            self._count(model, Outcome.CREATED)
        elif differing := _differing(row, values):
            row = self._change(row, differing)
        else:
            self._count(model, Outcome.UNCHANGED)
        table.rows[wanted] = row
        table.seen[row.pk] = self.file
        return row

    def leaf(self, model: type[Audited], identity: dict[str, Any], values: dict[str, Any]) -> None:
        """Create or change a row on which nothing hangs; one that a person has removed stays removed."""
        table = self._table(model)
        wanted = tuple(identity.values())
        if wanted not in table.rows and wanted in self._removed(model, table):
            self.report.kept.append(self._words(model(**identity, **values)))
            return
        try:
            self.put(model, identity, values)
        except PlanClosed as error:
            self.report.kept.append(f"{self.entry}: {self._words(model(**identity, **values))}: {error.message}")
            if row := table.rows.get(wanted):
                table.seen[row.pk] = self.file

    def _change(self, row: Row, differing: dict[str, Any]) -> Row:
        rows: models.QuerySet[Any] = type(row)._default_manager.all()
        fresh: Row = audited.lock(rows, row.pk)
        loads = self._loads(type(row)).filter(id=row.pk)
        before = loads.order_by("-version").first()
        mine = {name: value for name, value in differing.items() if before is not None and _same(before, fresh, name)}
        seen = fresh.version
        fresh = changing.change(type(row), row.pk, mine, version=seen, scope=None, stamp=self._stamp())
        self._count(type(row), Outcome.CHANGED if fresh.version != seen else Outcome.UNCHANGED)
        if fresh.version != seen:
            columns = sorted({column_words(type(row), name) for name in mine})
            self.report.changed.append(f"{self._words(fresh)}: {', '.join(columns)}")
        for name in differing.keys() - mine.keys():
            self.report.kept.append(f"{self._words(fresh)}, {column_words(type(row), name)}")
        return fresh

    def finish(self) -> None:
        """Remove links that the files no longer have; report entries that they no longer have, and leave them."""
        for model in [kind for kind in KINDS if kind is not Municipality]:
            kind, table = KINDS[model], self._table(model)
            unseen = {row.pk: row for row in table.rows.values() if row.pk not in table.seen}
            if unseen and kind.owner:
                self._unlink(model, kind, unseen)
            elif unseen:
                self._leave(model, unseen)

    def _unlink(self, model: type[Audited], kind: Kind, unseen: dict[int, Any]) -> None:
        owners = self._tables[kind.owner_model].seen if kind.owner_model in self._tables else {}
        loose = {pk: row for pk, row in unseen.items() if getattr(row, f"{kind.owner}_id") in owners}
        for pk in sorted(self._loaded(model, loose)):
            self.of(owners[getattr(loose[pk], f"{kind.owner}_id")])
            self.report.changed.append(_("%(what)s: removed") % {"what": self._words(loose[pk])})
            changing.remove(model, pk, scope=None, stamp=self._stamp())
            self._count(model, Outcome.REMOVED)

    def _leave(self, model: type[Audited], unseen: dict[int, Any]) -> None:
        """Tell of what the strategies of this run have no more; of what they share, where no other strategy has it."""
        strategies = self._table(Strategy)
        away = KINDS[model].strategy
        if away:
            missed = {pk: row for pk, row in unseen.items() if _key_at(row, away) in strategies.seen}
        else:
            missed = unseen if len(strategies.seen) == len(strategies.rows) else {}
        if model is not Strategy:
            self.report.left += [self._words(missed[pk]) for pk in sorted(self._loaded(model, missed))]

    def _words(self, row: Audited) -> str:
        return row_words(row, self._own)

    def _loaded(self, model: type[Audited], rows: dict[int, Any]) -> set[int]:
        """Return those of `rows` that a load created."""
        created = self._loads(model).filter(history_type="+")
        return set(created.values_list("id", flat=True)) & rows.keys()

    def _loads(self, model: type[Audited]) -> "models.QuerySet[Any]":
        return standing.loads(model, self.actor.name)

    def _table(self, model: type[Audited]) -> _Table:
        if model not in self._tables:
            kind = KINDS[model]
            rows = model._default_manager.select_related(*kind.related)
            if self._municipality is not None:
                rows = rows.filter(**{kind.municipality: self._municipality})
            self._tables[model] = _Table({tuple(getattr(row, name) for name in kind.identity): row for row in rows}, {})
        return self._tables[model]

    def _removed(self, model: type[Audited], table: _Table) -> set[Identity]:
        if table.removed is None:
            gone = standing.removed_by_others(model, self.actor.name)
            table.removed = set(gone.values_list(*KINDS[model].identity))
        return table.removed

    def _stamp(self) -> Stamp:
        # One per file: it is asked for with each row.
        if self.file not in self._stamps:
            self._stamps[self.file] = audited.stamp(self.actor, reason_for(self.file), self.now)
        return self._stamps[self.file]

    def _count(self, model: type[Audited], outcome: Outcome) -> None:
        self.report.note(self.file, model, outcome)


def _key_at(row: Any, way: str) -> int:
    """Return the id at the end of a way such as ``plan__item__strategy``."""
    *steps, last = way.split("__")
    for step in steps:
        row = getattr(row, step)
    return int(getattr(row, f"{last}_id"))


def _plain(value: Any) -> Any:
    # Empty text is one thing, whether a column or a form keeps it as "" or as nothing.
    return None if value == "" else value


def _differing(row: Any, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if _plain(getattr(row, name)) != _plain(value)}


def _same(before: Any, now: Any, name: str) -> bool:
    return bool(_plain(getattr(before, name)) == _plain(getattr(now, name)))
