"""People and what they are."""

from dataclasses import dataclass
from datetime import date

from toimenpiteet import labels
from toimenpiteet.access import Scope
from toimenpiteet.dates import day_words
from toimenpiteet.models import Membership, MunicipalityRole
from toimenpiteet.models.people import Dated
from toimenpiteet.selectors.words import Text, text_of
from toimenpiteet.workflow import Role


@dataclass(frozen=True)
class RoleRow:
    """A role that a person has now; `until` is empty where it has no end."""

    role: str
    where: Text
    municipality: Text
    until: str


def my_roles(scope: Scope, today: date) -> list[RoleRow]:
    """Return the roles of the person on `today`; two queries."""
    offices = MunicipalityRole.objects.filter(Dated.on(today), user=scope.user).select_related("municipality")
    units = Membership.objects.filter(Dated.on(today), user=scope.user).select_related("unit__municipality")
    rows = [_row(office.role, office, office.municipality, Text("")) for office in offices]
    return rows + [_row(unit.role, unit, unit.unit.municipality, text_of(unit.unit, "name")) for unit in units]


def _row(role: str, right: Membership | MunicipalityRole, home: object, where: Text) -> RoleRow:
    until = day_words(right.valid_until) if right.valid_until else ""
    return RoleRow(str(labels.ROLE[Role(role)]), where, text_of(home, "name"), until)  # type: ignore[arg-type]
