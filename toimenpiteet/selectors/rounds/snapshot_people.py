"""What a round's snapshot says of people: in which unit they held their role, and when they were reminded."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from toimenpiteet.access import UnitTree
from toimenpiteet.models import Membership, ReportingRound, Told, Unit
from toimenpiteet.models.reading import columns_of
from toimenpiteet.selectors.history.answers import Sayer
from toimenpiteet.selectors.rounds.snapshot_values import instant_text, words_of
from toimenpiteet.snapshots import Words


class Act(NamedTuple):
    """Something said of a plan: by whom, on which day (Europe/Helsinki), of which responsible `units`."""

    by: Sayer
    on: date
    units: Collection[int]


def units_of(acts: Mapping[int, Act], municipality: int) -> dict[int, Words]:
    """Return, by the keys of `acts`, the name of the unit in which each held their role; two queries."""
    if not acts:
        return {}
    people = {act.by.person for act in acts.values()}
    rows = Membership.objects.filter(user__in=people, unit__municipality=municipality).select_related("unit")
    held: dict[int, list[Membership]] = defaultdict(list)
    for row in rows.order_by("pk"):
        held[row.user_id].append(row)
    tree = UnitTree.load([municipality])
    found = ((key, _unit(held[act.by.person], act, tree)) for key, act in acts.items())
    return {key: words_of(unit, "name") for key, unit in found if unit}


def _unit(rows: list[Membership], act: Act, tree: UnitTree) -> Unit | None:
    return next((row.unit for row in rows if _fits(row, act, tree)), None)


def _fits(row: Membership, act: Act, tree: UnitTree) -> bool:
    """Tell whether the role was held on the day, in a unit that answers for the plan."""
    answers_for = not tree.covered([row.unit_id]).isdisjoint(act.units)
    return row.role == act.by.role and row.holds_on(act.on) and answers_for


def reminded(asked: ReportingRound, units: Mapping[int, Collection[int]]) -> dict[int, list[str]]:
    """Return when a responsible unit of each plan was told of the round by mail, the oldest first; two queries.

    `units` are the responsible units by plan. What a group is asked is told to its units, in their names.
    """
    tree = UnitTree.load([asked.strategy.municipality_id])
    told = Told.objects.filter(round=asked, outcome=Told.Outcome.SENT).order_by("at")
    of_unit: dict[int | None, list[str]] = defaultdict(list)
    for unit, at in columns_of(told, ["unit_id", "at"]):
        for covered in tree.stood_for(unit) if unit else ():
            of_unit[covered].append(instant_text(at))
    return {plan: sorted({at for unit in own for at in of_unit[unit]}) for plan, own in units.items()}
