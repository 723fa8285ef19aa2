"""People, what they are, and what that lets them do."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OrderBy, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from toimenpiteet import access, labels
from toimenpiteet.access import Scope, UnitTree
from toimenpiteet.dates import day_words, moment_words
from toimenpiteet.folding import looks, words_in
from toimenpiteet.languages import LANGUAGES
from toimenpiteet.models import Membership, Municipality, MunicipalityRole, Unit, User
from toimenpiteet.models.finding import holds
from toimenpiteet.models.people import Dated
from toimenpiteet.models.sorting import by_name
from toimenpiteet.selectors.batches import BATCH, in_batches
from toimenpiteet.selectors.translated import Text, text_of
from toimenpiteet.workflow import TRANSITIONS, Role

PAGE = 50
AnyRole = Membership | MunicipalityRole


def municipalities_by_key(keys: Collection[int]) -> "QuerySet[Municipality]":
    """Return these municipalities, as a field offers them."""
    return Municipality.objects.filter(pk__in=keys).order_by("key")


@dataclass(frozen=True)
class RoleRow:
    """A role of a person, from a day to a day (empty where it has no beginning or end); `where` is its unit."""

    pk: int
    version: int
    kind: str
    role: str
    where: Text
    municipality: Text
    since: str
    until: str
    state: str

    @property
    def over(self) -> bool:
        """Tell whether it has ended."""
        return self.state == "past"


def _role_row(right: AnyRole, today: date) -> RoleRow:
    in_unit = isinstance(right, Membership)
    home = right.unit.municipality if isinstance(right, Membership) else right.municipality
    return RoleRow(
        pk=right.pk,
        version=right.version,
        kind="unit" if in_unit else "municipality",
        role=str(labels.ROLE[Role(right.role)]),
        where=text_of(right.unit, "name", home.language) if isinstance(right, Membership) else Text(""),
        municipality=text_of(home, "name", home.language),
        since=day_words(right.valid_from) if right.valid_from else "",
        until=day_words(right.valid_until) if right.valid_until else "",
        state=_state(right, today),
    )


def _state(right: AnyRole, today: date) -> str:
    if right.valid_until is not None and right.valid_until < today:
        return "past"
    return "coming" if right.valid_from is not None and right.valid_from > today else "now"


def _rights(scope: Scope, people: Iterable[int]) -> list[AnyRole]:
    """Return the roles of `people` in the municipalities of `scope`, of any day; two queries."""
    units = Membership.objects.filter(user__in=people, unit__municipality__in=scope.municipalities)
    offices = MunicipalityRole.objects.filter(user__in=people, municipality__in=scope.municipalities)
    return [
        *offices.select_related("municipality").order_by("valid_from", "pk"),
        *units.select_related("unit__municipality").order_by("valid_from", "pk"),
    ]


# The people of a municipality


@dataclass(frozen=True)
class PersonRow:
    """A person as the list and their own page show them; roles elsewhere are not told."""

    pk: int
    name: str
    email: str
    language: str
    active: bool
    seen_at: datetime | None
    roles: list[RoleRow]

    @property
    def last_seen(self) -> str:
        """Return when they signed in last, in words; "": never."""
        return moment_words(self.seen_at) if self.seen_at else ""

    @property
    def current(self) -> list[RoleRow]:
        """Return the roles that hold now or later."""
        return [role for role in self.roles if not role.over]

    @property
    def past(self) -> list[RoleRow]:
        """Return the roles that have ended."""
        return [role for role in self.roles if role.over]


@dataclass(frozen=True)
class PeopleFilters:
    """What the list of people is narrowed by; `state` is current, former or "" for all."""

    words: str = ""
    unit: int = 0
    role: str = ""
    state: str = "current"

    @property
    def active(self) -> bool:
        """Tell whether the list is narrowed by anything but the usual."""
        return self != PeopleFilters()


def _order(sort: str) -> list[OrderBy]:
    columns: dict[str, Any] = {"name": by_name("name"), "email": F("email"), "seen": F("last_login")}
    column = columns.get(sort.removeprefix("-"), columns["name"])
    # Whoever was never here stands last, whichever way the order goes.
    return [column.desc(nulls_last=True) if sort.startswith("-") else column.asc(nulls_last=True), F("pk").asc()]


def found_people(scope: Scope, filters: PeopleFilters, today: date, sort: str = "name") -> "QuerySet[User]":
    """Return the people of the municipalities of `scope` who match, by `sort`: name, email or seen; -name turned."""
    people = access.people(scope).order_by(*_order(sort))
    for word in words_in(filters.words):
        people = people.filter(holds(["name", "email"], word))
    in_units, in_towns = _of(Membership, "unit__municipality", scope), _of(MunicipalityRole, "municipality", scope)
    if filters.state:
        lasting = Q(valid_until__isnull=True) | Q(valid_until__gte=today)
        has_role = Exists(in_units.filter(lasting)) | Exists(in_towns.filter(lasting))
        people = people.filter(has_role) if filters.state == "current" else people.exclude(has_role)
    if filters.unit:
        people = people.filter(Exists(in_units.filter(unit=filters.unit)))
    if filters.role:
        wanted = Q(role=filters.role)
        people = people.filter(Exists(in_units.filter(wanted)) | Exists(in_towns.filter(wanted)))
    return people


def _of(model: type[Any], home: str, scope: Scope) -> "QuerySet[Any]":
    rows = model._default_manager
    return rows.filter(user=OuterRef("pk"), **{f"{home}__in": scope.municipalities})  # type: ignore[no-any-return]  # of either table of roles


def person_rows(people: Iterable[User], scope: Scope, today: date) -> list[PersonRow]:
    """Return `people` as rows, with their roles in the municipalities of `scope`; two queries more."""
    found, rights = list(people), defaultdict[int, list[AnyRole]](list)
    for right in _rights(scope, [person.pk for person in found]):
        rights[right.user_id].append(right)
    return [_person(person, rights[person.pk], today) for person in found]


def rows_of_file(found: "QuerySet[User]", scope: Scope, today: date) -> Iterator[PersonRow]:
    """Yield everybody of ``found_people`` as a row, read in batches."""
    for batch in in_batches(found.iterator(chunk_size=BATCH)):
        yield from person_rows(batch, scope, today)


def _person(person: User, rights: list[AnyRole], today: date) -> PersonRow:
    return PersonRow(
        pk=person.pk,
        name=person.name,
        email=person.email,
        language=dict(LANGUAGES).get(person.language, person.language),
        active=person.is_active,
        seen_at=person.last_login,
        roles=[_role_row(right, today) for right in rights],
    )


# What I may do, and why


@dataclass(frozen=True)
class Reached:
    """A unit whose plans reach a person, and why."""

    name: Text
    why: str


@dataclass(frozen=True)
class MoveWords:
    """A move of a plan's status that a role may make."""

    label: str
    reason_asked: bool


@dataclass(frozen=True)
class RightRow:
    """One role of mine and what it lets me do; `units` are those whose plans it reaches."""

    role: RoleRow
    sentences: list[str]
    moves: list[MoveWords]
    units: list[Reached]


def my_rights(scope: Scope, today: date) -> list[RightRow]:
    """Return the roles that the person has on `today` and what each lets them do; five queries."""
    if scope.user is None:
        return []
    on_day = Q(Dated.on(today), user=scope.user)
    offices = MunicipalityRole.objects.filter(on_day).select_related("municipality").order_by("pk")
    posts = Membership.objects.filter(on_day).select_related("unit__municipality").order_by("pk")
    reached = {post.pk: reasons(scope.units, post.unit_id) for post in posts}
    units = Unit.objects.select_related("municipality").in_bulk({unit for found in reached.values() for unit in found})
    return [
        *(_right(office, today, []) for office in offices),
        *(_right(post, today, _reached(reached[post.pk], units)) for post in posts),
    ]


def _right(right: AnyRole, today: date, units: list[Reached]) -> RightRow:
    role = Role(right.role)
    moves = [
        MoveWords(str(labels.MOVE[move.name]), move.comment_required) for move in TRANSITIONS if role in move.roles
    ]
    return RightRow(_role_row(right, today), _sentences(role), moves, units)


def _sentences(role: Role) -> list[str]:
    work = _("You tick steps and comment on plans.")
    match role:
        case Role.MANAGER:
            return [work, _("You move the status of the plans of the units below.")]
        case Role.CONTRIBUTOR:
            return [work, _("The manager of the unit moves the status.")]
        case Role.DIRECTOR:
            keeps = _("You keep strategies, goals, action items and plans, and see who is silent or late.")
            return [_("You approve what managers propose, in every unit."), keeps, work]
        case Role.VIEWER:
            return [_("You read everything, also what is not published yet. You change nothing.")]
        case Role.ADMIN:
            return [_("You invite people, give and end roles, and keep the units and the structure.")]


def reasons(tree: UnitTree, unit: int) -> dict[int, tuple[str, int]]:
    """Return each unit whose plans reach those in `unit`, with how and through which unit (access.UnitTree.covered)."""
    found: dict[int, tuple[str, int]] = {unit: ("own", unit)}
    waiting = [unit]
    for here in waiting:
        parent = tree.parent.get(here)
        above = [("parent", parent)] if parent else []
        for how, there in (*above, *(("group", group) for group in sorted(tree.groups_of[here]))):
            if there not in found:
                found[there] = (how, here)
                waiting.append(there)
    for here in waiting:
        for earlier in sorted(tree.predecessors[here]):
            if earlier not in found:
                found[earlier] = ("earlier", here)
                waiting.append(earlier)
    return found


def _reached(found: dict[int, tuple[str, int]], units: dict[int, Unit]) -> list[Reached]:
    return [
        Reached(text_of(units[unit], "name", units[unit].municipality.language), _why(how, units[through]))
        for unit, (how, through) in found.items()
    ]


def _why(how: str, through: Unit) -> str:
    name = {"unit": text_of(through, "name", through.municipality.language).text}
    match how:
        case "own":
            return _("your role is here")
        case "parent":
            return _("because %(unit)s is a part of it") % name
        case "group":
            return _("because %(unit)s belongs to this group") % name
    return _("because its work has gone over to %(unit)s") % name


def lookalike(scope: Scope, person: User) -> str:
    """Return another person of the municipalities of `scope` whose name looks like this one's, with the address."""
    mine, others = looks(person.name), access.people(scope).exclude(pk=person.pk)
    found = others.order_by("pk").values_list("name", "email")
    return next((f"{name}, {email}" for name, email in found if looks(name) == mine), "")
