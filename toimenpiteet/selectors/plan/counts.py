"""How many plans stand where: counted in one way for strategies, periods, themes, goals and units.

Counts add up (docs/domain.md, "Counts add up"): the statuses named beside a total sum to it, a plan carried over has
left the total of its old period, and items are told apart from plans: an item has one for each period, or none.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from toimenpiteet import access, labels
from toimenpiteet.access import Scope
from toimenpiteet.languages import columns_for
from toimenpiteet.models import PeriodPlan
from toimenpiteet.selectors.plan.lateness import late_of_many
from toimenpiteet.selectors.translated import Text, in_alphabet, text_in
from toimenpiteet.workflow import Status

_ITEMS = Count("item", distinct=True)
COUNTED = tuple(status for status in Status if status != Status.CARRIED_OVER)
"""The statuses that make up a total, in the order of the workflow."""
_IN_BAR = (Status.COMPLETED, Status.AWAITING_APPROVAL, Status.IN_PROGRESS, Status.ON_HOLD, Status.DISCONTINUED)


@dataclass(frozen=True)
class Counts:
    """How many items there are, how many plans of them in each status, and how many of these plans are late."""

    items: int = 0
    late: int = 0
    not_started: int = 0
    in_progress: int = 0
    on_hold: int = 0
    awaiting_approval: int = 0
    completed: int = 0
    discontinued: int = 0

    @property
    def plans(self) -> int:
        """Return how many plans there are; those carried over stand with their later period."""
        return sum(getattr(self, status) for status in COUNTED)

    @property
    def open(self) -> int:
        """Return how many plans are open still."""
        return self.plans - self.completed - self.discontinued

    @property
    def parts(self) -> list[tuple[str, int, int]]:
        """Return the statuses that plans have, what is done first: each with where its part of a bar begins, and ends.

        What has not been started is the rest.
        """
        found, at = [], 0
        for status in _IN_BAR:
            if number := getattr(self, status):
                found.append((status.value, at, number))
                at += number
        return found

    @property
    def words(self) -> str:
        """Return how many of the plans are not completed, by status: '31 in progress, 5 on hold'."""
        return ", ".join(said for status, said in self.said if status != Status.COMPLETED)

    @property
    def said(self) -> list[tuple[str, str]]:
        """Return the statuses that plans have, each with how many in words: 'in_progress', '31 in progress'."""
        there = [(status, count) for status in COUNTED if (count := getattr(self, status))]
        return [(status.value, str(labels.STATUS_COUNT[status]) % {"count": count}) for status, count in there]


def total(parts: Iterable[Counts]) -> Counts:
    """Return what has been counted in parts, such as the goals of a theme, together."""
    found = list(parts)
    return Counts(**{one.name: sum(getattr(part, one.name) for part in found) for one in fields(Counts)})


def count(plans: Iterable[tuple[Status, bool]], *, items: int) -> Counts:
    """Return the counts of plans that are read already, each as its status and whether it is late."""
    read = list(plans)
    statuses = Counter(status.value for status, _late in read if status in COUNTED)
    return Counts(items, sum(is_late for _status, is_late in read), **statuses)


def counts_by(plans: "QuerySet[PeriodPlan]", *columns: str, today: date, items: Any = _ITEMS) -> "dict[Any, Counts]":
    """Return the counts of `plans` by what stands in `columns`, a tuple of more than one; one query.

    Their items are those that have one of the plans; who counts them otherwise gives another `items`.
    """
    numbers = {status.value: Count("pk", filter=Q(status=status.value)) for status in COUNTED}
    grouped = plans.order_by().values_list(*columns)
    rows = grouped.annotate(items=items, late=Count("pk", filter=late_of_many(today)), **numbers)
    many = len(columns)
    return {row[0] if many == 1 else tuple(row[:many]): Counts(*row[many:]) for row in rows}


@dataclass(frozen=True)
class StrategyCounts:
    """A strategy that has plans, and how far they have come."""

    pk: int
    name: Text
    progress: Counts


def counts_of_strategies(scope: Scope, today: date) -> list[StrategyCounts]:
    """Return the strategies that have plans which the person may see, by name; one query."""
    columns = ("item__strategy_id", *columns_for("item__strategy__name"))
    found = counts_by(access.visible(scope, PeriodPlan), *columns, today=today)
    rows = [StrategyCounts(pk, text_in(names), counts) for (pk, *names), counts in found.items()]
    return sorted(rows, key=lambda one: in_alphabet(one.name))
