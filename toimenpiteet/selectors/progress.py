"""How far plans have come, in numbers: counted in one way for strategies, periods, units and goals."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.languages import columns_for
from toimenpiteet.models import PeriodPlan
from toimenpiteet.selectors.plan.lateness import late
from toimenpiteet.selectors.words import Text, in_alphabet, text_in
from toimenpiteet.workflow import OPEN_VALUES, Status

_BEGUN = [status for status in OPEN_VALUES if status != Status.NOT_STARTED]


@dataclass(frozen=True)
class Progress:
    """How many plans there are, and how many of them are completed, under way, and late."""

    all: int = 0
    done: int = 0
    begun: int = 0
    late: int = 0


@dataclass(frozen=True)
class StrategyProgress:
    """A strategy that has plans, and how far they have come."""

    pk: int
    name: Text
    progress: Progress


def counts(today: date) -> dict[str, Count]:
    """Return what to annotate on grouped plans for a Progress, in its order."""
    return {
        "all": Count("pk"),
        "done": Count("pk", filter=Q(status=Status.COMPLETED.value)),
        "begun": Count("pk", filter=Q(status__in=_BEGUN)),
        "late": Count("pk", filter=late(today)),
    }


def progress_by(plans: "QuerySet[PeriodPlan]", column: str, today: date) -> dict[int, Progress]:
    """Return the progress of `plans` by `column`, such as the strategy; one query."""
    counted: Any = plans.order_by().values_list(column)
    return {key: Progress(*numbers) for key, *numbers in counted.annotate(**counts(today))}


def progress_of_strategies(scope: Scope, today: date) -> list[StrategyProgress]:
    """Return the strategies that have plans which the person may see, by name; one query."""
    plans: Any = access.visible(scope, PeriodPlan).order_by()
    rows = plans.values_list("item__strategy_id", *columns_for("item__strategy__name")).annotate(**counts(today))
    found = [StrategyProgress(pk, text_in((fi, sv, en)), Progress(*numbers)) for pk, fi, sv, en, *numbers in rows]
    return sorted(found, key=lambda one: in_alphabet(one.name))
