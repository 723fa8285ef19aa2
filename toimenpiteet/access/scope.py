"""What a person is on one day: read once in a request."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value

from toimenpiteet.access.grants import standing_in
from toimenpiteet.access.tree import UnitTree
from toimenpiteet.models import Membership, MunicipalityRole, StatusChange, User
from toimenpiteet.models.people import Dated
from toimenpiteet.models.reading import GIVEN, Statement, columns_of
from toimenpiteet.workflow import PROPOSAL, Role, Status


@dataclass(frozen=True)
class Scope:
    """What a person is on one day, by their own roles and by those lent to them. Built once per request.

    `apart` is empty when nothing is lent; else it holds the person's own roles (under None), then what each absent
    person lends. An anonymous one has no roles.
    """

    user: User | None = None
    municipality_roles: dict[int, frozenset[Role]] = field(default_factory=dict)
    unit_roles: dict[int, frozenset[Role]] = field(default_factory=dict)
    municipalities: frozenset[int] = frozenset()
    tree: UnitTree | None = None
    apart: tuple[tuple[int | None, "Scope"], ...] = ()

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
    def own_proposals(self) -> dict[int, bool]:
        """Return the plans that await approval since this person proposed it; True: on behalf of another. One query."""
        if self.user is None:
            return {}
        proposed = StatusChange.objects.filter(plan=OuterRef("plan"), move=PROPOSAL)
        rows = StatusChange.objects.filter(
            ~Exists(proposed.filter(plan_version__gt=OuterRef("plan_version"))),
            actor=self.user,
            move=PROPOSAL,
            plan__status=Status.AWAITING_APPROVAL,
        )
        return {plan: name is not None for plan, name in rows.order_by().values_list("plan", "on_behalf_name")}

    @cached_property
    def units(self) -> UnitTree:
        """Return the tree of the person's units: read when first asked for, since most lists never ask."""
        return self.tree or UnitTree.load(self.municipalities)


# Never an administrator's, whose keys are their own; a viewer's role lets nobody do anything.
LENDABLE = (Role.MANAGER, Role.CONTRIBUTOR, Role.DIRECTOR)


def _roles(rows: Iterable[tuple[int, str]]) -> dict[int, frozenset[Role]]:
    found: dict[int, set[Role]] = defaultdict(set)
    for pk, role in rows:
        found[pk].add(Role(role))
    return {pk: frozenset(roles) for pk, roles in found.items()}


_COLUMNS = ["owner", "within", "held", "lent_by"]


def _held(today: date) -> "models.QuerySet[Any]":
    of_person = Q(Dated.on(today), user__among=GIVEN)
    offices = MunicipalityRole.objects.filter(of_person).annotate(
        owner=F("municipality_id"), within=Value(0), held=F("role"), lent_by=Value(0)
    )
    posts = Membership.objects.filter(of_person).annotate(
        owner=F("unit__municipality_id"), within=F("unit_id"), held=F("role"), lent_by=Value(0)
    )
    lent = (
        _lent(today, "municipality_roles__", "municipality", within=Value(0)),
        _lent(today, "memberships__", "unit__municipality", within=F("on_behalf_of__memberships__unit_id")),
    )
    parts = (columns_of(rows, _COLUMNS) for rows in (posts, *lent))
    return columns_of(offices, _COLUMNS).union(*parts, all=True)


def _lent(today: date, roles: str, home: str, *, within: Any) -> "models.QuerySet[Any]":
    """Return the `roles` that absent people have themselves where they are stood in for."""
    roles = f"on_behalf_of__{roles}"
    theirs = {f"{roles}{home}": F("municipality"), f"{roles}role__in": [role.value for role in LENDABLE]}
    rows = standing_in(today).filter(Dated.on(today, roles), holder__among=GIVEN, **theirs)
    return rows.annotate(
        owner=F("municipality_id"), within=within, held=F(f"{roles}role"), lent_by=F("on_behalf_of_id")
    )


# Every request of a signed-in person begins with this: municipality, unit or 0, role, whose role it is or 0.
_HELD = Statement(_held, _COLUMNS)


def scope_of(user: User | AnonymousUser | None, today: date) -> Scope:
    """Return what `user` is on `today` (a day in Europe/Helsinki); one query."""
    if not isinstance(user, User) or not user.is_active:
        return Scope()
    held = list(_HELD.rows(today, given=[user.pk]))
    whole = _scope(user, held)
    lenders = dict.fromkeys(sorted(lent_by for *_, lent_by in held if lent_by))
    if not lenders:
        return whole
    parts = ((lender or None, _scope(user, [row for row in held if row[-1] == lender])) for lender in (0, *lenders))
    return replace(whole, apart=tuple(parts))


def _scope(user: User, held: Iterable[Any]) -> Scope:
    return Scope(
        user=user,
        municipality_roles=_roles((municipality, role) for municipality, unit, role, _ in held if not unit),
        unit_roles=_roles((unit, role) for _, unit, role, _ in held if unit),
        municipalities=frozenset(municipality for municipality, *_ in held),
    )
