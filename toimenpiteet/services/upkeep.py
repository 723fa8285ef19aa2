"""How those who keep the structure write it, through the admin or any other door.

Check → transaction → lock → change → save. services.structure does the last step, as it does for the loaded files;
here come the person's rights, the version they saw, and the rules between rows.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import ProtectedError
from django.http import Http404
from django.utils.text import slugify
from django.utils.translation import gettext as _

from toimenpiteet import access
from toimenpiteet.access import Scope, Verb
from toimenpiteet.models import (
    Audited,
    Comment,
    Membership,
    Municipality,
    MunicipalityRole,
    PlanUnit,
    ReportingRound,
    Stamp,
    StatusReport,
    UnauditedChange,
    Unit,
)
from toimenpiteet.services import record, rules, structure, text
from toimenpiteet.services.errors import Invalid, Stale, need

Part = TypeVar("Part", bound=Audited)

# These have services of their own.
ELSEWHERE: frozenset[type[Audited]] = frozenset({Membership, MunicipalityRole, ReportingRound, StatusReport, Comment})
_KEY_LENGTH = 80


def reason_of(typed: str) -> str:
    """Return the reason that a person typed; raises Invalid when there is none."""
    reason = text.clean(typed, field="reason", limit=500)
    if not reason:
        raise Invalid(_("Say why: the reason stays in the history."), field="reason")
    return reason


def require_keeper(scope: Scope, municipality: int, model: type[models.Model] = Unit) -> None:
    """Raise Forbidden unless the person keeps the rows of `model` in `municipality`, Http404 when it is not theirs.

    Units and people are the administrator's, the rest also the strategy director's (``access.kept``).
    """
    if municipality not in access.reached(scope).municipalities:
        raise Http404
    need(access.may(scope, access.keeping(model), municipality))


def _require_ours(model: type[models.Model]) -> None:
    if model in ELSEWHERE:
        raise UnauditedChange(f"{model.__name__}: it has a service of its own.")


@transaction.atomic
def add(obj: Part, *, scope: Scope, stamp: Stamp) -> Part:
    """Insert `obj`, filling its key and what it shares with its parents.

    Raises Forbidden or Http404 when the person does not keep its municipality (a new municipality: is not the
    operator), Invalid, naming the field, when it does not fit.
    """
    _require_ours(type(obj))
    rules.fill(obj)
    if isinstance(obj, Municipality):
        need(access.may(scope, Verb.ADD_MUNICIPALITY, None))
    else:
        require_keeper(scope, access.municipality_of(obj), type(obj))
    _tidy(obj)
    _fill_key(obj)
    rules.check(obj)
    return structure.add(obj, stamp)


def _tidy(obj: Audited) -> None:
    for field, value in rules.texts(obj):
        setattr(obj, field.attname, text.clean(value, field=field.name, limit=field.max_length or rules.TEXT_LIMIT))


def _fill_key(obj: Any) -> None:
    """Make the key of an object that has none, from its first text; keys are unique beside their siblings."""
    if not hasattr(obj, "key") or obj.key:
        return
    translated = ((field.name, value) for field, value in rules.texts(obj) if hasattr(field, "translated_field"))
    spoken = sorted(((name, value) for name, value in translated if value), key=lambda text: "name_" not in text[0])
    wanted = slugify(spoken[0][1]) if spoken else ""
    base = wanted[: _KEY_LENGTH - 10].strip("-") or type(obj).__name__.lower()
    taken = set(_siblings(obj).filter(key__startswith=base).values_list("key", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    obj.key = next(key for key in (base, *numbered) if key not in taken)


def _siblings(obj: Audited) -> "models.QuerySet[Any]":
    siblings: models.QuerySet[Any] = type(obj)._default_manager.all()
    for constraint in obj._meta.constraints:
        names = getattr(constraint, "fields", ())
        if "key" in names:
            return siblings.filter(**{name: getattr(obj, name) for name in names if name != "key"})
    return siblings


def find(scope: Scope, model: type[Part], pk: int, *, version: int | None = None) -> Part:
    """Return a locked, fresh row that the person keeps.

    Raises Http404, Forbidden when they see it without keeping it, or Stale when it is not as they saw it.
    """
    try:
        found = record.lock(access.visible(access.reached(scope), model), pk)
    except (model.DoesNotExist, ValueError, OverflowError) as error:
        raise Http404 from error
    need(access.may(scope, access.keeping(model), found))
    if version is not None and found.version != version:
        raise Stale(found)
    return found


@transaction.atomic
def change(model: type[Part], pk: int, values: Mapping[str, Any], *, version: int, scope: Scope, stamp: Stamp) -> Part:
    """Set `values` on the row that the person saw at `version`; a change of nothing leaves nothing.

    Raises Http404, Stale, or Invalid, naming the field, when the result would not fit.
    """
    _require_ours(model)
    obj = find(scope, model, pk, version=version)
    columns = {_column(model, name): _cleaned(model, name, value) for name, value in values.items()}
    trial = access.get(scope, model._default_manager.all(), pk=pk)
    for name, value in columns.items():
        setattr(trial, name, value)
    before = {name: getattr(trial, name) for name in rules.TAKEN_FROM.get(model, {})}
    rules.fill(trial)
    for name, value in before.items():
        if getattr(trial, name) != value:
            raise Invalid(
                _("It cannot move to another strategy. Make a new one there."), field=name.removesuffix("_id")
            )
    rules.check(trial)
    structure.change(obj, stamp, **columns)
    return obj


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.attname)


def _cleaned(model: type[models.Model], name: str, value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    field = model._meta.get_field(name)
    limit = getattr(field, "max_length", None) or rules.TEXT_LIMIT
    return text.clean(value, field=name, limit=limit) if isinstance(value, str) else value


@transaction.atomic
def remove(model: type[Part], pk: int, *, version: int | None = None, scope: Scope, stamp: Stamp) -> None:
    """Delete a row on which nothing hangs; its history stays. Raises Http404, Stale, or Invalid when something does."""
    _require_ours(model)
    obj = find(scope, model, pk, version=version)
    if isinstance(obj, PlanUnit) and not PlanUnit.objects.filter(plan=obj.plan_id).exclude(pk=pk).exists():
        raise Invalid(_("A plan always has a responsible unit. Add another one first."), field="unit")
    try:
        structure.remove(obj, stamp)
    except ProtectedError as error:
        first = next(iter(error.protected_objects))
        raise Invalid(
            _("Something still depends on it: %(kind)s %(name)s. Nothing was removed.")
            % {"kind": first._meta.verbose_name, "name": first}
        ) from error
