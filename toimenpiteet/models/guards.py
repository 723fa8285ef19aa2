"""Triggers by which the database refuses what the workflow and the audit refuse.

Generated from the workflow table and the list of tracked models, on SQLite and PostgreSQL, and put in place after every
``migrate``, so that they always follow the table. They do not protect against somebody who may drop triggers or empty
tables, nor against SQLite's REPLACE without ``recursive_triggers``: ``verify_history`` finds what that leaves behind.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from toimenpiteet import change_requests, round_moves
from toimenpiteet.workflow import INITIAL, TAKE_BACK, allowed_pairs

PLANS = "toimenpiteet_periodplan"
CHANGES = "toimenpiteet_statuschange"
ROUNDS = "toimenpiteet_reportinground"
REQUESTS = "toimenpiteet_changerequest"
NAMES = "toimenpiteet_recordedname"
_MESSAGE = "a recorded change is never rewritten"
_NAME_MESSAGE = "a recorded name is only replaced openly"
_STATUS_MESSAGE = "the workflow has no such move"
_ROUND_MESSAGE = "a round has no such move"
_REQUEST_MESSAGE = "a change request has no such move"
_BACK_MESSAGE = "only the last move of a plan is taken back, once, by whoever made it"
# The reverse of a move passes beside the row that takes it back, written just before, for this plan and version.
_TAKEN_BACK = (
    f"EXISTS (SELECT 1 FROM {CHANGES} AS back WHERE back.plan_id = NEW.id AND back.move = '{TAKE_BACK}' "  # noqa: S608  # our own names
    "AND back.plan_version = NEW.version AND NEW.version = OLD.version + 1 "
    "AND back.from_status = OLD.status AND back.to_status = NEW.status)"
)
_UNDOES_THE_LAST = (
    f"EXISTS (SELECT 1 FROM {CHANGES} AS done JOIN {PLANS} AS plan ON plan.id = done.plan_id "  # noqa: S608  # likewise
    f"WHERE done.id = NEW.undoes_id AND done.plan_id = NEW.plan_id AND done.move <> '{TAKE_BACK}' "
    "AND done.actor_id = NEW.actor_id AND done.from_status = NEW.to_status AND done.to_status = NEW.from_status "
    "AND done.plan_version = NEW.plan_version - 1 AND plan.version = done.plan_version "
    "AND plan.status = NEW.from_status AND NOT EXISTS (SELECT 1 FROM "
    f"{CHANGES} AS later WHERE later.plan_id = done.plan_id AND later.plan_version > done.plan_version))"
)


def append_only_tables() -> list[str]:
    """Return the tables whose rows are written once: history, status changes, replaced names, tellings, snapshots."""
    history = [model._meta.db_table for model in apps.get_models() if hasattr(model, "history_id")]
    once = ("namereplacement", "told", "filebytes", "roundsnapshot")
    return sorted([*history, *(f"toimenpiteet_{name}" for name in once), CHANGES])


# What a name's row may become: another text, beside a later replacement of this very row that says who and why.
_OPENLY_REPLACED = (
    "NEW.id = OLD.id AND NEW.kind = OLD.kind AND COALESCE(NEW.person_id, 0) = COALESCE(OLD.person_id, 0) "
    "AND (OLD.replaced_at IS NULL OR OLD.replaced_at < NEW.replaced_at) AND EXISTS (SELECT 1 "
    "FROM toimenpiteet_namereplacement AS said WHERE said.name_id = OLD.id AND said.at = NEW.replaced_at)"
)


def _pairs(moves: frozenset[tuple[str, str]]) -> str:
    return ", ".join(f"('{old}', '{new}')" for old, new in sorted(moves))


class _Machine(NamedTuple):
    """A table whose status begins at `first` and moves by `pairs` only; `refuse` names the function that refuses."""

    table: str
    first: str
    pairs: frozenset[tuple[str, str]]
    message: str
    refuse: str


_MACHINES = (
    _Machine(
        ROUNDS,
        round_moves.RoundStatus.PLANNED.value,
        frozenset(round_moves.allowed_pairs()),
        _ROUND_MESSAGE,
        "guard_refuse_round",
    ),
    _Machine(
        REQUESTS,
        change_requests.FIRST.value,
        frozenset(change_requests.allowed_pairs()),
        _REQUEST_MESSAGE,
        "guard_refuse_request",
    ),
)


def _sqlite_machine(of: _Machine) -> Iterator[str]:
    yield (
        f"CREATE TRIGGER guard_{of.table}_status BEFORE UPDATE OF status ON {of.table} "
        f"WHEN OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN (VALUES {_pairs(of.pairs)}) "
        f"BEGIN SELECT RAISE(ABORT, '{of.message}'); END"
    )
    yield (
        f"CREATE TRIGGER guard_{of.table}_first BEFORE INSERT ON {of.table} "
        f"WHEN NEW.status <> '{of.first}' BEGIN SELECT RAISE(ABORT, '{of.message}'); END"
    )


def _postgresql_machine(of: _Machine) -> Iterator[str]:
    yield _refusing_function(of.refuse, of.message)
    yield (
        f"CREATE TRIGGER guard_{of.table}_status BEFORE UPDATE OF status ON {of.table} FOR EACH ROW WHEN "
        f"(OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN ({_pairs(of.pairs)})) "
        f"EXECUTE FUNCTION {of.refuse}()"
    )
    yield (
        f"CREATE TRIGGER guard_{of.table}_first BEFORE INSERT ON {of.table} FOR EACH ROW "
        f"WHEN (NEW.status <> '{of.first}') EXECUTE FUNCTION {of.refuse}()"
    )


def _sqlite(tables: list[str], machines: list[_Machine]) -> Iterator[str]:
    for table in tables:
        for verb in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER guard_{table}_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
            )
    yield (
        f"CREATE TRIGGER guard_{PLANS}_status BEFORE UPDATE OF status ON {PLANS} "
        f"WHEN OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN (VALUES {_pairs(allowed_pairs())}) "
        f"AND NOT {_TAKEN_BACK} "
        f"BEGIN SELECT RAISE(ABORT, '{_STATUS_MESSAGE}'); END"
    )
    for machine in machines:
        yield from _sqlite_machine(machine)
    yield (
        f"CREATE TRIGGER guard_{CHANGES}_back BEFORE INSERT ON {CHANGES} "
        f"WHEN NEW.move = '{TAKE_BACK}' AND NOT {_UNDOES_THE_LAST} "
        f"BEGIN SELECT RAISE(ABORT, '{_BACK_MESSAGE}'); END"
    )
    yield (
        f"CREATE TRIGGER guard_{PLANS}_first BEFORE INSERT ON {PLANS} WHEN NEW.status <> '{INITIAL}' "
        f"BEGIN SELECT RAISE(ABORT, '{_STATUS_MESSAGE}'); END"
    )
    yield (
        f"CREATE TRIGGER guard_{NAMES}_update BEFORE UPDATE ON {NAMES} WHEN NOT ({_OPENLY_REPLACED}) "
        f"BEGIN SELECT RAISE(ABORT, '{_NAME_MESSAGE}'); END"
    )
    yield (
        f"CREATE TRIGGER guard_{NAMES}_delete BEFORE DELETE ON {NAMES} "
        f"BEGIN SELECT RAISE(ABORT, '{_NAME_MESSAGE}'); END"
    )


def _refusing_function(name: str, message: str, unless: str = "FALSE") -> str:
    # 23514 is a check violation: Django reports it as IntegrityError, as SQLite's RAISE(ABORT).
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {unless} THEN RETURN NEW; END IF; "
        f"RAISE EXCEPTION '{message}' USING ERRCODE = '23514'; END $$"
    )


def _postgresql(tables: list[str], machines: list[_Machine]) -> Iterator[str]:
    yield _refusing_function("guard_refuse_rewrite", _MESSAGE)
    yield _refusing_function("guard_refuse_status", _STATUS_MESSAGE)
    # The condition of a trigger cannot ask a table there; a function can.
    yield _refusing_function("guard_need_taking_back", _STATUS_MESSAGE, unless=_TAKEN_BACK)
    yield _refusing_function("guard_need_last_move", _BACK_MESSAGE, unless=_UNDOES_THE_LAST)
    for table in tables:
        yield (
            f"CREATE TRIGGER guard_{table} BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION guard_refuse_rewrite()"
        )
    yield (
        f"CREATE TRIGGER guard_{PLANS}_status BEFORE UPDATE OF status ON {PLANS} FOR EACH ROW "
        f"WHEN (OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN ({_pairs(allowed_pairs())})) "
        f"EXECUTE FUNCTION guard_need_taking_back()"
    )
    for machine in machines:
        yield from _postgresql_machine(machine)
    yield (
        f"CREATE TRIGGER guard_{CHANGES}_back BEFORE INSERT ON {CHANGES} FOR EACH ROW "
        f"WHEN (NEW.move = '{TAKE_BACK}') EXECUTE FUNCTION guard_need_last_move()"
    )
    yield (
        f"CREATE TRIGGER guard_{PLANS}_first BEFORE INSERT ON {PLANS} FOR EACH ROW "
        f"WHEN (NEW.status <> '{INITIAL}') EXECUTE FUNCTION guard_refuse_status()"
    )
    # A trigger's WHEN reads no other table on PostgreSQL, so the function asks.
    yield (
        f"CREATE OR REPLACE FUNCTION guard_openly_replaced() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'UPDATE' AND {_OPENLY_REPLACED} THEN RETURN NEW; END IF; "
        f"RAISE EXCEPTION '{_NAME_MESSAGE}' USING ERRCODE = '23514'; END $$"
    )
    yield (
        f"CREATE TRIGGER guard_{NAMES} BEFORE UPDATE OR DELETE ON {NAMES} "
        f"FOR EACH ROW EXECUTE FUNCTION guard_openly_replaced()"
    )


def existing(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, str]]:
    """Give the name and the table of every guard in place."""
    query = {
        "sqlite": (
            "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard\\_%' ESCAPE '\\'"
        ),
        "postgresql": (
            "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'guard\\_%'"
        ),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        yield from cursor.fetchall()


def _drop_all(connection: BaseDatabaseWrapper) -> None:
    suffix = " ON {}" if connection.vendor == "postgresql" else ""
    for name, table in list(existing(connection)):
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{suffix.format(table)}")


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every guard in place, replacing those of an earlier version."""
    statements = {"sqlite": _sqlite, "postgresql": _postgresql}[connection.vendor]
    # One app may be migrated before another's tables exist.
    present = set(connection.introspection.table_names())
    tables = [table for table in append_only_tables() if table in present]
    machines = [machine for machine in _MACHINES if machine.table in present]
    # All or nothing: a failure half-way leaves the guards that were there.
    with transaction.atomic(using=connection.alias):
        _drop_all(connection)
        with connection.cursor() as cursor:
            for statement in statements(tables, machines):
                cursor.execute(statement)


def install_after_migrate(using: str, **kwargs: Any) -> None:
    """Receive post_migrate."""
    from django.db import connections  # noqa: PLC0415  # read at call time: tests swap connections

    connection = connections[using]
    if {PLANS, CHANGES} <= set(connection.introspection.table_names()):
        install(connection)
