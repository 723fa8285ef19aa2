"""Units: all of them as a tree, and one with its people, its names over time, and what it is responsible for."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from toimenpiteet import access, labels
from toimenpiteet.access import Scope
from toimenpiteet.dates import day_words
from toimenpiteet.models import (
    Goal,
    GroupMember,
    Membership,
    Municipality,
    PeriodPlan,
    PlanUnit,
    Step,
    Unit,
    UnitHandover,
)
from toimenpiteet.models.people import Dated, UnitKind
from toimenpiteet.models.sorting import by_name
from toimenpiteet.selectors.people.grants import names_by_person
from toimenpiteet.selectors.plan.counts import Counts, counts_by, total
from toimenpiteet.selectors.plan.items import responsible
from toimenpiteet.selectors.plan.view import keys_in_plan_order
from toimenpiteet.selectors.translated import Named, Text, named_of, text_of
from toimenpiteet.selectors.units.asked import is_asked
from toimenpiteet.selectors.units.successors import Ending, ending_by, ends_later, gathered
from toimenpiteet.workflow import OPEN_VALUES, Role

_STEPS = 20
_GOALS = 50
_DAY = timedelta(days=1)


@dataclass
class UnitNode:
    """A unit in the tree; `plans` is for how many open plans it is responsible, those of ``gathered`` among them.

    `begins` is empty once it has begun; `to_come` while its last day has not passed, and `next_day` follows that.
    """

    pk: int
    name: Text
    kind: str
    plans: int
    begins: str
    ends_on: date | None
    to_come: bool
    successor: Named | None
    members: list[Named] = field(default_factory=list)
    under: list["UnitNode"] = field(default_factory=list)

    @property
    def last_day(self) -> str:
        """Return its last day in words; "": none is known."""
        return day_words(self.ends_on) if self.ends_on else ""

    @property
    def next_day(self) -> str:
        """Return the day after its last one in words; "": none is known."""
        return day_words(self.ends_on + _DAY) if self.ends_on else ""


@dataclass(frozen=True)
class CityUnits:
    """The units of one municipality: the tree of those in force, the groups, and those that have ended."""

    municipality: Named
    tree: list[UnitNode]
    groups: list[UnitNode]
    ended: list[UnitNode]


@dataclass(frozen=True)
class PersonRow:
    """A person with a role, for those who are signed in."""

    name: str
    role: str
    until: str
    substitutes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class NameRow:
    """One of the names that the unit has had, with the days between which it was called so."""

    unit: Named
    since: str
    until: str
    this: bool


@dataclass(frozen=True)
class StepBrief:
    """A step that is the unit's own, in somebody's plan."""

    item: Named
    text: Text
    done: bool


@dataclass(frozen=True)
class TookOver:
    """A unit that another went on from: `how` it ended, in words, and the first day of what is still to come."""

    unit: Named
    how: str
    next_day: str


@dataclass(frozen=True)
class UnitPage:
    """One unit; its plans are read page by page (``plans_of`` its `counted`, of which `earlier` have gone on in it).

    `asked` tells whether it is asked in reporting rounds.
    """

    pk: int
    municipality: Named
    name: Text
    kind: str
    asked: bool
    email: str
    doubt: str
    source: str
    above: list[Named]
    under: list[Named]
    groups: list[Named]
    members: list[Named]
    follows_kind: str
    aliases: list[str]
    names: list[NameRow]
    took_over: list[TookOver]
    ending: Ending | None
    counted: frozenset[int]
    earlier: list[Named]
    people: list[PersonRow]
    progress: Counts
    goals: list[tuple[int | None, Named]]
    steps: list[StepBrief]


def unit_lists(scope: Scope, today: date) -> list[CityUnits]:
    """Return the units that the person may see, by municipality; four queries at most."""
    rows = list(access.visible(scope, Unit).select_related("municipality").order_by("order", "key"))
    counts = _open_plans(scope, {row.pk: row for row in rows}, today)
    links = list(GroupMember.objects.filter(group__in=[row.pk for row in rows]).values_list("group_id", "unit_id"))
    homes = {row.municipality_id: row.municipality for row in rows}
    return [
        _city(home, [row for row in rows if row.municipality_id == home.pk], links, counts, today)
        for home in sorted(homes.values(), key=lambda home: home.key)
    ]


def _open_plans(scope: Scope, units: dict[int, Unit], today: date) -> dict[int, int]:
    """Return how many open plans reach each unit: one query, and one more where units have gone on in others."""
    open_plans = access.visible(scope, PeriodPlan).filter(status__in=OPEN_VALUES).order_by().values("pk")
    links = PlanUnit.objects.filter(plan__in=open_plans).order_by()
    counts: dict[int, int] = dict(links.values_list("unit").annotate(Count("pk")))
    joined = {pk: held for pk, held in gathered(units, today).items() if len(held) > 1}
    plans: dict[int, set[int]] = defaultdict(set)
    # One plan may name a unit and an earlier one both.
    for unit, plan in links.filter(unit__in=frozenset().union(*joined.values())).values_list("unit_id", "plan_id"):
        plans[unit].add(plan)
    return counts | {pk: len(set().union(*(plans[one] for one in held))) for pk, held in joined.items()}


def _city(
    home: Municipality, units: list[Unit], links: list[tuple[int, int]], counts: dict[int, int], today: date
) -> CityUnits:
    own = home.language
    by_pk = {unit.pk: unit for unit in units}
    nodes = {unit.pk: _node(unit, own, counts.get(unit.pk, 0), by_pk, today) for unit in units}
    for unit in units:
        if unit.kind == UnitKind.GROUP:
            nodes[unit.pk].members = [named_of(by_pk[pk], own) for pk in _members(unit, units, links)]
    ended = {unit.pk for unit in units if unit.valid_until and unit.valid_until < today}
    groups = {unit.pk for unit in units if unit.kind == UnitKind.GROUP} - ended
    tops = [unit for unit in units if unit.pk not in ended | groups]
    tree: list[UnitNode] = []
    for unit in tops:
        place = _place(unit, by_pk, ended | groups)
        (nodes[place].under if place else tree).append(nodes[unit.pk])
    return CityUnits(
        named_of(home, own),
        tree,
        [nodes[unit.pk] for unit in units if unit.pk in groups],
        [nodes[unit.pk] for unit in units if unit.pk in ended],
    )


def _place(unit: Unit, units: dict[int, Unit], elsewhere: set[int]) -> int | None:
    """Return the nearest unit above that stands in the tree; None at the top, and where the units make a circle."""
    seen = {unit.pk}
    parent = unit.parent_id
    while parent in units and parent in elsewhere and parent not in seen:
        seen.add(parent)
        parent = units[parent].parent_id
    if parent not in units or parent in elsewhere:
        return None
    return None if unit.pk in _chain(parent, units) else parent


def _chain(pk: int | None, units: dict[int, Unit]) -> list[int]:
    """Return `pk` and the units above it, the nearest first."""
    found: list[int] = []
    while pk in units and pk not in found:
        found.append(pk)
        pk = units[pk].parent_id
    return found


def _members(group: Unit, units: Iterable[Unit], links: Iterable[tuple[int, int]]) -> list[int]:
    listed = {unit for owner, unit in links if owner == group.pk}
    kind = group.member_kind
    return [unit.pk for unit in units if unit.pk in listed or (kind and unit.kind == kind and unit.pk != group.pk)]


def _node(unit: Unit, own: str, plans: int, units: dict[int, Unit], today: date) -> UnitNode:
    successor = units.get(unit.successor_id or 0)
    return UnitNode(
        pk=unit.pk,
        name=text_of(unit, "name", own),
        kind=unit.get_kind_display(),
        plans=plans,
        begins=day_words(unit.valid_from) if unit.valid_from and unit.valid_from > today else "",
        ends_on=unit.valid_until,
        to_come=ends_later(unit, today),
        successor=named_of(successor, own) if successor else None,
    )


def unit_page(scope: Scope, unit_id: int, today: date) -> UnitPage:
    """Return the page of a unit; raises Http404 when it does not exist for the person."""
    around = _around(scope, unit_id)
    unit = around[unit_id]
    own = unit.municipality.language
    links = list(GroupMember.objects.filter(group__in=list(around)).values_list("group_id", "unit_id"))
    groups = [row for row in around.values() if row.kind == UnitKind.GROUP]
    ended = [row.pk for row in around.values() if row.successor_id]
    handovers = list(UnitHandover.objects.filter(unit__in=ended, successor__in=list(around)))
    counted = gathered(around, today)[unit.pk]
    return UnitPage(
        pk=unit.pk,
        municipality=named_of(unit.municipality, own),
        name=text_of(unit, "name", own),
        kind=unit.get_kind_display(),
        asked=unit.is_asked,
        email="" if scope.anonymous else unit.email,
        doubt=unit.doubt,
        source=unit.source,
        above=[named_of(around[pk], own) for pk in reversed(_chain(unit.parent_id, around)) if pk != unit.pk],
        under=[named_of(row, own) for row in around.values() if row.parent_id == unit.pk],
        groups=[named_of(group, own) for group in groups if unit.pk in _members(group, around.values(), links)],
        members=[named_of(around[pk], own) for pk in _members(unit, around.values(), links) if pk in around],
        follows_kind=unit.get_member_kind_display() if unit.member_kind else "",
        aliases=[alias.text for alias in unit.aliases.all()],
        names=_names(
            unit,
            around,
            {row.unit_id: row.successor_id for row in handovers if row.kind == UnitHandover.Kind.RENAMED},
            own,
        ),
        took_over=_took_over(unit, around, handovers, own, today),
        ending=ending_by(
            unit, [(row.kind, around[row.successor_id]) for row in handovers if row.unit_id == unit.pk], own, today
        ),
        counted=counted,
        earlier=[named_of(row, own) for row in around.values() if row.pk in counted - {unit.pk}],
        people=_people(scope, unit, today),
        progress=total(counts_by(_plans_of(scope, counted), "municipality", today=today).values()),
        goals=_goals(scope, unit, own),
        steps=_steps(scope, counted, own),
    )


def _around(scope: Scope, unit_id: int) -> dict[int, Any]:
    """Return every unit of the unit's municipality, itself among them, or raise Http404; one query."""
    home = Unit.objects.filter(pk=unit_id).order_by().values("municipality")
    rows = access.visible(scope, Unit).filter(municipality__in=home).select_related("municipality")
    rows = rows.annotate(is_asked=is_asked())
    try:
        found = {row.pk: row for row in rows.order_by("order", "key")}
    except OverflowError as error:
        raise Http404 from error
    if unit_id not in found:
        raise Http404
    return found


def _plans_of(scope: Scope, units: Iterable[int]) -> "QuerySet[PeriodPlan]":
    return responsible(access.visible(scope, PeriodPlan), units)


def plans_of(scope: Scope, units: Iterable[int]) -> "QuerySet[Any]":
    """Return the keys of the plans for which one of `units` itself is responsible, in the order of the document."""
    return keys_in_plan_order(_plans_of(scope, units))


def _took_over(
    unit: Unit, around: dict[int, Unit], handovers: Iterable[UnitHandover], own: str, today: date
) -> list[TookOver]:
    """Return the other units that went on in this one, or will, those of the past first."""
    others = [row for row in handovers if row.successor_id == unit.pk and row.kind != UnitHandover.Kind.RENAMED]
    found = [_taken(row, around[row.unit_id], own, today) for row in others]
    return sorted(found, key=lambda row: bool(row.next_day))


def _taken(row: UnitHandover, ended: Unit, own: str, today: date) -> TookOver:
    last = ended.valid_until if ends_later(ended, today) else None
    return TookOver(named_of(ended, own), row.get_kind_display(), day_words(last + _DAY) if last else "")


def _names(unit: Unit, around: dict[int, Unit], names: dict[int, int], own: str) -> list[NameRow]:
    """Return what the unit was called before and is called after, oldest first; nothing where it never changed."""
    before: dict[int, list[int]] = defaultdict(list)
    for old, new in names.items():
        before[new].append(old)
    found, waiting = {unit.pk}, [unit.pk]
    while waiting:
        earlier = [pk for pk in before[waiting.pop()] if pk not in found]
        found.update(earlier)
        waiting += earlier
    found.update(_followers(unit, names))
    rows = sorted((around[pk] for pk in found), key=lambda row: _age(row, around, names))
    return [_name(row, own, this=row.pk == unit.pk) for row in rows] if len(rows) > 1 else []


def _followers(unit: Unit, names: dict[int, int]) -> list[int]:
    """Return the later names of `unit`, the nearest first; a ring of them ends where it began."""
    found: list[int] = []
    later = names.get(unit.pk)
    while later is not None and later not in {*found, unit.pk}:
        found.append(later)
        later = names.get(later)
    return found


def _age(unit: Unit, around: dict[int, Unit], names: dict[int, int]) -> tuple[date, int, int]:
    """Return by what names are put in order, the oldest first: none was in use longer than those that followed it."""
    line = [unit, *(around[pk] for pk in _followers(unit, names))]
    begun = [*(row.valid_from and row.valid_from - _DAY for row in line[1:]), None]
    lasts = [row.valid_until or before for row, before in zip(line, begun, strict=True)]
    return min((day for day in lasts if day), default=date.max), -len(line), unit.pk


def _name(unit: Unit, own: str, *, this: bool) -> NameRow:
    since = day_words(unit.valid_from) if unit.valid_from else ""
    until = day_words(unit.valid_until) if unit.valid_until else ""
    return NameRow(named_of(unit, own), since, until, this)


def _people(scope: Scope, unit: Unit, today: date) -> list[PersonRow]:
    rows = access.visible(scope, Membership).filter(Q(Dated.on(today), user__is_active=True), unit=unit)
    held = list(rows.select_related("user").order_by("-role", by_name("user__name")))
    substitutes = names_by_person(unit.municipality_id, [row.user_id for row in held], today)
    return [
        PersonRow(
            str(row.user),
            str(labels.ROLE[Role(row.role)]),
            day_words(row.valid_until) if row.valid_until else "",
            substitutes.get(row.user_id, []),
        )
        for row in held
    ]


def _goals(scope: Scope, unit: Unit, own: str) -> list[tuple[int | None, Named]]:
    rows = access.visible(scope, Goal).filter(owner=unit).order_by("strategy", "number")[:_GOALS]
    return [(goal.number, named_of(goal, own)) for goal in rows]


def _steps(scope: Scope, units: frozenset[int], own: str) -> list[StepBrief]:
    """Return the steps of `units` in plans of others, those to be done first."""
    rows = access.visible(scope, Step).filter(unit__in=units).exclude(plan__unit_links__unit__in=units)
    return [
        StepBrief(named_of(row.plan.item, own), text_of(row, "text", own), row.done)
        for row in rows.select_related("plan__item").order_by("done", "due_on", "pk")[:_STEPS]
    ]
