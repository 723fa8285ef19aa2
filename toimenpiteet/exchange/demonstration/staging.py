"""Puts the demonstration on stage: people, mailboxes, rounds, and the script's acts through the same services."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import override

from toimenpiteet.calendar import local_day, start_of_day
from toimenpiteet.exchange import strategy as bundled
from toimenpiteet.exchange.demonstration import city
from toimenpiteet.exchange.demonstration.cast import CAST, DOMAIN, MUNICIPALITIES, PASSWORD, Person
from toimenpiteet.exchange.demonstration.script import BEGAN, DAYS
from toimenpiteet.models import (
    Actor,
    Audited,
    Door,
    Membership,
    Municipality,
    MunicipalityRole,
    PeriodPlan,
    Stamp,
    Strategy,
    Unit,
    User,
)
from toimenpiteet.models.strategy import StrategyStatus
from toimenpiteet.services import audited, changing
from toimenpiteet.services.audited import By
from toimenpiteet.services.people import names
from toimenpiteet.services.rounds import rounds
from toimenpiteet.workflow import Role

STAGEHAND = Actor.system("Esittelyaineisto", Door.COMMAND)
_REASON = "Esittelyaineistoa"
_NO_PLANS = "Esittelyaineistoa: toimenpiteitä ei vielä ole, joten kierrokset eivät kysyisi keneltäkään"
_BINDING = "Esittelyaineistoa: strategia ei kerro, mitkä tavoitteet sitovat valtuustoa"
FIRST_ROUND = 2021


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
    return min(start_of_day(BEGAN) + timedelta(hours=9), now - timedelta(days=DAYS))


def stage(now: datetime) -> Result:
    """Bring people, mailboxes and rounds on stage, all or nothing; what is there already stays as it is.

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
        owner = changing.change(Municipality, owner.pk, {"demonstration": True}, version=owner.version, **by)
        city.dress(owner, by)
        city.bind(owner, {"scope": None, "stamp": replace(self.stamp, reason=_BINDING)})
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
    """Make the rounds that came and come, from the first whole year on, as they were known when the story began."""
    first, last = FIRST_ROUND, local_day(now).year + 1
    for strategy in Strategy.objects.filter(municipality=municipality, status=StrategyStatus.ADOPTED):
        _count_from(strategy, now)
        years = range(max(first, strategy.start_year or first), min(last, strategy.end_year or last) + 1)
        made = rounds.ensure_rounds(strategy, years=years, actor=STAGEHAND, now=beginning(now))
        result.rounds += len(made)


def _count_from(strategy: Strategy, now: datetime) -> None:
    """Let the rounds of a strategy without plans count from next year on: until now they would have asked nobody."""
    if strategy.rounds_from is None and not PeriodPlan.objects.filter(item__strategy=strategy).exists():
        values = {"rounds_from": date(local_day(now).year + 1, 1, 1)}
        stamp = audited.stamp(STAGEHAND, _NO_PLANS, beginning(now))
        changing.change(Strategy, strategy.pk, values, version=strategy.version, scope=None, stamp=stamp)
