"""The computed light of a plan, in words, beside its manager's own (docs/domain.md, "Light")."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from toimenpiteet import labels
from toimenpiteet.answers import Light
from toimenpiteet.computed_light import Computed, Facts, computed, disagrees
from toimenpiteet.models import PeriodPlan
from toimenpiteet.models.reading import columns_of
from toimenpiteet.selectors.plan.deadlines import stated
from toimenpiteet.selectors.plan.lateness import with_lateness
from toimenpiteet.selectors.plan.view import PlanView, with_step_count
from toimenpiteet.workflow import LateBecause, Status


@dataclass(frozen=True)
class LightView:
    """What the facts give: a light, its word, and why; `disagrees` where the manager's own says something else.

    `because` are the reasons as codes, `why` the same in words.
    """

    light: str
    label: str
    because: list[str]
    why: list[str]
    disagrees: bool


def light_of(plan: PlanView, own: str, *, silent: int) -> LightView:
    """Return the light that dates, steps and silence give of `plan` (read with its steps or their count).

    `own` is the manager's light, `silent` in how many rounds running nothing was said: an answer breaks the silence.
    """
    found = _computed(plan, silent)
    because = [reason.value for reason in found.because]
    why = [str(labels.LIGHT_BECAUSE[reason]) for reason in found.because]
    return LightView(found.light.value, str(labels.LIGHT[found.light]), because, why, disagrees(Light(own), found))


def _computed(plan: PlanView, silent: int) -> Computed:
    late = plan.late.because if plan.late else None
    span = _span(*plan.period_years, plan.due_on)
    return computed(Facts(plan.status, *span, late, plan.steps_done, plan.steps_all, silent, plan.today))


def _span(first: int, last: int, due_on: date | None) -> tuple[date, date]:
    """Return from when to when a plan of a period runs."""
    return date(first, 1, 1), stated(due_on, last)


@dataclass(frozen=True)
class InShort:
    """What places a plan among thousands: its status, its goal's number (0: none), and the light of the facts."""

    status: Status
    goal_number: int
    computed: Computed


def in_short(plans: "QuerySet[PeriodPlan]", today: date) -> dict[int, InShort]:
    """Return `plans` in short, by key; one query. Where something was said of them: silence is none of the reasons."""
    rows = with_step_count(with_lateness(plans, today)).order_by()
    return {pk: _in_short(*row, today) for pk, *row in columns_of(rows, _IN_SHORT)}


_SPAN = ("period__start_year", "period__end_year", "due_on")
_IN_SHORT = ["pk", "status", "item__goal__number", *_SPAN, "late_because", "steps_done", "steps_all"]


def _in_short(status: str, goal: int | None, *rest: Any) -> InShort:
    first, last, due_on, because, done, steps, today = rest
    late = LateBecause(because) if because else None
    facts = Facts(Status(status), *_span(first, last, due_on), late, done or 0, steps or 0, 0, today)
    return InShort(facts.status, goal or 0, computed(facts))
