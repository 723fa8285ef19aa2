"""What a person is on one day: read once in a request."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q, Value

from toimenpiteet.access.tree import UnitTree
from toimenpiteet.models import Membership, MunicipalityRole, User
from toimenpiteet.models.people import Dated
from toimenpiteet.models.prepared import GIVEN, Statement, columns_of
from toimenpiteet.workflow import Role


@dataclass(frozen=True)
class Scope:
    """What a person is on one day. Built once per request; an anonymous one has no roles."""

    user: User | None = None
    municipality_roles: dict[int, frozenset[Role]] = field(default_factory=dict)
    unit_roles: dict[int, frozenset[Role]] = field(default_factory=dict)
    municipalities: frozenset[int] = frozenset()
    tree: UnitTree | None = None

    @property
    def anonymous(self) -> bool:
        """Tell whether nobody is signed in."""
        return self.user is None

    @property
    def operator(self) -> bool:
        """Tell whether the person runs the installation, which is no role in a municipality."""
        return self.user is not None and self.user.is_superuser

    @property
    def own_units(self) -> frozenset[int]:
        """Return the units whose plans reach this person in any role of a unit."""
        return self.units.covered(self.unit_roles) if self.unit_roles else frozenset()

    def units_as(self, role: Role) -> frozenset[int]:
        """Return the units whose plans reach this person in `role` of a unit."""
        own = self._own(role)
        return self.units.covered(own) if own else frozenset()

    def reaches(self, role: Role, units: frozenset[int]) -> bool:
        """Tell whether responsibility of one of `units` reaches this person in `role`; mostly without the tree."""
        own = self._own(role)
        return bool(own and (not units.isdisjoint(own) or units & self.units_as(role)))

    def _own(self, role: Role) -> list[int]:
        return [unit for unit, roles in self.unit_roles.items() if role in roles]

    @cached_property
    def units(self) -> UnitTree:
        """Return the tree of the person's units: read when first asked for, since most lists never ask."""
        return self.tree or UnitTree.load(self.municipalities)


def _roles(rows: Iterable[tuple[int, str]]) -> dict[int, frozenset[Role]]:
    found: dict[int, set[Role]] = defaultdict(set)
    for pk, role in rows:
        found[pk].add(Role(role))
    return {pk: frozenset(roles) for pk, roles in found.items()}


_COLUMNS = ["owner", "within", "held"]


def _held(today: date) -> "models.QuerySet[Any]":
    of_person = Q(Dated.on(today), user__among=GIVEN)
    offices = MunicipalityRole.objects.filter(of_person).annotate(
        owner=F("municipality_id"), within=Value(0), held=F("role")
    )
    posts = Membership.objects.filter(of_person).annotate(
        owner=F("unit__municipality_id"), within=F("unit_id"), held=F("role")
    )
    return columns_of(offices, _COLUMNS).union(columns_of(posts, _COLUMNS), all=True)


# Every request of a signed-in person begins with this: municipality, unit or 0, role.
_HELD = Statement(_held, _COLUMNS)


def scope_of(user: User | AnonymousUser | None, today: date) -> Scope:
    """Return what `user` is on `today` (a day in Europe/Helsinki); one query."""
    if not isinstance(user, User) or not user.is_active:
        return Scope()
    held = list(_HELD.rows(today, given=[user.pk]))
    return Scope(
        user=user,
        municipality_roles=_roles((municipality, role) for municipality, unit, role in held if not unit),
        unit_roles=_roles((unit, role) for _, unit, role in held if unit),
        municipalities=frozenset(municipality for municipality, _, _ in held),
    )
