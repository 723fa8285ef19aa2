"""The one way by which a tracked object is written: locked, stamped, versioned, without no-op saves."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, TypedDict, TypeVar

from django.db import models, transaction
from django.utils.translation import override
from modeltranslation.manager import rewrite_lookup_key
from modeltranslation.settings import DEFAULT_LANGUAGE

from toimenpiteet.access import Scope, Verdict
from toimenpiteet.models import Actor, Audited, Stamp, UnauditedChange, User
from toimenpiteet.services import search
from toimenpiteet.services.errors import Stale
from toimenpiteet.services.people import names
from toimenpiteet.services.plan import derived

Model = TypeVar("Model", bound=Audited)
_HELD = "_held_at_version"


class By(TypedDict):
    """Who does it, with which rights (None: a program's), and why: what every change is asked with."""

    scope: Scope | None
    stamp: Stamp


@contextmanager
def _stamped(obj: Audited, stamp: Stamp) -> Iterator[None]:
    # An instance attribute shadows the class's None only while this one save runs.
    obj.__dict__["stamp"] = stamp
    try:
        # The unsuffixed column of a translated text takes the active language's: let it be the same one always.
        with override(DEFAULT_LANGUAGE):
            yield
    finally:
        obj.__dict__.pop("stamp", None)


def stamp(actor: Actor, reason: str, now: datetime, acted_as: str = "", on_behalf: int | None = None) -> Stamp:
    """Return who, why and when for the changes of one act; `now` must be aware and `reason` not empty.

    `acted_as` is the role in which somebody who works on a plan does it, `on_behalf` the key of the person for whom it
    is done where the right to it came only through a grant (access.Verdict has both).
    """
    if on_behalf is not None:
        actor = replace(actor, on_behalf=User.objects.get(pk=on_behalf))
    wanted = [names.of_actor(actor), *([names.of_person(actor.on_behalf)] if actor.on_behalf else [])]
    who, *other = names.find_or_make(*wanted)
    return Stamp(actor, reason, now, who, other[0] if other else None, acted_as)


def through(given: Stamp, right: Verdict) -> Stamp:
    """Return `given`, for an act by `right`: in its role, and on whose behalf where it came only through a grant."""
    if right.on_behalf is None:
        return replace(given, acted_as=right.role)
    return stamp(given.actor, given.reason, given.at, right.role, right.on_behalf)


def lock(queryset: "models.QuerySet[Model]", pk: int, *, version: int | None = None) -> Model:
    """Return a fresh row, locked until the transaction ends (SQLite: the whole database already is).

    Raises the model's DoesNotExist, or Stale when `version` is given and is not the row's.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("audited.lock needs a transaction around it")
    obj = queryset.select_for_update(of=("self",)).get(pk=pk)
    if version is not None and obj.version != version:
        raise Stale(obj)
    _hold(obj)
    return obj


def _hold(obj: Audited) -> None:
    # While its transaction lasts nobody else changes a locked row: what is changed need not be asked about once more.
    obj.__dict__[_HELD] = obj.version
    transaction.on_commit(partial(obj.__dict__.pop, _HELD, None))


def _need_as_read(obj: Audited) -> None:
    # An object read before somebody else's change would put a state that never was into history.
    if obj.__dict__.get(_HELD) == obj.version:
        return
    rows: models.QuerySet[Audited] = models.QuerySet(type(obj)).select_for_update().order_by()
    if not rows.filter(pk=obj.pk, version=obj.version).exists():
        raise UnauditedChange(f"{type(obj).__name__} {obj.pk} is not as read: take it from audited.lock first.")


# An act that fails fails whole: a savepoint for each row would only cost two statements more.


def add(obj: Model, stamp: Stamp) -> Model:
    """Insert `obj` and its first history row."""
    with transaction.atomic(savepoint=False), _stamped(obj, stamp):
        derived.before(obj, stamp)
        obj.save(force_insert=True)
        derived.follow(obj)
        if target := search.target_of(obj):
            search.refresh({target})
    return obj


def _with_mirrors(obj: Audited, changed: list[str]) -> set[str]:
    # The unsuffixed column mirrors the texts (see _stamped), and when it alone is named, modeltranslation writes the
    # mirror over the text of the mirrored language.
    columns = {*changed, "version"}
    for name in changed:
        original = getattr(obj._meta.get_field(name), "translated_field", None)
        columns |= {original.name, f"{original.name}_{DEFAULT_LANGUAGE}"} if original else set()
    return columns


def change(obj: Audited, stamp: Stamp, **values: Any) -> list[str]:
    """Set `values` on a locked, fresh `obj`; save only what differs. Return the names of the changed fields.

    A translated name (`name`) means the text in the active language; `name_fi` names one. Raises UnauditedChange when
    the row has changed since it was read.
    """
    columns = {rewrite_lookup_key(type(obj), name): value for name, value in values.items()}
    changed = [name for name, value in columns.items() if getattr(obj, name) != value]
    if not changed:
        return []
    found = search.touched(obj, changed)
    with transaction.atomic(savepoint=False), _stamped(obj, stamp):
        _need_as_read(obj)
        for name in changed:
            setattr(obj, name, columns[name])
        obj.version += 1
        obj.save(update_fields=_with_mirrors(obj, changed) | derived.before(obj, stamp))
        derived.follow(obj, changed)
        if found:
            search.refresh(found | search.touched(obj, changed))
    return changed


def remove(obj: Audited, stamp: Stamp) -> None:
    """Delete a locked, fresh `obj`; its last history row says who and why, under a version of its own."""
    obj.version += 1
    target = search.target_of(obj)
    with transaction.atomic(), _stamped(obj, stamp):
        derived.before(obj, stamp)
        obj.delete()
        derived.follow(obj)
        if target:
            search.refresh({target})
