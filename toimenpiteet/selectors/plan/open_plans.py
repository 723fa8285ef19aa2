"""What a responsible unit still has open before the deadline of a reporting round."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Exists, F, OuterRef, QuerySet

from toimenpiteet.models import PeriodPlan, PlanUnit, ReportingRound, StatusReport
from toimenpiteet.models.reporting import SILENT
from toimenpiteet.selectors.rounds.counting import counts
from toimenpiteet.selectors.units.asked import is_asked
from toimenpiteet.workflow import OPEN_VALUES, Status

# What awaits approval waits for the director: the unit has done its part.
WAITS_FOR_UNIT = [status for status in OPEN_VALUES if status != Status.AWAITING_APPROVAL]


def in_force(asked_in: ReportingRound) -> "QuerySet[PeriodPlan]":
    """Return the plans of which a round asks: open ones, of a period that has begun by the round's year.

    One of their responsible units at least is asked in rounds (``selectors.units.asked``). A round that does not count
    asks of none.
    """
    if not counts(asked_in.status, asked_in.due_on, asked_in.strategy.rounds_from):
        return PeriodPlan.objects.none()
    asked = PlanUnit.objects.filter(is_asked("unit__"), plan=OuterRef("pk"))
    return PeriodPlan.objects.filter(
        Exists(asked),
        item__strategy=asked_in.strategy_id,
        status__in=OPEN_VALUES,
        period__start_year__lte=asked_in.year,
    )


def without_expected_answer(asked_in: ReportingRound) -> "QuerySet[PeriodPlan]":
    """Return the plans in force that have no row in the round yet."""
    return in_force(asked_in).filter(~Exists(StatusReport.objects.filter(round=asked_in, plan=OuterRef("pk"))))


def waiting_in(asked_in: ReportingRound) -> "QuerySet[PeriodPlan]":
    """Return the plans in force that still wait for a responsible unit in a round: without an answer in it.

    What awaits approval waits for the director. An answer that was returned is asked for again.
    """
    answered = StatusReport.objects.filter(~SILENT, round=asked_in, plan=OuterRef("pk"))
    return in_force(asked_in).filter(~Exists(answered), status__in=WAITS_FOR_UNIT)


def units_asked(asked_in: ReportingRound) -> frozenset[int]:
    """Return the units to ask (of the strategy's municipality) that plans waiting in the round name; one query."""
    own = asked_in.strategy.municipality_id
    links = PlanUnit.objects.filter(
        is_asked("unit__"), plan__in=waiting_in(asked_in), unit__municipality=own
    ).order_by()
    return frozenset(links.values_list("unit_id", flat=True).distinct())


class Waiting:
    """What waits in a round, by unit: `links` are (plan, unit), the most urgent plan first."""

    def __init__(self, links: Iterable[tuple[int, int]]) -> None:
        self._place: dict[int, int] = {}
        self._plans: dict[int, list[int]] = defaultdict(list)
        for plan, unit in links:
            self._place.setdefault(plan, len(self._place))
            self._plans[unit].append(plan)

    def of(self, units: Collection[int]) -> dict[int, frozenset[int]]:
        """Return the plans that wait for `units`, by key, most urgent first, each with those of them."""
        found: dict[int, set[int]] = defaultdict(set)
        for unit in units:
            for plan in self._plans.get(unit, ()):
                found[plan].add(unit)
        return {plan: frozenset(found[plan]) for plan in sorted(found, key=self._place.__getitem__)}


def waiting_by_unit(asked_in: ReportingRound) -> Waiting:
    """Return what waits in the round, for every unit; one query."""
    links = PlanUnit.objects.filter(plan__in=waiting_in(asked_in))
    ordered = links.order_by(
        "plan__next_deadline_on", "plan__item__goal__number", "plan__item__order", "plan_id", "unit_id"
    )
    return Waiting(ordered.values_list("plan_id", "unit_id"))


def asked_units_of(plans: Collection[int]) -> "list[tuple[int, int]]":
    """Return the units of plans, by key, that are asked, as (plan, unit); one query."""
    links = PlanUnit.objects.filter(is_asked("unit__"), plan__in=plans, unit__municipality=F("plan__municipality"))
    return list(links.order_by("plan_id", "order", "pk").values_list("plan_id", "unit_id"))
