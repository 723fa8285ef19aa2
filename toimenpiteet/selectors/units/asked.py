"""Who is asked how plans stand: which units, and whom one writes to or calls about them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from toimenpiteet import access
from toimenpiteet.access import Scope, UnitTree
from toimenpiteet.models import Membership, Unit
from toimenpiteet.models.people import NOT_ASKED, Asked, Dated
from toimenpiteet.workflow import Role


def is_asked(unit: str = "") -> Q:
    """Match the units that are asked in reporting rounds; `unit` leads to them, such as "unit__" (docs/domain.md)."""
    not_by_kind = Q(**{f"{unit}asked": "", f"{unit}kind__in": NOT_ASKED})
    return ~Q(**{f"{unit}asked": Asked.NO}) & ~not_by_kind


@dataclass(frozen=True)
class Contact:
    """Somebody to call or write to about a unit; a mailbox has no name."""

    name: str
    email: str


def whom_to_ask(
    scope: Scope, units: Iterable[int], municipalities: Iterable[int], today: date
) -> Mapping[int, list[Contact]]:
    """Return the managers of each of `units`, then its mailbox; of a group those of its members too; three queries.

    An empty list says that there is nobody to ask.
    """
    tree = UnitTree.load(municipalities)
    reached = {unit: tree.named(unit) for unit in units}
    every = frozenset().union(*reached.values())
    rows = access.visible(scope, Unit).filter(Dated.on(today) & is_asked(), pk__in=every).order_by("order", "key")
    mailboxes = dict(rows.values_list("pk", "email"))
    held = access.visible(scope, Membership).filter(Dated.on(today), user__is_active=True, unit__in=list(mailboxes))
    managers = list(held.filter(role=Role.MANAGER).select_related("user").order_by("user__name", "pk"))
    return {unit: _contacts(named, managers, mailboxes) for unit, named in reached.items()}


def _contacts(units: frozenset[int], managers: Iterable[Membership], mailboxes: Mapping[int, str]) -> list[Contact]:
    people = [Contact(str(row.user), row.user.email) for row in managers if row.unit_id in units]
    boxes = [Contact("", email) for unit, email in mailboxes.items() if unit in units and email]
    return list(dict.fromkeys([*people, *boxes]))
