"""The computed light of a plan, in words, beside its manager's own (docs/domain.md, "Light")."""

from dataclasses import dataclass
from datetime import date

from toimenpiteet import labels
from toimenpiteet.answers import Light
from toimenpiteet.computed_light import Computed, Facts, computed, disagrees
from toimenpiteet.selectors.plan.deadlines import stated
from toimenpiteet.selectors.plan.view import PlanView


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
    first, last = plan.period_years
    return computed(
        Facts(
            status=plan.status,
            start=date(first, 1, 1),
            end=stated(plan.due_on, last),
            late=plan.late.because if plan.late else None,
            steps_done=plan.steps_done,
            steps_all=plan.steps_all,
            silent=silent,
            today=plan.today,
        )
    )
