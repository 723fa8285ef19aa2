"""The only gate: what a person may see and what they may do. Not yours → it does not exist (404).

Every object that a request reaches comes out of ``visible`` or ``get``; every right comes through a role.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import F, Q, Value
from django.http import Http404

from toimenpiteet.models import (
    ActionItem,
    AnswerDraft,
    BudgetLine,
    CalendarEntry,
    Comment,
    CoreValue,
    FollowUp,
    Goal,
    GroupMember,
    Indicator,
    IndicatorTarget,
    IndicatorValue,
    LinkedGoal,
    Membership,
    Municipality,
    MunicipalityRole,
    PeriodPlan,
    PlanBudgetLine,
    PlanPeriod,
    PlanProject,
    PlanUnit,
    ProcessEvent,
    Programme,
    ProgrammeStrategy,
    ProgrammeTheme,
    Project,
    ProjectAlias,
    ReportingRound,
    SearchDocument,
    StatusChange,
    StatusReport,
    Step,
    Strategy,
    StrategyPart,
    SuccessFactor,
    Theme,
    Unit,
    UnitAlias,
    User,
)
from toimenpiteet.models.people import Dated
from toimenpiteet.models.prepared import GIVEN, Statement, columns_of
from toimenpiteet.workflow import Role

Row = TypeVar("Row", bound=models.Model)

# How each model that a request can ask for leads to its municipality and to its strategy's publication.
_TO_MUNICIPALITY: dict[type[models.Model], str] = {
    Municipality: "pk",
    Unit: "municipality",
    UnitAlias: "unit__municipality",
    GroupMember: "group__municipality",
    Membership: "unit__municipality",
    MunicipalityRole: "municipality",
    Project: "municipality",
    ProjectAlias: "project__municipality",
    BudgetLine: "municipality",
    Programme: "municipality",
    ProgrammeStrategy: "programme__municipality",
    ProgrammeTheme: "programme__municipality",
    Strategy: "municipality",
    StrategyPart: "strategy__municipality",
    ProcessEvent: "strategy__municipality",
    FollowUp: "strategy__municipality",
    CoreValue: "strategy__municipality",
    PlanPeriod: "strategy__municipality",
    CalendarEntry: "strategy__municipality",
    ReportingRound: "strategy__municipality",
    Theme: "strategy__municipality",
    SuccessFactor: "theme__strategy__municipality",
    Goal: "strategy__municipality",
    Indicator: "strategy__municipality",
    IndicatorValue: "indicator__strategy__municipality",
    IndicatorTarget: "indicator__strategy__municipality",
    ActionItem: "municipality",
    LinkedGoal: "item__municipality",
    PeriodPlan: "municipality",
    PlanUnit: "plan__municipality",
    PlanProject: "plan__municipality",
    PlanBudgetLine: "plan__municipality",
    Step: "plan__municipality",
    Comment: "plan__municipality",
    StatusChange: "plan__municipality",
    StatusReport: "plan__municipality",
}
# What is missing here, nobody sees without signing in.
_TO_PUBLISHED: dict[type[models.Model], str] = {
    Municipality: "strategies__published",
    Unit: "municipality__strategies__published",
    Project: "plan_links__plan__item__strategy__published",
    BudgetLine: "plan_links__plan__item__strategy__published",
    Programme: "strategy_links__strategy__published",
    Strategy: "published",
    StrategyPart: "strategy__published",
    ProcessEvent: "strategy__published",
    FollowUp: "strategy__published",
    CoreValue: "strategy__published",
    PlanPeriod: "strategy__published",
    ReportingRound: "strategy__published",
    Theme: "strategy__published",
    SuccessFactor: "theme__strategy__published",
    Goal: "strategy__published",
    Indicator: "strategy__published",
    IndicatorValue: "indicator__strategy__published",
    IndicatorTarget: "indicator__strategy__published",
    ActionItem: "strategy__published",
    LinkedGoal: "item__strategy__published",
    PeriodPlan: "item__strategy__published",
    PlanUnit: "plan__item__strategy__published",
    PlanProject: "plan__item__strategy__published",
    PlanBudgetLine: "plan__item__strategy__published",
    Step: "plan__item__strategy__published",
}
# Published facts reach these over a to-many path, so the rows would repeat.
_DISTINCT = {Municipality, Unit, Project, BudgetLine, Programme}


@dataclass(frozen=True)
class UnitTree:
    """The units of some municipalities, as a graph small enough to hold in memory (hundreds of rows)."""

    parent: dict[int, int | None]
    predecessors: dict[int, set[int]]
    groups_of: dict[int, set[int]]
    children: dict[int, set[int]]
    members: dict[int, set[int]]

    @classmethod
    def load(cls, municipalities: Iterable[int]) -> "UnitTree":
        """Read the units and groups of `municipalities` in one query: a unit comes once for each of its members."""
        own = Unit.objects.filter(municipality__in=list(municipalities)).order_by()
        columns = [
            "pk",
            "parent_id",
            "successor_id",
            "kind",
            "member_kind",
            "municipality_id",
            "group_members__unit_id",
        ]
        found = list(columns_of(own, columns))
        rows = list(dict.fromkeys(row[:-1] for row in found))
        links = {(row[0], row[-1]) for row in found if row[-1] is not None}
        links |= {
            (group, unit)
            for group, _, _, _, wanted, owner in rows
            for unit, _, _, kind, _, other in rows
            if wanted and wanted == kind and owner == other
        }
        return cls._build(rows, links)

    @classmethod
    def _build(cls, rows: list[Any], links: set[tuple[int, int]]) -> "UnitTree":
        tree = cls({}, defaultdict(set), defaultdict(set), defaultdict(set), defaultdict(set))
        # Nothing crosses from one municipality to another, whatever a row may say.
        owner = {row[0]: row[5] for row in rows}
        links = {(group, unit) for group, unit in links if owner.get(group) == owner.get(unit)}
        for pk, *others, _, _, municipality in rows:
            parent, successor = (other if owner.get(other) == municipality else None for other in others)
            tree.parent[pk] = parent
            if parent:
                tree.children[parent].add(pk)
            if successor:
                tree.predecessors[successor].add(pk)
        for group, unit in links:
            tree.groups_of[unit].add(group)
            tree.members[group].add(unit)
        return tree

    def covered(self, units: Iterable[int]) -> frozenset[int]:
        """Return the units whose responsibility reaches a member of `units`.

        The unit itself, every unit above it, the groups that contain any of these, and what they were called before;
        but not what stood above an earlier name: that was another unit's house.
        """
        above = _closure(units, self._above)
        return _closure(above, self.predecessors.__getitem__)

    def _above(self, unit: int) -> set[int]:
        parent = self.parent.get(unit)
        return self.groups_of[unit] | ({parent} if parent else set())

    def within(self, unit: int) -> frozenset[int]:
        """Return `unit`, the units under it, the members of it when it is a group, and their earlier names."""
        return _closure([unit], lambda one: self.children[one] | self.members[one] | self.predecessors[one])


def _closure(start: Iterable[int], onward: Callable[[int], Iterable[int]]) -> frozenset[int]:
    """Return everything that can be reached from `start`; circles do no harm."""
    found: set[int] = set()
    waiting = list(start)
    while waiting:
        unit = waiting.pop()
        if unit not in found:
            found.add(unit)
            waiting += onward(unit)
    return frozenset(found)


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

    def has(self, role: Role, municipality_id: int | None = None) -> bool:
        """Tell whether the person has `role` in the municipality, or in any when none is given."""
        if municipality_id is not None:
            return role in self.municipality_roles.get(municipality_id, frozenset())
        return any(role in roles for roles in self.municipality_roles.values())


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


def visible(scope: Scope, model: type[Row]) -> "models.QuerySet[Row]":
    """Return the rows of `model` that exist for this person.

    Signed in: those of their own municipalities. Anonymous: those of published strategies.
    """
    manager = model._default_manager
    if not scope.anonymous:
        return manager.filter(Q(**{f"{_TO_MUNICIPALITY[model]}__in": scope.municipalities}))
    rows = manager.filter(Q(**{_TO_PUBLISHED[model]: True})) if model in _TO_PUBLISHED else manager.none()
    return rows.distinct() if model in _DISTINCT else rows


def drafts(scope: Scope) -> "models.QuerySet[AnswerDraft]":
    """Return the drafts of answers that the person may read: those of plans for which they may answer themselves."""
    units = scope.units_as(Role.MANAGER) | scope.units_as(Role.CONTRIBUTOR)
    answers_for = PlanUnit.objects.filter(unit__in=units).values("plan")
    return AnswerDraft.objects.filter(plan__in=answers_for, plan__municipality__in=scope.municipalities)


# What is public with its strategy; the rest of what the public may search is asked of its own table.
_PUBLIC_KINDS = [
    SearchDocument.Kind.STRATEGY,
    SearchDocument.Kind.PART,
    SearchDocument.Kind.THEME,
    SearchDocument.Kind.GOAL,
    SearchDocument.Kind.ITEM,
    SearchDocument.Kind.INDICATOR,
]
_PUBLIC_SHARED: tuple[type[models.Model], ...] = (Unit, Project, BudgetLine, Programme)


def searchable(scope: Scope) -> "models.QuerySet[SearchDocument]":
    """Return what the person may search: the same as `visible` gives for each kind, and no comments for the public."""
    if not scope.anonymous:
        return SearchDocument.objects.filter(municipality__in=scope.municipalities)
    public = Q(kind__in=_PUBLIC_KINDS, strategy__published=True)
    for model in _PUBLIC_SHARED:
        public |= Q(model=model._meta.model_name, object_id__in=visible(scope, model).order_by().values("pk"))
    return SearchDocument.objects.filter(public)


def administered(scope: Scope) -> Scope:
    """Return `scope` narrowed to the municipalities whose people and units the person keeps; the operator keeps all."""
    if scope.user is not None and scope.user.is_superuser:
        kept = frozenset(Municipality.objects.values_list("pk", flat=True))
    else:
        kept = frozenset(pk for pk, roles in scope.municipality_roles.items() if Role.ADMIN in roles)
    return replace(scope, municipalities=kept, tree=None)


# People and units are the administrator's; what strategies consist of, the strategy director keeps as well.
ADMINISTERED = frozenset({Municipality, Unit, UnitAlias, GroupMember, Membership, MunicipalityRole})


def kept(scope: Scope, model: type[models.Model]) -> Scope:
    """Return `scope` narrowed to the municipalities in which the person keeps the rows of `model`."""
    narrowed = administered(scope)
    if model in ADMINISTERED or scope.user is None or scope.user.is_superuser:
        return narrowed
    directed = frozenset(pk for pk, roles in scope.municipality_roles.items() if Role.DIRECTOR in roles)
    return replace(narrowed, municipalities=narrowed.municipalities | (directed & scope.municipalities))


def people(scope: Scope) -> "models.QuerySet[User]":
    """Return those who have, had or will have a role in the person's municipalities; the operator sees everybody."""
    if scope.user is not None and scope.user.is_superuser:
        return User.objects.all()
    in_units = Membership.objects.filter(unit__municipality__in=scope.municipalities).values("user")
    in_municipality = MunicipalityRole.objects.filter(municipality__in=scope.municipalities).values("user")
    return User.objects.filter(Q(pk__in=in_units) | Q(pk__in=in_municipality))


def municipality_of(obj: models.Model) -> int:
    """Return the id of the municipality that owns `obj`; raises KeyError for a model that no request can ask for."""
    value: Any = obj
    for step in _TO_MUNICIPALITY[type(obj)].split("__"):
        value = getattr(value, step)
    return int(value.pk if isinstance(value, models.Model) else value)


def get(scope: Scope, queryset: "models.QuerySet[Row]", **lookup: Any) -> Row:  # noqa: ARG001  # says whose eyes see
    """Return the one row of a visible `queryset`; raises Http404 when it does not exist for the person."""
    try:
        return queryset.get(**lookup)
    except (ObjectDoesNotExist, ValueError, OverflowError) as error:
        raise Http404 from error


def unit_tree(scope: Scope) -> UnitTree:
    """Return the tree of the person's units, loaded when it was not needed so far."""
    return scope.units


def roles_on(scope: Scope, plan: PeriodPlan, units: Iterable[int] | None = None) -> frozenset[Role]:
    """Return what the person is to `plan`; `units` are its responsible units when already read."""
    roles = set(scope.municipality_roles.get(plan.municipality_id, frozenset()))
    if scope.unit_roles:
        if units is None:
            units = PlanUnit.objects.filter(plan=plan).values_list("unit_id", flat=True)
        responsible = frozenset(units)
        roles |= {role for role in (Role.MANAGER, Role.CONTRIBUTOR) if scope.reaches(role, responsible)}
    return frozenset(roles)
