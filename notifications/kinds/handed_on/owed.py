"""Who is to be told that a colleague handed something on: whoever may answer it now."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from notifications.kinds.base import Debt
from notifications.recipients import Told, Why, receivers
from toimenpiteet.selectors.history.happenings import handed_on

if TYPE_CHECKING:
    from notifications.situation import Situation


def owed(situation: "Situation") -> Iterator[Debt]:
    """Return a debt for each plan that was handed on and waits still."""
    there = list(handed_on(situation.municipality, situation.now))
    known = receivers(person for _one, person in there)
    for one, person in there:
        told = Told(known[person.pk], 0, Why.MANAGER)
        yield Debt("handed_on", one.about, told, one.round_id, one.plan_id, words=one.words)
