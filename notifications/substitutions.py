"""Who stands in for whom: every change with its actor and reason."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from notifications.models import Substitution
from toimenpiteet.models import Actor, Municipality, User
from toimenpiteet.models.people import Dated
from toimenpiteet.selectors import stand_ins
from toimenpiteet.services import record
from toimenpiteet.services.errors import Invalid


def check(row: Substitution) -> None:
    """Raise Invalid when somebody stands in for themselves, has no role there, or the days are reversed."""
    if row.absent_id == row.substitute_id:
        raise Invalid(_("A person cannot stand in for themselves. Choose somebody else."), field="substitute")
    if row.valid_from and row.valid_until and row.valid_from > row.valid_until:
        raise Invalid(_("The substitution ends before it begins. Correct the days."), field="valid_until")
    for field in ("absent", "substitute"):
        if not _belongs(getattr(row, field), row.municipality):
            raise Invalid(_("This person has no role in the municipality. Choose one who has."), field=field)


@transaction.atomic
def stand_in(row: Substitution, *, actor: Actor, now: datetime, version: int | None = None) -> Substitution:
    """Save a substitution, new or changed (from `version`); raises Invalid as ``check`` does, or Stale."""
    check(row)
    stamp = record.stamp(actor, pgettext("reason", "Substitution set"), now)
    if row._state.adding:
        return record.add(row, stamp)
    values = {name: getattr(row, name) for name in ("absent_id", "substitute_id", "valid_from", "valid_until", "both")}
    current = record.lock(Substitution.objects.all(), row.pk, version=version)
    record.change(current, stamp, **values)
    return current


@stand_ins.tell_of
def names(municipality_id: int, people: Iterable[int], today: date) -> dict[int, list[str]]:
    """Return the names of those who stand in for `people` on `today`, for the unit's page; one query."""
    rows = Substitution.objects.filter(Dated.on(today), municipality=municipality_id, absent__in=list(people))
    found: dict[int, list[str]] = {}
    for row in rows.select_related("substitute").order_by("substitute__name"):
        found.setdefault(row.absent_id, []).append(str(row.substitute))
    return found


def _belongs(person: User, municipality: Municipality) -> bool:
    in_unit = Q(memberships__unit__municipality=municipality)
    return User.objects.filter(in_unit | Q(municipality_roles__municipality=municipality), pk=person.pk).exists()
