"""What goes over when a unit ends or gets a new name: each thing noted as it goes, so that it can come back.

It comes back, while the day is still to come, as far as it is still where it went; what somebody has put elsewhere
since then stays there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from toimenpiteet.access import Scope
from toimenpiteet.models import (
    Audited,
    GroupMember,
    HandedOver,
    Membership,
    Stamp,
    Unit,
    UnitAlias,
    UnitHandover,
    User,
)
from toimenpiteet.selectors.units.units import spelling
from toimenpiteet.services import audited, changing
from toimenpiteet.services.audited import By
from toimenpiteet.services.errors import Invalid

_DAY = timedelta(days=1)
_NAMES = {model: name for name, model in HandedOver.THINGS.items()}


@dataclass(frozen=True)
class HandingOver:
    """The ending of a locked `unit` by one act."""

    unit: Unit
    stamp: Stamp

    def follow(self, kind: UnitHandover.Kind, successors: Sequence[Unit]) -> None:
        """Write what follows the unit; the first is the one to which everything goes."""
        for place, successor in enumerate(successors):
            audited.add(UnitHandover(unit=self.unit, successor=successor, kind=kind, place=place), self.stamp)
        self._note(HandedOver.Act.CHANGED, self.unit, ["valid_until"])

    def give_all(self, new: Unit) -> None:
        """Give spellings, groups, members and the units under the unit to `new`."""
        for child in Unit.objects.select_for_update().filter(parent=self.unit).exclude(pk=new.pk):
            self.change(child, parent_id=new.pk)
        known = {spelling(text) for text in UnitAlias.objects.filter(unit=new).values_list("text", flat=True)}
        for alias in UnitAlias.objects.select_for_update().filter(unit=self.unit):
            self._move(alias, already=spelling(alias.text) in known, unit_id=new.pk)
        groups = set(GroupMember.objects.filter(unit=new).values_list("group_id", flat=True))
        # The old unit stays in its groups: their plans reach its people until the day comes.
        for link in GroupMember.objects.filter(unit=self.unit).exclude(group__in=groups | {new.pk}):
            self.add(GroupMember(group_id=link.group_id, unit=new))
        members = set(GroupMember.objects.filter(group=new).values_list("unit_id", flat=True))
        for link in GroupMember.objects.select_for_update().filter(group=self.unit):
            self._move(link, already=link.unit_id in members | {new.pk}, group_id=new.pk)

    def _move(self, row: UnitAlias | GroupMember, *, already: bool, **to: Any) -> None:
        if already:
            self.remove(row)
        else:
            self.change(row, **to)

    def end_roles(self, last_day: date, new: Unit | None = None) -> None:
        """End the roles that last longer than the unit; they go on in `new` where it is the same unit."""
        lasting = Q(valid_until__isnull=True) | Q(valid_until__gt=last_day)
        for role in Membership.objects.select_for_update().filter(lasting, unit=self.unit):
            if new is not None:
                same = {"user_id": role.user_id, "role": role.role, "valid_until": role.valid_until}
                begins = max(last_day + _DAY, role.valid_from or last_day)
                self.add(Membership(unit=new, valid_from=begins, **same))
            if role.valid_from is not None and role.valid_from > last_day:
                self.remove(role)
            else:
                self.change(role, valid_until=last_day)

    def change(self, row: Audited, **values: Any) -> None:
        """Change a locked `row`."""
        self._note(HandedOver.Act.CHANGED, row, list(values))
        audited.change(row, self.stamp, **values)

    def remove(self, row: Audited) -> None:
        """Remove a locked `row`."""
        columns = [field.attname for field in row._meta.concrete_fields if field.attname not in {"id", "version"}]
        self._note(HandedOver.Act.REMOVED, row, columns)
        audited.remove(row, self.stamp)

    def add(self, row: Audited) -> None:
        """Add a new `row`."""
        audited.add(row, self.stamp)
        self._note(HandedOver.Act.ADDED, row, [])

    def _note(self, act: HandedOver.Act, row: Audited, columns: list[str]) -> None:
        before = {name: _plain(getattr(row, name)) for name in columns}
        thing = _NAMES[type(row)]
        audited.add(HandedOver(unit=self.unit, act=act, thing=thing, row=row.pk, before=before), self.stamp)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True)
class _TakingBack:
    """What was planned for `unit`: `heirs` are its successor and those that follow that one."""

    unit: int
    last_day: date | None
    heirs: list[int]
    scope: Scope
    stamp: Stamp

    def one(self, noted: HandedOver) -> None:
        """Bring one thing back."""
        model = HandedOver.THINGS[noted.thing]
        fields: dict[str, Any] = {field.attname: field for field in model._meta.concrete_fields}
        values = {name: fields[name].to_python(value) for name, value in noted.before.items()}
        row = model._default_manager.select_for_update().filter(pk=noted.row).first()
        if noted.act == HandedOver.Act.REMOVED:
            self._add(model, values)
        elif row is not None and noted.act == HandedOver.Act.ADDED:
            audited.remove(row, self.stamp)
        elif row is not None and self._still_there(row, values):
            self._change(row, values)

    def _add(self, model: type[Audited], values: dict[str, Any]) -> None:
        # An account that was closed meanwhile has no roles.
        closed = model is Membership and not User.objects.filter(pk=values["user_id"], is_active=True).exists()
        same = {name: value for name, value in values.items() if name != "valid_until"}
        if not closed and not model._default_manager.filter(**same).exists():
            audited.add(model(**values), self.stamp)

    def _still_there(self, row: Audited, values: dict[str, Any]) -> bool:
        """Tell whether a thing is where it went, or went on from there."""
        where = {name: getattr(row, name) for name in values}
        if "valid_until" in where:
            return bool(where["valid_until"] == self.last_day)
        again = isinstance(row, GroupMember) and GroupMember.objects.filter(group=self.unit, unit=row.unit_id).exists()
        return not again and all(value in self.heirs for value in where.values())

    def _change(self, row: Audited, values: dict[str, Any]) -> None:
        if isinstance(row, Unit) and row.pk != self.unit:
            # Through the keepers' way: meanwhile a unit may stand above the one to which it comes back.
            by: By = {"scope": self.scope, "stamp": self.stamp}
            changing.change(Unit, row.pk, {"parent": self.unit}, version=row.version, **by)
        else:
            audited.change(row, self.stamp, **values)


def take_back(unit: Unit, *, scope: Scope, stamp: Stamp) -> None:
    """Let `unit`, locked and with a last day to come, go on as it is; its new name, if that was planned, is removed.

    Raises Invalid when the new name is in use already.
    """
    follows = list(UnitHandover.objects.select_related("successor").filter(unit=unit))
    noted = list(HandedOver.objects.filter(unit=unit).order_by("pk"))
    act = _TakingBack(unit.pk, unit.valid_until, list(_heirs(unit)), scope, stamp)
    for row in (*follows, *noted):
        audited.remove(row, stamp)
    own = next((one.before for one in noted if (one.thing, one.row) == ("unit", unit.pk)), {"valid_until": None})
    former = own["valid_until"]
    audited.change(unit, stamp, successor_id=None, valid_until=former and date.fromisoformat(former))
    for one in noted:
        if (one.thing, one.row) != ("unit", unit.pk):
            act.one(one)
    for follower in follows:
        if follower.kind == UnitHandover.Kind.RENAMED:
            _remove_name(follower.successor, scope, stamp)


def _heirs(unit: Unit) -> Iterator[int]:
    seen = {unit.pk}
    while unit.successor is not None and unit.successor.pk not in seen:
        unit = unit.successor
        seen.add(unit.pk)
        yield unit.pk


def _remove_name(new: Unit, scope: Scope, stamp: Stamp) -> None:
    try:
        changing.remove(Unit, new.pk, scope=scope, stamp=stamp)
    except Invalid as error:
        said = _("The new name is in use already, so it stays. Correct it on %(unit)s itself.") % {"unit": new.name}
        raise Invalid(f"{said} {error.message}") from error
