"""What waits for a person: the plans of their units, most urgent first; the director's overdue and approvals."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.models import PeriodPlan, PlanUnit
from toimenpiteet.selectors.overdue import overdue, past_deadline
from toimenpiteet.workflow import OPEN_VALUES, Role, Status

SOON = timedelta(days=30)


@dataclass(frozen=True)
class Counts:
    """How many plans wait, by urgency."""

    late: int
    soon: int
    later: int

    @property
    def total(self) -> int:
        """Return them all."""
        return self.late + self.soon + self.later


def of_my_units(scope: Scope) -> "QuerySet[PeriodPlan]":
    """Return the open plans for which the person's units are responsible, as manager or contributor."""
    units = scope.units_as(Role.MANAGER) | scope.units_as(Role.CONTRIBUTOR)
    mine = PlanUnit.objects.filter(plan=OuterRef("pk"), unit__in=units)
    return access.visible(scope, PeriodPlan).filter(Exists(mine), status__in=OPEN_VALUES)


def most_urgent_first(plans: "QuerySet[PeriodPlan]") -> "QuerySet[PeriodPlan]":
    """Return `plans` by deadline; what only awaits approval comes after what still needs work on the same day."""
    return plans.order_by("next_deadline_on", "item__goal__number", "item__order", "pk")


def counts(plans: "QuerySet[PeriodPlan]", today: date) -> Counts:
    """Return how many of `plans` are late, due within thirty days, and due later; one query."""
    late, soon = past_deadline(today), Q(next_deadline_on__lte=today + SOON)
    found = plans.order_by().aggregate(
        late=Count("pk", filter=late), soon=Count("pk", filter=soon & ~late), later=Count("pk", filter=~soon)
    )
    return Counts(**found)


def awaiting_approval(scope: Scope) -> "QuerySet[PeriodPlan]":
    """Return the plans that wait for the director's decision, in the municipalities where the person directs."""
    return most_urgent_first(_directed(scope).filter(status=Status.AWAITING_APPROVAL.value))


def overdue_for_director(scope: Scope, today: date) -> "QuerySet[PeriodPlan]":
    """Return the overdue plans of the municipalities where the person directs."""
    return most_urgent_first(overdue(_directed(scope), today))


def _directed(scope: Scope) -> "QuerySet[PeriodPlan]":
    owners = [pk for pk, roles in scope.municipality_roles.items() if Role.DIRECTOR in roles]
    return access.visible(scope, PeriodPlan).filter(municipality__in=owners)
