"""The strategy directors are told once a week how it stands; from the week's first mail day on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from notifications.kinds.base import Debt
from notifications.kinds.weekly.week import anything
from notifications.models import Obligation
from notifications.recipients import Told, Why

if TYPE_CHECKING:
    from notifications.situation import Situation


def owed(situation: "Situation") -> Iterator[Debt]:
    """Return a debt for each director who has not had this week's, if there is anything to say."""
    year, week, _day = situation.day.isocalendar()
    debts = [
        Debt("weekly", f"{year}-W{week:02d}", Told(receiver, 0, Why.DIRECTOR))
        for receiver in situation.directory.directors
    ]
    told = Obligation.objects.filter(
        key__in=[debt.key(situation.municipality.pk) for debt in debts], outcome=Obligation.Outcome.TOLD
    )
    missing = [
        one for one in debts if one.key(situation.municipality.pk) not in set(told.values_list("key", flat=True))
    ]
    if missing and anything(situation):
        yield from missing
