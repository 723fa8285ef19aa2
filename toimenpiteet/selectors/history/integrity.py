"""What the record does not explain: live rows that differ from their newest history, statuses without their moves.

Reads every tracked table and its history once, in step, in the order of their keys; memory does not grow with them.
"""

import hashlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery

from toimenpiteet.models import (
    Audited,
    DateKind,
    PeriodPlan,
    PlanSuccessor,
    RecordedName,
    ReportingRound,
    RoundDay,
    StatusChange,
    StoredFile,
    Unit,
    UnitHandover,
    User,
)
from toimenpiteet.selectors.history import signs
from toimenpiteet.selectors.history.stream import tracked_models
from toimenpiteet.selectors.plan import deadlines
from toimenpiteet.selectors.units import units
from toimenpiteet.workflow import BY_NAME, INITIAL, TAKE_BACK, TAKE_BACK_WITHIN, Status

_CHUNK = 2000
_RESTORE = "Find out who wrote it round the application; set it back, or make the change again through the application."
_BACKUP = "Compare with a backup: the record itself was written round the application."


@dataclass(frozen=True)
class Finding:
    """One row that does not add up: where, what stands there, what the record says, and what to do about it."""

    model: str
    pk: int
    field: str
    live: Any
    recorded: Any
    cure: str

    def __str__(self) -> str:
        place = f"{self.model} {self.pk}" + (f", {self.field}" if self.field else "")
        return f"{place}: is {self.live!r}, the record says {self.recorded!r}. {self.cure}"


def verify() -> Iterator[Finding]:
    """Yield every row that the record does not explain, as of one instant.

    On PostgreSQL inside a snapshot of its own, unless a transaction is open already; on SQLite writers wait meanwhile.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for model in tracked_models():
            yield from against_history(model)
        yield from against_moves()
        yield from against_deadlines()
        yield from against_signs()
        yield from against_round_days()
        yield from against_bytes()
        yield from without_unit()
        yield from against_handovers()
        yield from against_successors()
        yield from against_replacements()
        yield from against_accounts()


# Live rows against their history


def _stream(rows: "QuerySet[Any]", *columns: str) -> Iterator[tuple[Any, ...]]:
    return iter(rows.values_list(*columns).iterator(chunk_size=_CHUNK))


def _by_key(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    for key, group in groupby(rows, key=itemgetter(0)):
        yield key, list(group)


_OWN = (
    *("id", "history_id", "history_type", "version", "history_user_id", "actor_name__person_id"),
    *("door", "history_change_reason"),
)


def against_history(model: type[Audited]) -> Iterator[Finding]:
    """Yield the rows of one model whose history does not explain what they are."""
    past = model.history.model
    columns = [field.attname for field in past.tracked_fields if not field.primary_key]
    live = _stream(QuerySet(model).order_by("pk"), "pk", *columns)
    rows = _by_key(_stream(QuerySet(past).order_by("id", "history_id"), *_OWN, *columns))
    for key, now, then in _in_step(live, rows):
        yield from _own_flaws(model.__name__, then)
        yield from _compared(model.__name__, key, columns, now, then)
    yield from _mirrors(model)


def _in_step(
    live: Iterator[tuple[Any, ...]], past: Iterator[tuple[int, list[tuple[Any, ...]]]]
) -> Iterator[tuple[int, tuple[Any, ...] | None, list[tuple[Any, ...]]]]:
    """Merge two streams that are ordered by key; a side without the key gives None or an empty list."""
    now, then = next(live, None), next(past, None)
    while now or then:
        if then is None or (now and now[0] < then[0]):
            assert now is not None  # noqa: S101  # one of the two is there
            yield now[0], now, []
            now = next(live, None)
        elif now is None or then[0] < now[0]:
            yield then[0], None, then[1]
            then = next(past, None)
        else:
            yield now[0], now, then[1]
            now, then = next(live, None), next(past, None)


def _own_flaws(model: str, then: list[tuple[Any, ...]]) -> Iterator[Finding]:
    version = 0
    for _, row, _, number, user, named, door, reason, *_values in then:
        if user != named:
            yield Finding(f"Historical{model}", row, "actor_name", f"of {named}", f"of {user}, who acted", _BACKUP)
        for name, value in (("door", door), ("reason", reason)):
            if not (value or "").strip():
                yield Finding(f"Historical{model}", row, name, value, "a door and a reason", _BACKUP)
        if number <= version:
            yield Finding(f"Historical{model}", row, "version", number, f"more than {version}", _BACKUP)
        version = number


def _compared(
    model: str, key: int, columns: list[str], now: tuple[Any, ...] | None, then: list[tuple[Any, ...]]
) -> Iterator[Finding]:
    if not then:
        yield Finding(model, key, "", "a row", "nothing", f"It was made behind the record's back. {_RESTORE}")
        return
    newest = then[-1]
    if (newest[2] == "-") != (now is None):
        state = ("a row", "deleted") if now else ("no row", "not deleted")
        yield Finding(model, key, "", *state, _RESTORE)
    elif now:
        for name, value, recorded in zip(columns, now[1:], newest[len(_OWN) :], strict=True):
            if value != recorded:
                yield Finding(model, key, name, value, recorded, _RESTORE)


def _mirrors(model: type[Audited]) -> Iterator[Finding]:
    """Check that each unsuffixed text is the first of its translations (see translation.py)."""
    texts: dict[str, list[str]] = {}
    for field in model._meta.concrete_fields:
        original = getattr(field, "translated_field", None)
        if original:
            texts.setdefault(original.name, []).append(field.name)
    if not texts:
        return
    names = [name for mirror, columns in texts.items() for name in (mirror, *columns)]
    for key, *values in _stream(QuerySet(model).order_by("pk"), "pk", *names):
        row = dict(zip(names, values, strict=True))
        for mirror, columns in texts.items():
            expected = next((row[column] for column in columns if row[column]), "")
            if row[mirror] != expected:
                yield Finding(model.__name__, key, mirror, row[mirror], expected, _RESTORE)


# Statuses against their moves


class _Move(NamedTuple):
    """What is read of a status change; `recorded` tells whether the plan has such a version.

    `named` is the person whose name it bears.
    """

    plan_id: int
    pk: int
    move: str
    from_status: str
    to_status: str
    plan_version: int
    recorded: bool
    named: int | None
    actor_id: int | None
    at: datetime
    undoes_id: int | None


def against_moves() -> Iterator[Finding]:
    """Yield the plans whose status their chain of moves does not lead to, and the moves that do not fit."""
    versions = Exists(PeriodPlan.history.filter(id=OuterRef("plan_id"), version=OuterRef("plan_version")))
    rows = (
        QuerySet(StatusChange)
        .annotate(recorded=versions, named=F("actor_name__person_id"))
        .order_by("plan_id", "plan_version")
    )
    moves = _by_key(_stream(rows, *_Move._fields))
    plans = _stream(QuerySet(PeriodPlan).order_by("pk"), "pk", "status")
    for key, plan, chain in _in_step(plans, moves):
        end = yield from _followed(chain)
        if plan and plan[1] != end:
            yield Finding("PeriodPlan", key, "status", plan[1], f"{end}, by its moves", _RESTORE)


def _followed(chain: list[tuple[Any, ...]]) -> Generator[Finding, None, str]:
    """Follow a plan's moves from the first status; return the last status, having yielded what does not fit."""
    status: str = INITIAL
    before: _Move | None = None
    for move in map(_Move._make, chain):
        yield from _flaws(move, before, status)
        status, before = move.to_status, move
    return status


def _flaws(move: _Move, before: _Move | None, status: str) -> Iterator[Finding]:
    if move.from_status != status:
        yield Finding("StatusChange", move.pk, "from_status", move.from_status, status, _BACKUP)
    if move.move == TAKE_BACK:
        if before is None or not _takes_back(move, before):
            undone = "a taking back, by the same person and in time, of the move just before"
            yield Finding("StatusChange", move.pk, "undoes", move.undoes_id, undone, _BACKUP)
    elif not _allowed(move.move, move.from_status, move.to_status):
        said = f"{move.move}: {move.from_status} → {move.to_status}"
        yield Finding("StatusChange", move.pk, "move", said, "no such move", _BACKUP)
    if not move.recorded:
        yield Finding(
            "StatusChange", move.pk, "plan_version", move.plan_version, "no such version of the plan", _BACKUP
        )
    if move.actor_id != move.named:
        stands, acted = f"of {move.named}", f"of {move.actor_id}, who acted"
        yield Finding("StatusChange", move.pk, "actor_name", stands, acted, _BACKUP)


def _allowed(name: str, source: str, target: str) -> bool:
    move = BY_NAME.get(name)
    return move is not None and source in move.sources and target == move.target


def _takes_back(move: _Move, done: _Move) -> bool:
    """Tell whether `move` honestly takes back `done`, the plan's move before it (docs/domain.md, "Taking back")."""
    reverse = (move.from_status, move.to_status) == (done.to_status, done.from_status)
    person = move.actor_id is not None and move.actor_id == done.actor_id
    in_time = done.at <= move.at <= done.at + TAKE_BACK_WITHIN
    next_to_it = move.undoes_id == done.pk and move.plan_version == done.plan_version + 1
    return done.move != TAKE_BACK and reverse and person and in_time and next_to_it


# Recorded names against what says that they were replaced


def against_replacements() -> Iterator[Finding]:
    """Yield the recorded names that were not replaced when they say, or whose replacing they do not tell of."""
    rows = QuerySet(RecordedName).annotate(said=Max("replacements__at"))
    for key, replaced, said in _stream(rows.order_by("pk"), "pk", "replaced_at", "said"):
        if replaced != said:
            yield Finding("RecordedName", key, "replaced_at", replaced, said, _BACKUP)


# Derived and required rows


def against_deadlines() -> Iterator[Finding]:
    """Yield the plans whose derived deadline is not what their dates make it."""
    first_step = Min("steps__due_on", filter=Q(steps__done=False, steps__date_kind=DateKind.DUE))
    rows = QuerySet(PeriodPlan).annotate(first_step=first_step).order_by("pk")
    columns = ("pk", "next_deadline_on", "due_on", "period__end_year", "first_step", "item__strategy__shift_deadlines")
    for key, derived, due_on, end_year, step, shift in _stream(rows, *columns):
        expected = deadlines.earliest_of(deadlines.stated(due_on, end_year), [step] if step else [], shift=shift)
        if derived != expected:
            cure = "It is derived: any change of the plan's dates, or services.plan.derived.refresh, sets it right."
            yield Finding("PeriodPlan", key, "next_deadline_on", derived, expected, cure)


def against_signs() -> Iterator[Finding]:
    """Yield the plans whose derived last sign is not what the record says."""
    plans = _stream(QuerySet(PeriodPlan).order_by("pk"), "pk", "last_sign_at")
    recorded = _by_key(iter(signs.last_signs().iterator(chunk_size=_CHUNK)))
    for key, plan, then in _in_step(plans, recorded):
        expected = max((at for _, at in then), default=None)
        if plan and plan[1] != expected:
            cure = "It is derived: services.plan.derived.refresh_sign sets it right."
            yield Finding("PeriodPlan", key, "last_sign_at", plan[1], expected, cure)


def against_bytes() -> Iterator[Finding]:
    """Yield the files whose bytes are not there, or are not those that were kept."""
    rows = QuerySet(StoredFile).order_by("pk").values_list("pk", "sha256", "bytes__data").iterator(chunk_size=1)
    for key, kept, data in rows:
        found = "" if data is None else hashlib.sha256(bytes(data)).hexdigest()
        if found != kept:
            yield Finding("StoredFile", key, "sha256", kept, found or "no bytes", _BACKUP)


_OF_DAYS = {
    "opens_on": ("opens", "holds_on"),
    "decided_on": ("answers_due", "decided_on"),
    "due_on": ("answers_due", "holds_on"),
}


def against_round_days() -> Iterator[Finding]:
    """Yield the rounds whose columns are not their days of opening and of answers."""
    days = {
        f"day_{name}": Subquery(RoundDay.objects.filter(round=OuterRef("pk"), which=which).values(column))
        for name, (which, column) in _OF_DAYS.items()
    }
    rows = QuerySet(ReportingRound).annotate(**days).order_by("pk")
    for key, *values in _stream(rows, "pk", *_OF_DAYS, *days):
        for name, value, expected in zip(_OF_DAYS, values, values[len(_OF_DAYS) :], strict=False):
            if expected is not None and value != expected:
                cure = "The days of a round are moved with services.rounds.rounds.move_day alone."
                yield Finding("ReportingRound", key, name, value, expected, cure)


def against_accounts() -> Iterator[Finding]:
    """Yield the accounts whose name or address is not what their newest history points to."""
    newest = User.history.filter(id=OuterRef("pk")).order_by("-history_id")
    parts = ("name__text", "name__replaced_at", "email__text", "email__replaced_at")
    recorded = {part.replace("__", "_"): Subquery(newest.values(part)[:1]) for part in parts}
    accounts = QuerySet(User).annotate(**recorded).order_by("pk")
    for key, name, email, *then in _stream(accounts, "pk", "name", "email", *recorded):
        for field, live, text, replaced in (("name", name or email, *then[:2]), ("email", email, *then[2:])):
            # What the city's own rule has replaced names nobody any more (services.people.names).
            if text not in {None, live} and replaced is None:
                yield Finding("User", key, field, live, text, _RESTORE)


def without_unit() -> Iterator[Finding]:
    """Yield the plans for which nobody is responsible."""
    for (key,) in _stream(units.without_unit().order_by("pk"), "pk"):
        yield Finding("PeriodPlan", key, "units", 0, "at least 1", "Add a responsible unit on the plan's admin page.")


def against_handovers() -> Iterator[Finding]:
    """Yield the units whose successor is not the first to which they were handed over."""
    first = UnitHandover.objects.filter(unit=OuterRef("pk"), place=0).values("successor")[:1]
    rows = QuerySet(Unit).annotate(first=Subquery(first)).order_by("pk")
    for key, successor, recorded in _stream(rows, "pk", "successor_id", "first"):
        if successor != recorded:
            yield Finding("Unit", key, "successor", successor, recorded, _RESTORE)


def against_successors() -> Iterator[Finding]:
    """Yield the rows by which a plan goes on elsewhere that is not carried over."""
    rows: QuerySet[PlanSuccessor] = QuerySet(PlanSuccessor).exclude(plan__status=Status.CARRIED_OVER).order_by("pk")
    for key, status in _stream(rows, "pk", "plan__status"):
        yield Finding("PlanSuccessor", key, "plan", status, Status.CARRIED_OVER.value, _RESTORE)
