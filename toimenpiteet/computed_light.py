"""The light that dates, steps and silence give of a plan, beside the manager's own (docs/domain.md, "Light"). Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from toimenpiteet.answers import Light
from toimenpiteet.calendar import next_working_day
from toimenpiteet.workflow import LateBecause, Status


class Reason(StrEnum):
    """Why the computed light is what it is; the words for each live with the other labels."""

    COMPLETED = "completed"
    ENDED = "ended"
    DUE_PASSED = "due_passed"
    STEP_PASSED = "step_passed"
    FAR_BEHIND = "far_behind"
    BEHIND = "behind"
    NOT_STARTED = "not_started"
    ON_HOLD = "on_hold"
    SILENT = "silent"
    ON_TIME = "on_time"


@dataclass(frozen=True)
class Facts:
    """What is known of a plan on `today`: it runs from `start` to `end` (due date, or the end of its period).

    `silent` is in how many rounds running nothing was said of it.
    """

    status: Status
    start: date
    end: date
    late: LateBecause | None
    steps_done: int
    steps_all: int
    silent: int
    today: date

    @property
    def time_gone(self) -> float:
        """Return the share of the plan's time that has gone, 0–1."""
        whole = (self.end - self.start).days
        return min(max((self.today - self.start).days / whole, 0), 1) if whole > 0 else 1.0

    @property
    def steps_gone(self) -> float | None:
        """Return the share of its steps that are done, 0–1; None where there are fewer than two to go by."""
        return self.steps_done / self.steps_all if self.steps_all >= _FEWEST else None


@dataclass(frozen=True)
class Computed:
    """The computed light and every reason for it."""

    light: Light
    because: tuple[Reason, ...]


_FEWEST = 2
# How far the steps may lag behind the time: shares of the whole.
_AMBER, _RED = 0.25, 0.5
_HALF = 0.5


def computed(facts: Facts) -> Computed:
    """Return the light that the facts give: the worst of what they say, each with its reason."""
    if facts.status is Status.COMPLETED:
        return Computed(Light.ON_TRACK, (Reason.COMPLETED,))
    if facts.status in {Status.DISCONTINUED, Status.CARRIED_OVER}:
        return Computed(Light.NOT_ASSESSED, (Reason.ENDED,))
    if red := tuple(_red(facts)):
        return Computed(Light.OFF_TRACK, red)
    if amber := tuple(_amber(facts)):
        return Computed(Light.AT_RISK, amber)
    return Computed(Light.ON_TRACK, (Reason.ON_TIME,))


def disagrees(own: Light, by_facts: Computed) -> bool:
    """Tell whether the manager's light says something else than the facts; what is not assessed says nothing."""
    return Light.NOT_ASSESSED not in {own, by_facts.light} and own is not by_facts.light


def _red(facts: Facts) -> list[Reason]:
    # What a plan is late for is what came first: a due date may have passed since an answer was missed.
    passed = facts.late is LateBecause.DUE or (facts.late and next_working_day(facts.end) < facts.today)
    found = [Reason.DUE_PASSED] if passed else []
    return [*found, Reason.FAR_BEHIND] if _lag(facts) >= _RED else found


def _amber(facts: Facts) -> list[Reason]:
    idle = facts.status is Status.NOT_STARTED and facts.time_gone >= _HALF
    said = {
        Reason.STEP_PASSED: facts.late is LateBecause.STEP,
        Reason.BEHIND: _lag(facts) >= _AMBER,
        Reason.NOT_STARTED: idle,
        Reason.ON_HOLD: facts.status is Status.ON_HOLD,
        Reason.SILENT: facts.silent > 1,
    }
    return [reason for reason, holds in said.items() if holds]


def _lag(facts: Facts) -> float:
    return 0.0 if facts.steps_gone is None else facts.time_gone - facts.steps_gone
