"""The invented city's structure and people; what the services have rules for is made through them, at past dates."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils.text import slugify

from bench.city import words
from bench.city.ledger import Act, Ledger, Who, instant
from toimenpiteet.calendar import local_day, start_of_day
from toimenpiteet.exchange.demonstration.staging import STAGEHAND as BUILDER
from toimenpiteet.models import (
    Actor,
    BudgetLine,
    CalendarEntry,
    Door,
    Goal,
    GroupMember,
    Membership,
    Municipality,
    MunicipalityRole,
    PlanPeriod,
    Project,
    Stamp,
    Strategy,
    Theme,
    Unit,
    UnitAlias,
    UnitHandover,
    User,
)
from toimenpiteet.models.people import UnitKind
from toimenpiteet.models.reporting import ReportingRound
from toimenpiteet.round_days import DEFAULTS, RoundKind, Which
from toimenpiteet.services import audited, changing
from toimenpiteet.services.rounds import rounds
from toimenpiteet.workflow import Role

KEY = "mallikaupunki"
DOMAIN = f"{KEY}.example"
DIRECTOR = f"johtaja@{DOMAIN}"
MANAGER = f"vastuuhenkilo@{DOMAIN}"
PASSWORD = "kokeile-vapaasti-2030"  # noqa: S105  # everybody's, and printed
REASON = "Malliaineistoa"
PEOPLE = 600
PROJECTS = 80
_REVIEWED = timedelta(days=35)
"""How long after the day of its answers a round is locked."""
MOST_GOALS, LEAST_GOALS, ITEMS_PER_GOAL = 120, 6, 20
"""A council decides on some 120 goals at most, however many action items serve them."""
_VIEWERS, _BUDGET_LINES = 40, 6


@dataclass(frozen=True)
class Period:
    """A plan period: its key, its years, and when it begins and ends (seconds since 1970)."""

    pk: int
    key: str
    first: int
    last: int

    @property
    def begins(self) -> int:
        """Return its first second."""
        return seconds(start_of_day(date(self.first, 1, 1)))

    @property
    def ends(self) -> int:
        """Return the second after its last one."""
        return seconds(start_of_day(date(self.last + 1, 1, 1)))


@dataclass(frozen=True)
class Round:
    """A reporting round as the story needs it."""

    pk: int
    year: int
    opens: int
    due: int


@dataclass
class City:
    """What the story needs of the city; the units are those that carry plans, by key of the row."""

    now: int
    municipality: int
    strategy: int = 0
    builder: Who = field(default_factory=lambda: Who.of(BUILDER))
    director: Who = field(default_factory=lambda: Who.of(BUILDER))
    units: list[int] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    managers: dict[int, Who] = field(default_factory=dict)
    goals: list[int] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    asking: int = 0
    projects: list[int] = field(default_factory=list)
    budget_lines: list[int] = field(default_factory=list)


def seconds(at: datetime) -> int:
    """Return an aware datetime as seconds since 1970."""
    return int(at.timestamp())


def beginning(now: datetime) -> datetime:
    """Return when the city's record begins: in the autumn before the first of its ten years."""
    return datetime(local_day(now).year - 10, 11, 1, 8, tzinfo=UTC)


def build(items: int, seed: int, now: datetime, ledger: Ledger) -> City:
    """Make the structure and the people; returns what the story needs."""
    stamp = audited.stamp(BUILDER, REASON, beginning(now))
    municipality = audited.add(
        Municipality(key=KEY, name_fi="Mallikaupunki", name_sv="Modellstaden", demonstration=True), stamp
    )
    city = City(seconds(now), municipality.pk)
    units = _units(municipality, stamp)
    city.units = [unit.pk for unit in units if unit.kind in {UnitKind.SERVICE_AREA, UnitKind.UNIT}]
    city.groups = [unit.pk for unit in units if unit.kind == UnitKind.GROUP]
    city.names = {unit.pk: unit.name for unit in units}
    act = Act(seconds(stamp.at), city.builder, REASON, BUILDER.door.value)
    _people(city, [unit for unit in units if unit.pk in city.units], random.Random(seed), ledger, act)  # noqa: S311  # the same seed makes the same city
    _strategy(city, municipality, goal_count(items), stamp, now)
    _projects(city, ledger, act)
    return city


def goal_count(items: int) -> int:
    """Return how many goals a plan of `items` action items has."""
    return min(MOST_GOALS, max(LEAST_GOALS, items // ITEMS_PER_GOAL))


# Units


def _units(municipality: Municipality, stamp: Stamp) -> list[Unit]:
    made: list[Unit] = []

    def unit(name: str, kind: UnitKind, **fields: object) -> Unit:
        key = slugify(name)
        new = Unit(municipality=municipality, key=key, order=len(made), name_fi=name, kind=kind.value, **fields)
        new.email = "" if kind is UnitKind.GROUP else f"{key}@{DOMAIN}"
        made.append(changing.add(new, scope=None, stamp=stamp))
        return new

    areas = [unit(name, UnitKind.SERVICE_AREA) for name in words.SERVICE_AREAS]
    for number, name in enumerate(words.UNITS):
        unit(name, UnitKind.UNIT, parent=areas[number // (len(words.UNITS) // len(areas))])
    for name in words.BODIES:
        unit(name, UnitKind.BODY)
    for name in words.ROLES:
        unit(name, UnitKind.ROLE)
    for name, successor in zip(words.FORMER, made[-20:], strict=False):
        ended = local_day(stamp.at) + timedelta(days=900)
        former = unit(name, UnitKind.BODY, valid_until=ended, successor=successor)
        handover = UnitHandover(unit=former, successor=successor, kind=UnitHandover.Kind.MERGED)
        changing.add(handover, scope=None, stamp=stamp)
    everybody = unit("Palvelualueet", UnitKind.GROUP, member_kind=UnitKind.SERVICE_AREA.value)
    changing.add(UnitAlias(unit=everybody, text="palvelualueet, kaikki"), scope=None, stamp=stamp)
    for name, members in (("Kasvun yksiköt", made[6:10]), ("Konsernin yksiköt", made[40:45])):
        group = unit(name, UnitKind.GROUP)
        for member in members:
            changing.add(GroupMember(group=group, unit=member), scope=None, stamp=stamp)
    return made


# People


def _people(city: City, units: list[Unit], chance: random.Random, ledger: Ledger, act: Act) -> None:
    """Make 600 accounts: a director, a manager for each unit and two for some, viewers, an admin, contributors."""

    def serve(user: User, role: Role) -> None:
        home = city.municipality
        ledger.begin(MunicipalityRole, act, user_id=user.pk, municipality_id=home, role=role.value)

    def work(user: User, unit: Unit, role: Role) -> None:
        ledger.begin(Membership, act, user_id=user.pk, unit_id=unit.pk, role=role.value)

    director, first, admin, *others = _accounts(ledger, act)
    city.director = Who.of(Actor.person(director, Door.PAGE))
    serve(director, Role.DIRECTOR)
    serve(admin, Role.ADMIN)
    # The first unit is a plain one, not a service area: its manager is the typical one.
    typical = next(unit for unit in units if unit.kind == UnitKind.UNIT)
    for unit in units:
        manager = first if unit == typical else others.pop()
        city.managers[unit.pk] = Who.of(Actor.person(manager, Door.PAGE))
        work(manager, unit, Role.MANAGER)
    for viewer in others[:_VIEWERS]:
        serve(viewer, Role.VIEWER)
    for number, user in enumerate(others[_VIEWERS:]):
        work(user, chance.choice(units), Role.CONTRIBUTOR if number % 4 else Role.MANAGER)


def _accounts(ledger: Ledger, act: Act) -> list[User]:
    # One hash for all: the password is no secret, and hashing it for each would take a minute.
    common: dict[str, Any] = {"password": make_password(PASSWORD), "demonstration": True}
    people = [f"{first} {last}" for last in words.SURNAMES for first in words.FIRST_NAMES][:PEOPLE]
    addresses = [DIRECTOR, MANAGER, f"yllapitaja@{DOMAIN}"]
    addresses += [f"henkilo{number}@{DOMAIN}" for number in range(len(addresses) + 1, PEOPLE + 1)]
    made = [
        User(email=email, name=name, date_joined=instant(act.at), **common)
        for email, name in zip(addresses, people, strict=True)
    ]
    ledger.accounts(made, act)
    return made


# The strategy


def _strategy(city: City, home: Municipality, goals: int, stamp: Stamp, now: datetime) -> None:
    year = local_day(now).year
    strategy = changing.add(
        Strategy(
            municipality=home,
            key="kaupunkistrategia",
            name_fi="Mallikaupungin strategia",
            name_sv="Modellstadens strategi",
            status="adopted",
            published=True,
            start_year=year - 9,
            end_year=year + 4,
            decided_by_fi="Kaupunginvaltuusto",
        ),
        scope=None,
        stamp=stamp,
    )
    city.strategy = strategy.pk
    city.periods = [_period(strategy, first, last, stamp) for first, last in _years(year)]
    city.goals = _goals(strategy, goals, stamp)
    for kind in RoundKind:
        rule = DEFAULTS[kind][Which.BOARD]
        entry = CalendarEntry(strategy=strategy, kind=kind.value, which=Which.BOARD.value, rule=rule)
        entry.body_fi = "Kaupunginhallitus"  # type: ignore[attr-defined]  # modeltranslation adds it
        changing.add(entry, scope=None, stamp=stamp)
    made = rounds.ensure_rounds(strategy, years=range(year - 9, year + 2), actor=BUILDER, now=stamp.at)
    city.rounds = [_round(one) for one in made]
    today = local_day(now)
    *past, asking = sorted((one for one in made if one.opens_on <= today), key=lambda one: one.opens_on)
    for one in past:
        # A city locks its rounds; what is not answered then is no lateness any more.
        at = min(start_of_day(one.due_on + _REVIEWED), now)
        audited.change(one, replace(stamp, at=at), status=ReportingRound.Status.LOCKED.value)
    status = ReportingRound.Status.IN_REVIEW if asking.due_on < today else ReportingRound.Status.OPEN
    audited.change(asking, stamp, status=status.value)
    city.asking = asking.pk


def _years(year: int) -> Iterable[tuple[int, int]]:
    return ((year - 9, year - 6), (year - 5, year - 1), (year, year + 4))


def _period(strategy: Strategy, first: int, last: int, stamp: Stamp) -> Period:
    period = PlanPeriod(
        strategy=strategy, key=f"{first}-{last}", name_fi=f"{first}–{last}", start_year=first, end_year=last
    )
    return Period(changing.add(period, scope=None, stamp=stamp).pk, period.key, first, last)


def _round(one: ReportingRound) -> Round:
    return Round(one.pk, one.year, seconds(start_of_day(one.opens_on)), seconds(start_of_day(one.due_on)))


def _goals(strategy: Strategy, wanted: int, stamp: Stamp) -> list[int]:
    themes = [
        changing.add(
            Theme(strategy=strategy, key=f"teema-{number}", order=number, number=number, kind_fi="teema", name_fi=name),
            scope=None,
            stamp=stamp,
        )
        for number, name in enumerate(words.THEMES, 1)
    ]
    return [
        changing.add(
            Goal(
                strategy=strategy,
                theme=themes[number * len(themes) // wanted],
                key=f"tavoite-{number + 1}",
                order=number + 1,
                number=number + 1,
                name_fi=f"{words.GOALS[number % len(words.GOALS)]} {words.WHERE[number // len(words.GOALS)]}",
            ),
            scope=None,
            stamp=stamp,
        ).pk
        for number in range(wanted)
    ]


def _projects(city: City, ledger: Ledger, act: Act) -> None:
    home = city.municipality
    for number in range(_BUDGET_LINES):
        values = {"key": f"rivi-{number}", "order": number, "name_fi": f"Investointirivi {number + 1}"}
        city.budget_lines.append(ledger.begin(BudgetLine, act, municipality_id=home, **values).pk)
    for number in range(PROJECTS):
        project = ledger.begin(
            Project,
            act,
            municipality_id=home,
            key=f"hanke-{number}",
            order=number,
            name_fi=f"{words.PROJECTS[number % len(words.PROJECTS)]} {number // len(words.PROJECTS) + 1}",
            budget_line_id=city.budget_lines[number % _BUDGET_LINES] if number % 3 == 0 else None,
        )
        city.projects.append(project.pk)
