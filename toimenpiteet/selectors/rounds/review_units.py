"""The review board by responsible unit: how the answers of each stand, and which of them the page is narrowed to."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.answers import Review
from toimenpiteet.labels import ANSWER_STATE, LIGHTS_DISAGREE, Label
from toimenpiteet.models import PlanUnit, ReportingRound, StatusReport, Unit
from toimenpiteet.models.reading import columns_of
from toimenpiteet.selectors.plan.lateness import answer_is_late
from toimenpiteet.selectors.rounds.answers import state_of
from toimenpiteet.selectors.rounds.drafts import is_silent
from toimenpiteet.selectors.translated import Named, in_alphabet, text_of
from toimenpiteet.selectors.units.asked import is_asked
from toimenpiteet.workflow import OPEN_VALUES, Status

ANSWERED, LATE, DISAGREES = "answered", "late", "disagrees"
"""Beside the states of answers: what the page can be narrowed to. They cut across the states."""

NARROWED: Final[Mapping[str, Label]] = {
    **ANSWER_STATE,
    ANSWERED: _("answered"),
    LATE: _("late"),
    DISAGREES: LIGHTS_DISAGREE,
}
COLUMNS: Final = (ANSWERED, "silent", Review.RETURNED.value, LATE, Review.ACCEPTED.value)


def standing(report: StatusReport, asked: ReportingRound, status: Status, today: date) -> frozenset[str]:
    """Return all that the answer of a plan in `status` counts as: its state, answered, late; keys of NARROWED."""
    silent = is_silent(report)
    waited_for = silent and status in OPEN_VALUES
    found = {state_of(report)} if silent else {state_of(report), ANSWERED}
    return frozenset(
        found | ({LATE} if answer_is_late(asked, report.answered_at, today, waited_for=waited_for) else set())
    )


@dataclass(frozen=True)
class Responsible:
    """The units that answer for some plans: each with whether it `is_asked`, and by plan those that count for it."""

    units: Mapping[int, Any]
    by_plan: Mapping[int, list[int]]

    def named(self, pk: int) -> Named:
        """Return a unit with its name."""
        return Named(pk, text_of(self.units[pk], "name"))


def responsible(scope: Scope, asked: ReportingRound) -> Responsible:
    """Return who answers in a round: of each plan the units that are asked, all of them where none is; two queries."""
    links = PlanUnit.objects.filter(plan__reports__round=asked).order_by("plan_id", "order", "pk")
    named: dict[int, list[int]] = defaultdict(list)
    for plan, unit in columns_of(links, ["plan_id", "unit_id"]):
        named[plan].append(unit)
    wanted = {unit for own in named.values() for unit in own}
    rows = access.visible(scope, Unit).filter(pk__in=wanted).annotate(is_asked=is_asked())
    units: dict[int, Any] = {unit.pk: unit for unit in rows}
    theirs: dict[int, list[int]] = defaultdict(list)
    for plan, own in named.items():
        seen = [pk for pk in own if pk in units]
        theirs[plan] = [pk for pk in seen if units[pk].is_asked] or seen
    return Responsible(units, theirs)


@dataclass(frozen=True)
class UnitCount:
    """How many answers of a unit count as `state`; `chosen` where the page shows these."""

    state: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class UnitRow:
    """A unit on the review board: of how many plans it is `asked`, and how many of them count as each of COLUMNS."""

    unit: Named
    asked: int
    counts: list[UnitCount]
    chosen: bool


def unit_rows(of: Responsible, standings: Iterable[tuple[int, frozenset[str]]], unit: int, only: str) -> list[UnitRow]:
    """Return the units by how many answers of theirs are silent, late, returned; a plan of several counts for each.

    `standings` are the plans asked about with what their answers count as; `unit` and `only` are what is shown. In a
    row answered, silent and returned add up to asked; late and accepted are parts of these.
    """
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for plan, counted in standings:
        for pk in of.by_plan[plan]:
            found[pk].update(["", *counted])
    rows = [_row(of.named(pk), tally, only, chosen=pk == unit) for pk, tally in found.items()]
    return sorted(rows, key=lambda row: (*_urgency(found[row.unit.pk]), in_alphabet(row.unit.name)))


def _row(unit: Named, tally: Counter[str], only: str, *, chosen: bool) -> UnitRow:
    counts = [UnitCount(one, str(NARROWED[one]), tally[one], chosen and one == only) for one in COLUMNS]
    return UnitRow(unit, tally[""], counts, chosen and not only)


def _urgency(tally: Counter[str]) -> tuple[int, ...]:
    return tuple(-tally[state] for state in ("silent", LATE, Review.RETURNED.value))
