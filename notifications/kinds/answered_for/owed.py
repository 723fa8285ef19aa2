"""Who is to be told that what they handed on is answered."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from notifications.kinds.base import Debt
from notifications.recipients import Told, Why, receivers
from toimenpiteet.selectors.history.happenings import answered_for

if TYPE_CHECKING:
    from notifications.situation import Situation


def owed(situation: "Situation") -> Iterator[Debt]:
    """Return a debt for each answer to what was handed on."""
    there = list(answered_for(situation.municipality, situation.now))
    known = receivers(person for _one, person in there)
    for one, person in there:
        told = Told(known[person.pk], 0, Why.MANAGER)
        yield Debt("answered_for", one.about, told, plan_id=one.plan_id, words=one.words)
