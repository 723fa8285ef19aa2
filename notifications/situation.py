"""What is owed to whom in one municipality at a moment: the answers of every kind, brought together.

Pure once its reads are done: each part is read when it is first asked for, and then stays as it was.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

from django.utils.translation import get_language

from notifications import kinds, recipients
from notifications.believed import Believed
from notifications.kinds.base import Debt
from notifications.recipients import Directory
from toimenpiteet.calendar import Quiet, local_day, next_send_time
from toimenpiteet.models import Municipality, ReportingRound
from toimenpiteet.reminder_days import parse_quiet
from toimenpiteet.selectors.plan import open_plans
from toimenpiteet.selectors.plan.view import Part, PlanView, views
from toimenpiteet.selectors.rounds.asking import asking

T = TypeVar("T")


@dataclass
class Situation:
    """What is owed in `municipality` at `now` (aware); `bounced` are the addresses that do not take mail.

    `foreseen` tells that `now` is to come: rounds that will have opened by then ask, and nobody has answered more.
    """

    municipality: Municipality
    now: datetime
    bounced: Collection[str] = field(default_factory=frozenset)
    foreseen: bool = False
    _made: dict[Hashable, Any] = field(default_factory=dict)
    _read: dict[Hashable, Believed[Any]] = field(default_factory=dict)

    @property
    def day(self) -> date:
        """Return the day of `now` in Europe/Helsinki."""
        return local_day(self.now)

    @cached_property
    def quiet(self) -> Quiet:
        """Return the weeks in which no mail leaves."""
        return parse_quiet(self.municipality.quiet_days)

    @cached_property
    def directory(self) -> Directory:
        """Return the people and units of the day."""
        return recipients.load(self.municipality, self.day, self.bounced)

    @cached_property
    def rounds(self) -> dict[int, ReportingRound]:
        """Return the rounds that ask, with their strategies, by their days of answers."""
        return {one.pk: one for one in asking(self.municipality, self.day if self.foreseen else None)}

    @cached_property
    def debts(self) -> dict[str, list[Debt]]:
        """Return what is owed, by receiver: in the order of the kinds, and in each as it comes."""
        found: dict[str, dict[str, Debt]] = defaultdict(dict)
        for kind in kinds.KINDS:
            for debt in kind.owed(self) if kind.comes_by_itself or not self.foreseen else ():
                if kind.duty or kind.name not in debt.receiver.muted:
                    found[debt.receiver.key].setdefault(debt.key(self.municipality.pk), debt)
        return {receiver: list(debts.values()) for receiver, debts in found.items()}

    def waiting(self, asked_in: ReportingRound, units: Collection[int]) -> dict[int, frozenset[int]]:
        """Return the plans that wait in a round for `units`, by key, most urgent first, each with those of them.

        Whoever answers meanwhile is not told.
        """
        return self.fresh(("waiting", asked_in.pk), lambda: open_plans.waiting_by_unit(asked_in)).of(units)

    def fresh(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return what `read` reads, not older than it is believed; once for all who ask with the same `key`."""
        held: Believed[T] = self._read.setdefault(key, Believed(read))
        return held.get()

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` makes; once for all who ask with the same `key` in the same language."""
        place = get_language(), key
        if place not in self._made:
            self._made[place] = make()
        made: T = self._made[place]
        return made

    def views(self, plans: Sequence[int], parts: frozenset[Part]) -> list[PlanView]:
        """Return plans, by key, in the active language; read once for all receivers of the same list."""
        key = "views", tuple(plans), parts
        return self.once(key, lambda: views(plans, self.day, parts) if plans else [])

    def next_send_time(self, when: datetime | date) -> datetime:
        """Return the earliest instant (UTC) at or after `when` at which a mail may leave here."""
        return next_send_time(when, self.quiet)


def lasting(debts: Iterable[Debt]) -> list[Debt]:
    """Return what stays owed after it was told: the rest is told once."""
    return [debt for debt in debts if kinds.BY_NAME[debt.kind].lasts]
