"""Who is told what a unit has open: its managers and who stands in for them, else its mailbox, else the unit above.

At last the strategy director is. Whose address does not take mail is passed over until it is corrected.

Never silently nobody: where not even a director is found, the answer is a receiver without an address, and the
reminder is recorded as failed where an administrator sees it. Pure, except for ``load``.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from notifications.models import NotificationPreference
from toimenpiteet import access
from toimenpiteet.access import Scope, UnitTree
from toimenpiteet.calendar import MAIL_FROM
from toimenpiteet.models import Grant, Membership, Municipality, Unit, User
from toimenpiteet.models.people import Dated
from toimenpiteet.selectors.translated import Text, text_of
from toimenpiteet.workflow import Role


class Why(StrEnum):
    """Why somebody gets the mail about a unit."""

    MANAGER = "manager"
    SUBSTITUTE = "substitute"
    MAILBOX = "mailbox"
    ABOVE = "above"
    DIRECTOR = "director"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Receiver:
    """One person or mailbox. `key` is their identity: there is one mail per key, municipality and day."""

    key: str
    name: str
    address: str
    language: str
    person_id: int | None = None
    active: bool = True
    hour: int = 8
    muted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Told:
    """That `receiver` is told about `unit`, and why; `absent` is the person for whom they stand in."""

    receiver: Receiver
    unit: int
    why: Why
    absent: str = ""
    absent_id: int | None = None


@dataclass(frozen=True)
class UnitCard:
    """What routing needs of a unit; `above` is the unit above it."""

    address: str
    language: str
    above: int | None = None
    successor: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None

    def lasts_past(self, day: date) -> bool:
        """Tell whether the unit's last day is known and has not passed: until then it answers for itself."""
        return self.valid_until is not None and self.valid_until >= day

    def exists_on(self, day: date) -> bool:
        """Tell whether the unit exists on `day`, or lives on in its successor."""
        begun = self.valid_from is None or self.valid_from <= day
        ended = self.valid_until is not None and self.valid_until < day
        return begun and (not ended or self.successor is not None)


@dataclass(frozen=True)
class Directory:
    """The people and units of one municipality on one day (Europe/Helsinki)."""

    day: date
    units: dict[int, UnitCard]
    members: dict[int, set[int]] = field(default_factory=dict)
    managers: dict[int, list[Receiver]] = field(default_factory=dict)
    directors: list[Receiver] = field(default_factory=list)
    stands: dict[str, list[Receiver]] = field(default_factory=dict)
    people_at: dict[str, Receiver] = field(default_factory=dict)
    names: dict[int, Text] = field(default_factory=dict)
    bounced: Collection[str] = frozenset()

    def told(self, unit: int, *, above: bool = False) -> list[Told]:
        """Return who is told what `unit` has open: at least one answer for each unit that it stands for.

        With `above` it is who leads the unit above, else the director, instead of the unit's own people.
        """
        whose = self._above if above else self._told_of
        return [told for leaf in self.standing_for(unit) for told in whose(leaf)]

    def standing_for(self, unit: int) -> list[int]:
        """Return the units that answer for `unit` today: its successor, and the members when it is a group."""
        found: list[int] = []
        seen: set[int] = set()
        waiting = [unit]
        while waiting:
            current = self._today(waiting.pop(0))
            if current in seen:
                continue
            seen.add(current)
            members = {unit for unit in self.members.get(current, ()) if self._exists(unit)}
            waiting += sorted(members)
            if not members or self.managers.get(current):
                found.append(current)
        return found or [unit]

    def _today(self, unit: int) -> int:
        """Follow the successors that have taken over by today; a ring of them ends where it began."""
        seen = {unit}
        while not self.units[unit].lasts_past(self.day):
            successor = self.units[unit].successor
            if successor is None or successor in seen or not self._exists(successor):
                return unit
            seen.add(successor)
            unit = successor
        return unit

    def _exists(self, unit: int) -> bool:
        # A unit that is not among ours belongs to another municipality: nothing crosses.
        return unit in self.units and self.units[unit].exists_on(self.day)

    def _told_of(self, unit: int) -> list[Told]:
        mailbox = self._mailbox(self.units[unit])
        return (
            self._people(self.managers.get(unit, []), unit, Why.MANAGER)
            or ([Told(mailbox, unit, Why.MAILBOX)] if mailbox else [])
            or self._above(unit)
        )

    def _above(self, unit: int) -> list[Told]:
        """Return who leads the nearest unit above that somebody leads, else the directors, else nobody."""
        seen, above = {unit}, self.units[unit].above
        while above in self.units and above not in seen:
            if found := self._people(self.managers.get(above, []), unit, Why.ABOVE):
                return found
            seen.add(above)
            above = self.units[above].above
        nobody = Receiver("nobody", "", "", self.units[unit].language)
        return self._people(self.directors, unit, Why.DIRECTOR) or [Told(nobody, unit, Why.NOBODY)]

    def _mailbox(self, card: UnitCard) -> Receiver | None:
        address = card.address.strip().lower()
        if not address or address in self.bounced:
            return None
        # A mailbox that is also somebody's account is that person: they get one mail, not two.
        return self.people_at.get(address) or Receiver(
            f"mailbox:{hashlib.sha256(address.encode()).hexdigest()[:32]}", "", address, card.language
        )

    def _people(self, people: Iterable[Receiver], unit: int, why: Why) -> list[Told]:
        return [
            Told(receiver, unit, why)
            if receiver.key == person.key
            else Told(receiver, unit, Why.SUBSTITUTE, absent=person.name, absent_id=person.person_id)
            for person in people
            for receiver in self._present(person)
        ]

    def _present(self, person: Receiver) -> list[Receiver]:
        """Return who receives for `person`: they and who stands in for them; a right is not handed on."""
        found = {one.key: one for one in (person, *self.stands.get(person.key, []))}
        return [one for one in found.values() if one.active and one.address.lower() not in self.bounced]


def load(municipality: Municipality, day: date, bounced: Collection[str] = frozenset()) -> Directory:
    """Read the directory of `municipality` on `day`, in eight queries; `bounced` are addresses in lower case."""
    units = list(Unit.objects.filter(municipality=municipality))
    cards = {
        unit.pk: UnitCard(
            unit.email, unit.language, unit.parent_id, unit.successor_id, unit.valid_from, unit.valid_until
        )
        for unit in units
    }
    stands = list(access.standing_in(day).filter(municipality=municipality).select_related("holder"))
    members = list(
        Membership.objects.filter(Dated.on(day), unit__in=list(cards), role=Role.MANAGER.value)
        .select_related("user")
        .order_by("pk")
    )
    directors = list(
        User.objects.filter(
            Dated.on(day, "municipality_roles__"),
            municipality_roles__municipality=municipality,
            municipality_roles__role=Role.DIRECTOR.value,
        )
        .order_by("pk")
        .distinct()
    )
    at_mailboxes = list(_people_at_mailboxes(cards.values(), municipality))
    known = {row.user for row in members} | {row.holder for row in stands} | {*directors, *at_mailboxes}
    people = receivers(known)
    return Directory(
        day=day,
        units=cards,
        members=dict(UnitTree.load([municipality.pk]).members),
        managers=_by_unit((row.unit_id, people[row.user_id]) for row in members),
        directors=[people[person.pk] for person in directors],
        stands=_stands(stands, people),
        people_at={person.email.lower(): people[person.pk] for person in at_mailboxes},
        names={unit.pk: text_of(unit, "name", municipality.language) for unit in units},
        bounced=bounced,
    )


def _people_at_mailboxes(cards: Iterable[UnitCard], municipality: Municipality) -> Iterable[User]:
    """Return the people of the municipality whose own address is a unit's mailbox; others are not ours to name."""
    addresses = {card.address.strip().lower() for card in cards if card.address.strip()}
    # Accounts are stored in lower case (models.people.UserManager).
    ours = access.people(Scope(municipalities=frozenset({municipality.pk})))
    return ours.filter(is_active=True, email__in=addresses)


def receivers(people: Iterable[User]) -> dict[int, Receiver]:
    """Return people as receivers, by key; one query, none for nobody."""
    people = list(people)
    if not people:
        return {}
    chosen = {row.person_id: row for row in NotificationPreference.objects.filter(person__in=people)}
    return {person.pk: _receiver(person, chosen.get(person.pk)) for person in people}


def _receiver(person: User, chosen: NotificationPreference | None) -> Receiver:
    return Receiver(
        key=f"person:{person.pk}",
        name=person.get_full_name(),
        address=person.email,
        language=(chosen.language if chosen else "") or person.language,
        person_id=person.pk,
        active=person.is_active,
        hour=chosen.hour if chosen else MAIL_FROM.hour,
        muted=frozenset(chosen.muted) if chosen else frozenset(),
    )


def _by_unit(rows: Iterable[tuple[int, Receiver]]) -> dict[int, list[Receiver]]:
    found: dict[int, dict[str, Receiver]] = defaultdict(dict)
    for unit, receiver in rows:
        found[unit][receiver.key] = receiver
    return {unit: list(there.values()) for unit, there in found.items()}


def _stands(rows: Iterable[Grant], people: dict[int, Receiver]) -> dict[str, list[Receiver]]:
    found: dict[str, list[Receiver]] = defaultdict(list)
    for row in rows:
        found[f"person:{row.on_behalf_of_id}"].append(people[row.holder_id])
    return dict(found)
