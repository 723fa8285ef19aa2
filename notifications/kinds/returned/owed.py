"""Who is to be told that something was sent back: those who answer for it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from notifications.kinds.base import Debt
from notifications.kinds.of_plans import told_of_plans
from toimenpiteet.selectors.history.happenings import sent_back

if TYPE_CHECKING:
    from notifications.situation import Situation


def owed(situation: "Situation") -> Iterator[Debt]:
    """Return a debt for each thing that was sent back, and each of its receivers."""
    there = list(sent_back(situation.municipality, situation.now))
    told = told_of_plans(situation, {one.plan_id for one in there})
    for one in there:
        for each in told.get(one.plan_id, ()):
            yield Debt("returned", one.about, each, one.round_id, one.plan_id, words=one.words)
