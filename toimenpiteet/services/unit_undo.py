"""Taking back what is planned for a unit and still to come: its end, or its new name.

What went over when it was planned is found in the history. It comes back as far as it is still where it went; what
somebody has put elsewhere since then stays there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from toimenpiteet.access import Scope
from toimenpiteet.models import Audited, GroupMember, Membership, Stamp, Unit, UnitAlias, User
from toimenpiteet.selectors.successors import renamed, same_act, written_by
from toimenpiteet.services import changing, record
from toimenpiteet.services.errors import Invalid


@dataclass(frozen=True)
class _Act:
    """What planned the end of `unit`: `heirs` are its successor and those that follow that one."""

    unit: int
    last_day: date | None
    heirs: list[int]
    condition: dict[str, Any]

    def written(self, model: type[Audited], kind: str, **now: Any) -> "QuerySet[Any]":
        """Return the history rows of `kind` that the act wrote, in which a row had become what `now` says."""
        past: Any = model.history
        found: QuerySet[Any] = past.filter(history_type=kind, **self.condition, **now)
        return found.order_by("history_id")

    def moved(self, model: type[Audited], column: str) -> list[Any]:
        """Return the rows that the act moved from the unit to its successor, and that are still there or went on."""
        gone = _with_before(model, column, self.written(model, "~", **{column: self.heirs[0]}))
        moved = list(gone.filter(before=self.unit).values_list("id", flat=True))
        rows = model._default_manager.select_for_update().filter(pk__in=moved, **{f"{column}__in": self.heirs})
        return list(rows)


def undo(unit: Unit, *, scope: Scope, stamp: Stamp) -> None:
    """Let `unit`, locked and with a last day to come, go on as it is; its new name, if that was planned, is removed.

    Raises Invalid when the new name is in use already.
    """
    new = unit.successor if unit.successor is not None and renamed(unit, unit.successor) else None
    act = _act(unit)
    record.change(unit, stamp, valid_until=new.valid_until if new else None, successor_id=None)
    if act is None:
        return
    _return_roles(act, stamp)
    if act.heirs:
        _return_units(act, scope, stamp)
        _return_spellings(act, stamp)
        _leave_groups(act, stamp)
        _return_members(act, stamp)
    if new is not None:
        _remove(new, act, scope, stamp)


def _act(unit: Unit) -> _Act | None:
    row = written_by(unit)
    return row and _Act(unit.pk, unit.valid_until, list(_heirs(unit)), same_act(row))


def _heirs(unit: Unit) -> Iterator[int]:
    seen = {unit.pk}
    while unit.successor is not None and unit.successor.pk not in seen:
        unit = unit.successor
        seen.add(unit.pk)
        yield unit.pk


def _with_before(model: type[Audited], column: str, rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Annotate history rows with what `column` was before."""
    past: Any = model.history
    earlier = past.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    found: QuerySet[Any] = rows.annotate(before=Subquery(earlier.values(column)[:1]))
    return found


def _return_roles(act: _Act, stamp: Stamp) -> None:
    """Let the roles that were to end with the unit last as long as before."""
    ended = act.written(Membership, "~", unit_id=act.unit, valid_until=act.last_day)
    before = {row.id: row.before for row in _with_before(Membership, "valid_until", ended)}
    held = Membership.objects.select_for_update().filter(pk__in=before, valid_until=act.last_day)
    for role in held:
        record.change(role, stamp, valid_until=before[role.pk])
    removed = list(act.written(Membership, "-", unit_id=act.unit))
    here = set(
        User.objects.filter(pk__in={row.user_id for row in removed}, is_active=True).values_list("pk", flat=True)
    )
    for row in removed:
        same = {"user_id": row.user_id, "unit_id": act.unit, "role": row.role, "valid_from": row.valid_from}
        # An account that was closed meanwhile has no roles.
        if row.user_id in here and not Membership.objects.filter(**same).exists():
            record.add(Membership(**same, valid_until=row.valid_until), stamp)


def _return_units(act: _Act, scope: Scope, stamp: Stamp) -> None:
    for child in act.moved(Unit, "parent_id"):
        # Through the keepers' way: meanwhile a unit may stand above the one to which it comes back.
        changing.change(Unit, child.pk, {"parent": act.unit}, version=child.version, scope=scope, stamp=stamp)


def _return_spellings(act: _Act, stamp: Stamp) -> None:
    for alias in act.moved(UnitAlias, "unit_id"):
        record.change(alias, stamp, unit_id=act.unit)
    # The successor had these already, so the unit lost its own.
    for row in act.written(UnitAlias, "-", unit_id=act.unit):
        record.add(UnitAlias(unit_id=act.unit, text=row.text), stamp)


def _leave_groups(act: _Act, stamp: Stamp) -> None:
    """Take the successor out of the groups that it joined for the unit's sake."""
    joined = list(act.written(GroupMember, "+", unit_id=act.heirs[0]).values_list("id", flat=True))
    for link in GroupMember.objects.select_for_update().filter(pk__in=joined):
        record.remove(link, stamp)


def _return_members(act: _Act, stamp: Stamp) -> None:
    there = set(GroupMember.objects.filter(group=act.unit).values_list("unit_id", flat=True))
    for link in act.moved(GroupMember, "group_id"):
        if link.unit_id not in there:
            record.change(link, stamp, group_id=act.unit)
    for row in act.written(GroupMember, "-", group_id=act.unit).exclude(unit_id__in=there):
        record.add(GroupMember(group_id=act.unit, unit_id=row.unit_id), stamp)


def _remove(new: Unit, act: _Act, scope: Scope, stamp: Stamp) -> None:
    given = list(act.written(Membership, "+", unit_id=new.pk).values_list("id", flat=True))
    for role in Membership.objects.select_for_update().filter(pk__in=given):
        record.remove(role, stamp)
    try:
        changing.remove(Unit, new.pk, scope=scope, stamp=stamp)
    except Invalid as error:
        said = _("The new name is in use already, so it stays. Correct it on %(unit)s itself.") % {"unit": new.name}
        raise Invalid(f"{said} {error.message}") from error
