"""How a tracked row is added, changed, removed and put in order, whichever door asks for it.

May → transaction → lock → rules → change with actor and reason → what follows from it. `scope` is the person who acts;
None is a program (a load, the demonstration): nobody asks for its rights, and the rules hold for it all the same.
An act stands whole or not at all. What else happens to a thing (a move, a tick, a new name of a unit) is a service of
its own.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import Max, ProtectedError
from django.http import Http404
from django.utils.translation import gettext as _

from toimenpiteet import access
from toimenpiteet.access import Scope, Verb, Verdict
from toimenpiteet.models import (
    Audited,
    Municipality,
    PeriodPlan,
    PlanMeans,
    PlanUnit,
    Stamp,
    Step,
    UnauditedChange,
    Unit,
)
from toimenpiteet.services import audited, rules
from toimenpiteet.services.errors import Invalid, OrderChanged, Stale, need
from toimenpiteet.workflow import INITIAL

Part = TypeVar("Part", bound=Audited)

TWICE = timedelta(minutes=1)
"""Within this, the same words of the same person are a form that was sent twice."""
# Each row gets its own, whatever the form held.
_OF_THE_ROW = {"id", "key", "order", "version", "at"}
# What is kept here; other tables have services of their own, and so have some columns.
_HERE = {Municipality, *rules.PARENT}
_COLUMNS_ELSEWHERE: dict[type[Audited], set[str]] = {
    PeriodPlan: {"status", "next_deadline_on", "last_sign_at"},
    Step: {"done", "done_on"},
}
# The whole is locked before its part: a rule asks how it stands, or looks at all its parts.
_WHOLE: dict[type[Audited], str] = {Step: "plan", PlanMeans: "plan", PlanUnit: "plan"}


@dataclass(frozen=True)
class Links:
    """What a row owns: rows of `model` that lead from it (`near`) to another row, or to a spelling (`far`)."""

    model: type[Audited]
    near: str
    far: str


@dataclass(frozen=True)
class Relink:
    """Which links a person adds and takes away; what others did meanwhile stays. Rows of `links.far`, or spellings."""

    links: Links
    added: Sequence[Any] = ()
    removed: Sequence[Any] = ()


# Rights


def require_keeper(scope: Scope, municipality: int, model: type[models.Model] = Unit) -> Verdict:
    """Return by what right the person keeps rows of `model`; raises Forbidden, or Http404 when it is not theirs."""
    if municipality not in access.reached(scope).municipalities:
        raise Http404
    return need(access.may(scope, access.keeping(model), municipality))


def _acting(scope: Scope | None, obj: Audited) -> Verdict:
    """Return by what right the person acts, its role empty for whoever keeps the structure; raises as above."""
    if scope is None:
        return Verdict()
    if isinstance(obj, Step) and (right := access.may(scope, Verb.WORK, obj.plan)):
        return right
    if isinstance(obj, Municipality) and obj._state.adding:
        return need(access.may(scope, Verb.ADD_MUNICIPALITY, None))
    return replace(require_keeper(scope, access.municipality_of(obj), type(obj)), role="")


def _check_act(model: type[Audited], scope: Scope | None, stamp: Stamp, names: Collection[str] = ()) -> None:
    if scope is None and stamp.actor.user is not None:
        raise UnauditedChange("A person acts with their own rights: pass their scope.")
    taken = {"version", *_COLUMNS_ELSEWHERE.get(model, ())} & set(names)
    if taken or (model not in _HERE and scope is not None):
        raise UnauditedChange(f"{model.__name__} {', '.join(sorted(taken))}: it has a service of its own.")


def open_row(scope: Scope, rows: "models.QuerySet[Part]", pk: int) -> Part:
    """Return the one of `rows` (all of a model) that the person keeps, unlocked, for a page that shows it.

    Raises Http404 when it does not exist for them, Forbidden when they see it without keeping it.
    """
    reached = access.visible(access.reached(scope), rows.model)
    found = access.get(scope, rows.filter(pk__in=reached.filter(pk=pk).values("pk")), pk=pk)
    need(access.may(scope, access.keeping(rows.model), found))
    return found


def find(scope: Scope | None, model: type[Part], pk: int, *, version: int | None = None) -> Part:
    """Return a locked, fresh row that may be changed.

    Raises Http404, Forbidden when the person sees it without keeping it, Stale when it is not as they saw it, or
    Invalid when nobody may change it as it stands.
    """
    return _held(scope, model, pk, version)[0]


def _held(scope: Scope | None, model: type[Part], pk: int, version: int | None) -> tuple[Part, Verdict]:
    if scope is not None and scope.anonymous:
        raise Http404
    everything: Any = model._default_manager.all()
    rows = everything if scope is None else access.visible(access.reached(scope), model)
    try:
        whole = _lock_whole(rows, pk)
        obj = audited.lock(rows, pk)
    except (models.ObjectDoesNotExist, ValueError, OverflowError) as error:
        raise Http404 from error
    if whole is not None:
        setattr(obj, _WHOLE[model], whole)
    right = _acting(scope, obj)
    rules.check_open(obj)
    if version is not None and obj.version != version:
        raise Stale(obj)
    return obj, right


def _lock_whole(rows: "models.QuerySet[Any]", pk: int) -> Audited | None:
    name = _WHOLE.get(rows.model)
    return (
        audited.lock(PeriodPlan.objects.all(), rows.values_list(f"{name}_id", flat=True).get(pk=pk)) if name else None
    )


# One act


_plans: ContextVar[set[int] | None] = ContextVar("plans_of_the_act", default=None)


@contextmanager
def act() -> Iterator[None]:
    """Let everything written inside be one act: it stands whole or not at all.

    What must hold of a plan with all its parts is asked at the end. Raises Invalid when it does not.
    """
    if _plans.get() is not None:
        yield
        return
    with transaction.atomic():
        plans: set[int] = set()
        token = _plans.set(plans)
        try:
            yield
        finally:
            _plans.reset(token)
        rules.check_plans(plans)


def _touch(obj: Audited) -> None:
    plans = _plans.get()
    if plans is not None and isinstance(obj, PeriodPlan | PlanUnit):
        plans.add(obj.pk if isinstance(obj, PeriodPlan) else obj.plan_id)


# Adding


@act()
def add(obj: Part, relinks: Iterable[Relink] = (), *, scope: Scope | None, stamp: Stamp) -> Part:
    """Insert `obj` with its links, filling its key, its place and what it shares with its parents.

    A form that is sent twice makes one row: the second time returns what the first one made. Raises Forbidden or
    Http404 when the person may not (a new municipality: is not the operator), Invalid, naming the field, when it does
    not fit, UnauditedChange when it claims what another service sets.
    """
    _check_act(type(obj), scope, stamp)
    rules.fill(obj)
    stamp = audited.through(stamp, _acting(scope, obj))
    if scope is not None or type(obj) in _WHOLE:
        _lock_above(obj)
    rules.check_open(obj)
    _tidy(obj)
    if made := made_already(obj, stamp):
        return made
    _insert(obj, scope, stamp)
    _relink(obj, relinks, scope, stamp)
    return obj


def _lock_above(obj: Audited) -> None:
    """Let two who add in one place come one after the other, and so the two of a double click."""
    name = rules.PARENT.get(type(obj))
    if name is not None:
        field: Any = obj._meta.get_field(name)
        above = audited.lock(field.related_model._default_manager.all(), getattr(obj, field.attname))
        if type(obj) in _WHOLE:
            setattr(obj, name, above)


def made_already(obj: Part, stamp: Stamp) -> Part | None:
    """Return the row that the same person made a moment ago with the same content and reason: a form sent twice."""
    person = stamp.actor.user
    if person is None:
        return None
    past: Any = type(obj).history
    columns = (field.attname for field in past.model.tracked_fields if field.name not in _OF_THE_ROW)
    same = {name: getattr(obj, name) for name in columns}
    act = {"history_type": "+", "history_user_id": person.pk, "history_change_reason": stamp.reason}
    rows = past.filter(history_date__gt=stamp.at - TWICE, **act, **same)
    made: Any = type(obj)._default_manager
    return made.filter(pk__in=list(rows.values_list("id", flat=True))).first()  # type: ignore[no-any-return]  # of its own kind


def _insert(obj: Any, scope: Scope | None, stamp: Stamp) -> None:
    if getattr(obj, "done", False) or (isinstance(obj, PeriodPlan) and obj.status != INITIAL):
        raise UnauditedChange("A plan starts as not started, a step as not done: services.plan.plans moves and ticks.")
    if hasattr(obj, "order") and not obj.order:
        obj.order = _last(obj) + 1
    rules.fill_key(obj)
    rules.check(obj, stated=scope is None)
    audited.add(obj, stamp)
    _touch(obj)


def _last(obj: Any) -> int:
    name = rules.PARENT[type(obj)]
    rows = type(obj)._default_manager.filter(**{name: getattr(obj, name)})
    return rows.aggregate(last=Max("order"))["last"] or 0


def _tidy(obj: Audited) -> None:
    for field, value in rules.texts(obj):
        setattr(obj, field.attname, rules.tidied(field, value))


# Changing


@act()
def change(
    model: type[Part],
    pk: int,
    values: Mapping[str, Any],
    relinks: Iterable[Relink] = (),
    *,
    version: int,
    scope: Scope | None,
    stamp: Stamp,
) -> Part:
    """Set `values` on the row that was seen at `version`, and change its links; a change of nothing leaves nothing.

    Raises Http404, Forbidden, Stale, or Invalid, naming the field, when the result would not fit.
    """
    _check_act(model, scope, stamp, values)
    obj, right = _held(scope, model, pk, version)
    stamp = audited.through(stamp, right)
    columns = {_field(model, name).attname: _cleaned(model, name, value) for name, value in values.items()}
    trial = copy(obj)
    for name, value in columns.items():
        setattr(trial, name, value)
    _stays_in_its_strategy(obj, trial)
    rules.check(trial, obj, stated=scope is None)
    audited.change(obj, stamp, **columns)
    _relink(obj, relinks, scope, stamp)
    return obj


def _stays_in_its_strategy(obj: Audited, trial: Audited) -> None:
    rules.fill(trial)
    for name in rules.TAKEN_FROM.get(type(obj), {}):
        if getattr(trial, name) != getattr(obj, name):
            raise Invalid(
                _("It cannot move to another strategy. Make a new one there."), field=name.removesuffix("_id")
            )


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _cleaned(model: type[models.Model], name: str, value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    return rules.tidied(_field(model, name), value) if isinstance(value, str) else value


def _relink(obj: Audited, relinks: Iterable[Relink], scope: Scope | None, stamp: Stamp) -> None:
    for relink in relinks:
        links = relink.links
        rows = links.model._default_manager.filter(**{links.near: obj})
        for far in relink.added:
            if not rows.filter(**{links.far: far}).exists():
                link: Any = links.model(**{links.near: obj, links.far: far})
                _tidy(link)
                _insert(link, scope, stamp)
        for far in relink.removed:
            if row := rows.filter(**{links.far: far}).select_for_update().first():
                _delete(row, stamp)


# Removing


@act()
def remove(
    model: type[Part],
    pk: int,
    owned: Iterable[Links] = (),
    *,
    version: int | None = None,
    scope: Scope | None,
    stamp: Stamp,
) -> None:
    """Delete a row and the links that it owns; its history stays.

    Raises Http404, Forbidden, Stale, or Invalid when anything else depends on it.
    """
    _check_act(model, scope, stamp)
    obj, right = _held(scope, model, pk, version)
    stamp = audited.through(stamp, right)
    for links in owned:
        for row in links.model._default_manager.select_for_update().filter(**{links.near: obj}):
            _delete(row, stamp)
    _delete(obj, stamp)


def _delete(obj: Audited, stamp: Stamp) -> None:
    _touch(obj)
    try:
        audited.remove(obj, stamp)
    except ProtectedError as error:
        first = next(iter(error.protected_objects))
        raise Invalid(
            _("Something still depends on it: %(kind)s %(name)s. Nothing was removed.")
            % {"kind": first._meta.verbose_name, "name": first}
        ) from error


# The order of rows


@act()
def order(
    rows: "models.QuerySet[Any]", wanted: Sequence[tuple[int, int]], *, scope: Scope | None, stamp: Stamp
) -> list[int]:
    """Put `rows`, everything in one list, into the order of `wanted`: their ids and the versions that the person saw.

    Only rows whose place changes are written. Returns their ids. Raises OrderChanged when the list or a row that
    would move has changed meanwhile, or stands in `wanted` twice; Http404, Forbidden or Invalid for what may not be
    changed.
    """
    found = {row.pk: row for row in rows.select_for_update(of=("self",)).order_by("pk")}
    if sorted(found) != sorted(pk for pk, _version in wanted):
        raise OrderChanged
    moved = []
    for (pk, version), place in zip(wanted, _places([row.order for row in found.values()]), strict=True):
        if found[pk].order == place:
            continue
        try:
            change(rows.model, pk, {"order": place}, version=version, scope=scope, stamp=stamp)
        except Stale as error:
            raise OrderChanged from error
        moved.append(pk)
    return moved


def _places(orders: list[int]) -> list[int]:
    """Return the numbers that the places get: those in use where they differ, so that few rows change."""
    used = sorted(set(orders))
    return used if len(used) == len(orders) else list(range(min(orders), min(orders) + len(orders)))
