"""Puts the demonstration on stage: people, mailboxes, rounds, and the script's acts through the same services."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import override

from toimenpiteet import access
from toimenpiteet.calendar import local_day
from toimenpiteet.exchange import strategy as bundled
from toimenpiteet.exchange.demonstration.cast import CAST, DOMAIN, MUNICIPALITIES, PASSWORD, Person
from toimenpiteet.exchange.demonstration.script import DAYS, Act, Facts, acts
from toimenpiteet.models import (
    Actor,
    Audited,
    Comment,
    Door,
    Membership,
    Municipality,
    MunicipalityRole,
    PeriodPlan,
    Stamp,
    Step,
    Strategy,
    Unit,
    User,
)
from toimenpiteet.models.strategy import StrategyStatus
from toimenpiteet.selectors.history import standing
from toimenpiteet.services import audited, changing
from toimenpiteet.services.audited import By
from toimenpiteet.services.people import names
from toimenpiteet.services.plan import plans
from toimenpiteet.services.rounds import rounds
from toimenpiteet.workflow import Role

STAGEHAND = Actor.system("Esittelyaineisto", Door.COMMAND)
_REASON = "Esittelyaineistoa"


@dataclass
class Result:
    """What was put on stage; all zero when it was there already."""

    people: int = 0
    mailboxes: int = 0
    rounds: int = 0
    answers: int = 0
    moves: int = 0
    steps: int = 0
    comments: int = 0
    unknown_units: list[str] = field(default_factory=list)
    """Units of the cast that the strategies do not have; their people were left out."""

    @property
    def total(self) -> int:
        """Return how much was made."""
        return self.people + self.mailboxes + self.rounds + self.moves + self.steps + self.comments


def real_users() -> int:
    """Return how many accounts are not the demonstration's."""
    return User.objects.filter(demonstration=False).count()


def missing_strategies() -> bool:
    """Tell whether a municipality of the demonstration has no strategy yet."""
    return Municipality.objects.filter(key__in=MUNICIPALITIES, strategies__isnull=False).distinct().count() < len(
        MUNICIPALITIES
    )


def present() -> list[tuple[Person, str]]:
    """Return the people who are there, each with the name of their unit or municipality."""
    there = set(User.objects.filter(demonstration=True).values_list("email", flat=True))
    units = {(unit.municipality.key, unit.key): unit.name for unit in Unit.objects.select_related("municipality")}
    names = {owner.key: owner.name for owner in Municipality.objects.all()}
    return [
        (person, ", ".join(filter(None, (units.get((person.municipality, person.unit)), names[person.municipality]))))
        for person in CAST
        if person.email in there
    ]


def beginning(now: datetime) -> datetime:
    """Return when the demonstration's story begins: the plans are loaded, the people come."""
    return now - timedelta(days=DAYS + 7)


def stage(*, seed: int, now: datetime) -> Result:
    """Bring the demonstration on stage, all of it or nothing; what is there already stays as it is.

    Missing strategies are loaded first, as of the beginning of the story. Raises bundled.Refused when they cannot be.
    """
    # Names and reasons are kept as text: in the municipalities' language, whatever the command speaks.
    with override(settings.LANGUAGE_CODE), transaction.atomic():
        if missing_strategies():
            bundled.load(bundled.bundled_files(), actor=bundled.LOADER, now=beginning(now))
        result = Result()
        stamp = audited.stamp(STAGEHAND, _REASON, beginning(now))
        for municipality in Municipality.objects.filter(key__in=MUNICIPALITIES):
            _Stage(municipality, stamp, result).set()
            _rounds(municipality, now, result)
            _play(municipality, seed, now, result)
    return result


class _Stage:
    """The people and mailboxes of one municipality."""

    def __init__(self, municipality: Municipality, stamp: Stamp, result: Result) -> None:
        self.municipality = municipality
        self.stamp = stamp
        self.result = result
        self.units = {unit.key: unit for unit in Unit.objects.filter(municipality=municipality)}

    def set(self) -> None:
        """Mark the municipality, then add who and what is missing."""
        by: By = {"scope": None, "stamp": self.stamp}
        owner = self.municipality
        changing.change(Municipality, owner.pk, {"demonstration": True}, version=owner.version, **by)
        for person in CAST:
            if person.municipality == owner.key:
                self._person(person)
        for unit in self.units.values():
            if not unit.email:
                email = f"{owner.key}.{unit.key}"[:64].rstrip("-") + f"@{DOMAIN}"
                changing.change(Unit, unit.pk, {"email": email}, version=unit.version, **by)
                self.result.mailboxes += 1

    def _person(self, person: Person) -> None:
        if person.unit and person.unit not in self.units:
            self.result.unknown_units.append(f"{person.municipality}/{person.unit}")
            return
        # Somebody may have given them another address since: they are there all the same.
        if names.was_address(person.email):
            return
        user = User(
            email=person.email,
            name=person.full_name,
            language=person.language,
            demonstration=True,
            is_staff=person.role is Role.ADMIN,
            date_joined=self.stamp.at,
            password=_hashed(),
        )
        audited.add(user, self.stamp)
        if person.unit:
            role: Audited = Membership(user=user, unit=self.units[person.unit], role=person.role.value)
        else:
            role = MunicipalityRole(user=user, municipality=self.municipality, role=person.role.value)
        changing.add(role, scope=None, stamp=self.stamp)
        self.result.people += 1


@cache
def _hashed() -> str:
    """Return one hash for all: the password is no secret, and hashing it for each would take seconds."""
    return make_password(PASSWORD)


def _rounds(municipality: Municipality, now: datetime, result: Result) -> None:
    """Make the rounds that came and come, as they were known when the story began."""
    first, last = local_day(beginning(now)), local_day(now)
    for strategy in Strategy.objects.filter(municipality=municipality, status=StrategyStatus.ADOPTED):
        years = {*rounds.years_ahead(strategy, first), *rounds.years_ahead(strategy, last)}
        made = rounds.ensure_rounds(strategy, years=years, actor=STAGEHAND, now=beginning(now))
        result.rounds += len(made)


def _play(municipality: Municipality, seed: int, now: datetime, result: Result) -> None:
    """Play the script, unless anything has happened here already."""
    if standing.anything_moved(municipality):
        return
    if Comment.objects.filter(plan__municipality=municipality).exists():
        return
    company = _Company(municipality, now)
    for act in acts(company.facts(), seed=seed, now=now):
        company.perform(act, result)


class _Company:
    """The people of one municipality at work on its plans."""

    def __init__(self, municipality: Municipality, now: datetime) -> None:
        self.today = local_day(now)
        people = [person for person in CAST if person.municipality == municipality.key]
        users = {user.email: user for user in User.objects.filter(email__in=[person.email for person in people])}
        self.people = [person for person in people if person.email in users]
        self.users = users
        self.scopes = {email: access.scope_of(user, self.today) for email, user in users.items()}
        rows = PeriodPlan.objects.filter(municipality=municipality).select_related("item__strategy", "period")
        self.plans = {f"{row.item.strategy.key}/{row.item.key}/{row.period.key}": row for row in rows}
        self.steps = _by_plan(Step.objects.filter(plan__municipality=municipality))

    def facts(self) -> list[Facts]:
        """Return what the script has to know of the plans of the strategies that are carried out by action items."""
        last: dict[int, int] = defaultdict(int)
        for plan in self.plans.values():
            strategy = plan.item.strategy_id
            last[strategy] = max(last[strategy], plan.period.start_year)
        return [self._facts(name, plan, last[plan.item.strategy_id]) for name, plan in self.plans.items()]

    def _facts(self, name: str, plan: PeriodPlan, last_start: int) -> Facts:
        units = list(plan.unit_links.values_list("unit_id", flat=True))
        managers = self._in_role(Role.MANAGER, plan, units)
        return Facts(
            name=name,
            past=plan.period.end_year < self.today.year,
            has_later=last_start > plan.period.end_year,
            director=self._director(),
            leads=tuple(email for email in managers if plan.item.lead_unit_id in self.scopes[email].unit_roles),
            managers=tuple(email for email in managers if plan.item.lead_unit_id not in self.scopes[email].unit_roles),
            helpers=self._in_role(Role.CONTRIBUTOR, plan, units),
            steps=tuple((step.key, step.due_on) for step in self.steps[plan.pk].values()),
        )

    def _director(self) -> str:
        return next(person.email for person in self.people if person.role is Role.DIRECTOR)

    def _in_role(self, role: Role, plan: PeriodPlan, units: list[int]) -> tuple[str, ...]:
        return tuple(
            person.email
            for person in self.people
            if person.role is role and role in access.roles_on(self.scopes[person.email], plan, units)
        )

    def perform(self, act: Act, result: Result) -> None:
        """Do one act as its person, through the services, as at its time."""
        plan, scope = self.plans[act.plan], self.scopes[act.who]
        actor = Actor.person(self.users[act.who], Door.PAGE)
        if act.move:
            version = PeriodPlan.objects.values_list("version", flat=True).get(pk=plan.pk)
            plans.move(plan.pk, act.move, scope=scope, actor=actor, now=act.at, version=version, comment=act.comment)
            result.moves += 1
        elif act.step:
            step = self.steps[plan.pk][act.step]
            plans.tick_step(step.pk, done=True, scope=scope, actor=actor, now=act.at, version=step.version)
            result.steps += 1
        else:
            plans.comment_on(plan.pk, act.comment, scope=scope, actor=actor, now=act.at)
            result.comments += 1


def _by_plan(steps: Iterable[Step]) -> dict[int, dict[str, Step]]:
    found: dict[int, dict[str, Step]] = defaultdict(dict)
    for step in steps:
        found[step.plan_id][step.key] = step
    return found
