"""What a page of the keepers saves as one act: a row with the links that it owns, an order of rows.

The rights, the version and the rules between rows are those of services.upkeep, which does each single write.
An act stands whole or not at all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.models import Audited, PeriodPlan, PlanUnit, Stamp
from toimenpiteet.services import rules, structure, upkeep
from toimenpiteet.services.errors import DomainError, Invalid, Stale, need

Part = TypeVar("Part", bound=Audited)

# Within this, the same words of the same person are a form that was sent twice.
_TWICE = timedelta(minutes=1)
# Each row gets its own, whatever the form held.
_OF_THE_ROW = {"id", "key", "order", "version"}


class OrderChanged(DomainError):
    """The list is not what the person saw when they put it into order."""

    code = "order_changed"
    http_status = 409

    def __init__(self) -> None:
        super().__init__(
            _("Somebody else changed this list meanwhile. Here it is as it is now; put it in order again.")
        )


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


def open_row(scope: Scope, rows: "models.QuerySet[Part]", pk: int) -> Part:
    """Return the one of `rows` (all of a model) that the person keeps, unlocked, for a page that shows it.

    Raises Http404 when it does not exist for them, Forbidden when they see it without keeping it.
    """
    model = rows.model
    reached = access.visible(access.reached(scope), model)
    found = access.get(scope, rows.filter(pk__in=reached.filter(pk=pk).values("pk")), pk=pk)
    need(access.may(scope, access.keeping(model), found))
    return found


# One row with its links


@transaction.atomic
def add(obj: Part, relinks: Iterable[Relink] = (), *, parent: str, scope: Scope, stamp: Stamp) -> Part:
    """Insert `obj` as the last one under its `parent` (a foreign key's name), with its links.

    A form that is sent twice makes one row: the second time returns what the first one made. Raises as ``upkeep.add``,
    and Invalid when a plan would have no responsible unit.
    """
    above = getattr(obj, parent)
    upkeep.require_keeper(scope, access.municipality_of(above), type(obj))
    # Two who add here at once come one after the other, and so do the two of a double click.
    type(above)._default_manager.select_for_update().get(pk=above.pk)
    rules.fill(obj)
    if made := made_already(obj, stamp):
        return made
    if hasattr(obj, "order"):
        last = type(obj)._default_manager.filter(**{parent: above}).aggregate(last=Max("order"))["last"]
        obj.order = (last or 0) + 1
    upkeep.add(obj, scope=scope, stamp=stamp)
    _relink(obj, relinks, scope, stamp)
    if isinstance(obj, PeriodPlan) and not PlanUnit.objects.filter(plan=obj).exists():
        raise Invalid(_("A plan always has a responsible unit. Choose at least one."), field="unit")
    return obj


def made_already(obj: Part, stamp: Stamp) -> Part | None:
    """Return the row that the same person made a moment ago with the same content and reason: a form sent twice."""
    person = stamp.actor.user
    if person is None:
        return None
    past: Any = type(obj).history
    columns = (field.attname for field in past.model.tracked_fields if field.name not in _OF_THE_ROW)
    same = {name: getattr(obj, name) for name in columns}
    act = {"history_type": "+", "history_user_id": person.pk, "history_change_reason": stamp.reason}
    rows = past.filter(history_date__gt=stamp.at - _TWICE, **act, **same)
    made: Any = type(obj)._default_manager
    return made.filter(pk__in=list(rows.values_list("id", flat=True))).first()  # type: ignore[no-any-return]  # of its own kind


@transaction.atomic
def change(
    model: type[Part],
    pk: int,
    values: dict[str, Any],
    relinks: Iterable[Relink] = (),
    *,
    version: int,
    scope: Scope,
    stamp: Stamp,
) -> Part:
    """Set `values` on the row and change its links. Raises as ``upkeep.change``."""
    obj = upkeep.change(model, pk, values, version=version, scope=scope, stamp=stamp)
    _relink(obj, relinks, scope, stamp)
    return obj


def _relink(obj: Audited, relinks: Iterable[Relink], scope: Scope, stamp: Stamp) -> None:
    for relink in relinks:
        links = relink.links
        rows = links.model._default_manager.filter(**{links.near: obj})
        # New ones first, so that the last one can be exchanged.
        for far in relink.added:
            if not rows.filter(**{links.far: far}).exists():
                upkeep.add(_link(links, obj, far, rows), scope=scope, stamp=stamp)
        for far in relink.removed:
            if row := rows.filter(**{links.far: far}).first():
                upkeep.remove(links.model, row.pk, scope=scope, stamp=stamp)


def _link(links: Links, obj: Audited, far: Any, rows: "models.QuerySet[Any]") -> Audited:
    link: Any = links.model(**{links.near: obj, links.far: far})
    if hasattr(link, "order"):
        link.order = (rows.aggregate(last=Max("order"))["last"] or 0) + 1
    return link  # type: ignore[no-any-return]  # of links.model


@transaction.atomic
def remove(
    model: type[Audited], pk: int, owned: Iterable[Links] = (), *, version: int, scope: Scope, stamp: Stamp
) -> None:
    """Delete a row and the links that it owns. Raises as ``upkeep.remove`` when anything else depends on it."""
    obj = upkeep.find(scope, model, pk, version=version)
    for links in owned:
        for row in links.model._default_manager.select_for_update().filter(**{links.near: obj}):
            structure.remove(row, stamp)
    upkeep.remove(model, pk, version=version, scope=scope, stamp=stamp)


# The order of rows


@transaction.atomic
def reorder(
    rows: "models.QuerySet[Any]", wanted: Sequence[tuple[int, int]], *, scope: Scope, stamp: Stamp
) -> list[int]:
    """Put `rows`, everything in one list, into the order of `wanted`: their ids and the versions that the person saw.

    Only rows whose place changes are written. Returns their ids. Raises OrderChanged when the list or a row that
    would move has changed meanwhile; Http404 or Forbidden for what the person does not keep.
    """
    found = {row.pk: row for row in rows.select_for_update(of=("self",)).order_by("pk")}
    seen = dict(wanted)
    if found.keys() != seen.keys() or len(wanted) != len(found):
        raise OrderChanged
    moved = []
    for (pk, version), place in zip(wanted, _places([row.order for row in found.values()]), strict=True):
        if found[pk].order == place:
            continue
        try:
            upkeep.change(rows.model, pk, {"order": place}, version=version, scope=scope, stamp=stamp)
        except Stale as error:
            raise OrderChanged from error
        moved.append(pk)
    return moved


def _places(orders: list[int]) -> list[int]:
    """Return the numbers that the places get: those in use where they differ, so that few rows change."""
    used = sorted(set(orders))
    return used if len(used) == len(orders) else list(range(1, len(orders) + 1))
