"""Who is to be told that a plan or a step is due soon: those who answer for it, once."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from notifications.kinds.base import Debt
from notifications.kinds.of_plans import OWN, told_of_plans
from toimenpiteet.selectors.plan.coming_due import Coming, coming_due

if TYPE_CHECKING:
    from notifications.situation import Situation


def owed(situation: "Situation") -> Iterator[Debt]:
    """Return a debt for each day that comes near, and each of its receivers, the nearest day first."""
    there = sorted(coming(situation), key=lambda one: (one.due_on, one.plan_id, one.step_id or 0))
    told = told_of_plans(situation, {one.plan_id for one in there}, OWN)
    for one in there:
        for each in told.get(one.plan_id, ()):
            yield Debt("due_soon", about(one), each, plan_id=one.plan_id)


def coming(situation: "Situation") -> Iterator[Coming]:
    """Return the days that come near; two queries."""
    return coming_due(situation.municipality, situation.day, situation.quiet)


def about(one: Coming) -> str:
    """Return what tells a day that comes near from all others."""
    return f"{f'step {one.step_id}' if one.step_id else f'plan {one.plan_id}'} {one.due_on}"
