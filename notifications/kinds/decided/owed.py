"""Who is to be told of a decision: those who answer for the plan, but not whoever decided."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from notifications.kinds.base import Debt
from notifications.kinds.of_plans import OWN, told_of_plans
from toimenpiteet.selectors.history.happenings import decided

if TYPE_CHECKING:
    from notifications.situation import Situation


def owed(situation: "Situation") -> Iterator[Debt]:
    """Return a debt for each decision, and each of its receivers."""
    there = list(decided(situation.municipality, situation.now))
    told = told_of_plans(situation, {one.plan_id for one in there}, OWN)
    for one in there:
        for each in told.get(one.plan_id, ()):
            if one.by is None or each.receiver.person_id != one.by:
                yield Debt("decided", one.about, each, plan_id=one.plan_id, words=one.words)
