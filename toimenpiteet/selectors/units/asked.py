"""Who is asked how plans stand: which units, and whom one writes to or calls about them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from toimenpiteet import access
from toimenpiteet.access import Scope, UnitTree
from toimenpiteet.models import Membership, Unit
from toimenpiteet.models.people import NOT_ASKED, Asked, Dated
from toimenpiteet.selectors.units.successors import line_of
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
    scope: Scope, units: Iterable[int], municipalities: Collection[int], today: date
) -> Mapping[int, list[Contact]]:
    """Return the managers of each of `units`, then its mailbox; three queries. Nobody to ask: an empty list.

    Of a group they are those of its members too, and the mailboxes of members that have no manager; of one that has
    gone on in another they are that one's.
    """
    rows = access.visible(scope, Unit).filter(municipality__in=municipalities).order_by("order", "key")
    every: dict[int, Any] = {row.pk: row for row in rows.annotate(is_asked=is_asked())}
    now = {pk: line_of(row, every, today)[-1] for pk, row in every.items()}
    tree = UnitTree.load(municipalities)
    reached = {unit: {now[one] for one in tree.named(now[unit]) if one in now} for unit in units}
    asked = {pk: every[pk].email for pk in set().union(*reached.values()) if every[pk].is_asked}
    held = access.visible(scope, Membership).filter(Dated.on(today), user__is_active=True, unit__in=list(asked))
    managers = list(held.filter(role=Role.MANAGER).select_related("user").order_by("user__name", "pk"))
    return {unit: _contacts(now[unit], named, managers, asked) for unit, named in reached.items()}


def _contacts(unit: int, named: set[int], managers: list[Membership], mailboxes: Mapping[int, str]) -> list[Contact]:
    led = [row for row in managers if row.unit_id in named]
    shown = named - {row.unit_id for row in led} | {unit}
    boxes = [Contact("", email) for pk, email in mailboxes.items() if pk in shown and email]
    return list(dict.fromkeys([*(Contact(str(row.user), row.user.email) for row in led), *boxes]))
