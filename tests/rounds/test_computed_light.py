"""The light that dates, steps and silence give, and where the manager's own says something else."""

from dataclasses import replace
from datetime import date

import pytest

from toimenpiteet.answers import Light
from toimenpiteet.computed_light import Computed, Facts, Reason, computed, disagrees
from toimenpiteet.workflow import LateBecause, Status

pytestmark = pytest.mark.once
# A year of four steps; on the first of April a quarter of it has gone.
CALM = Facts(Status.IN_PROGRESS, date(2026, 1, 1), date(2026, 12, 31), None, 1, 4, 0, date(2026, 4, 1))
MISSED = {"late": LateBecause.ANSWER, "end": date(2026, 12, 12), "steps_done": 4}
GREEN, AMBER, RED = Light.ON_TRACK, Light.AT_RISK, Light.OFF_TRACK


@pytest.mark.parametrize(
    ("facts", "light", "because"),
    [
        ({}, GREEN, Reason.ON_TIME),
        ({"status": Status.COMPLETED, "late": LateBecause.DUE}, GREEN, Reason.COMPLETED),
        ({"status": Status.CARRIED_OVER}, Light.NOT_ASSESSED, Reason.ENDED),
        ({"status": Status.DISCONTINUED}, Light.NOT_ASSESSED, Reason.ENDED),
        ({"late": LateBecause.DUE}, RED, Reason.DUE_PASSED),
        ({"late": LateBecause.STEP}, AMBER, Reason.STEP_PASSED),
        # Late since an answer was missed, and the due date has passed since: on the first day after it, no sooner. The
        # twelfth of December is a Saturday, so the due date holds until Monday.
        ({**MISSED, "today": date(2026, 12, 14)}, GREEN, Reason.ON_TIME),
        ({**MISSED, "today": date(2026, 12, 15)}, RED, Reason.DUE_PASSED),
        ({"today": date(2026, 10, 1)}, RED, Reason.FAR_BEHIND),
        ({"today": date(2026, 7, 10)}, AMBER, Reason.BEHIND),
        ({"today": date(2026, 7, 10), "steps_all": 1}, GREEN, Reason.ON_TIME),
        ({"today": date(2026, 7, 10), "steps_all": 0, "status": Status.NOT_STARTED}, AMBER, Reason.NOT_STARTED),
        ({"status": Status.ON_HOLD}, AMBER, Reason.ON_HOLD),
        ({"silent": 1}, GREEN, Reason.ON_TIME),
        ({"silent": 2}, AMBER, Reason.SILENT),
    ],
)  # fmt: skip
def test_the_worst_of_what_the_facts_say_holds(facts: dict[str, object], light: Light, because: Reason) -> None:
    assert computed(replace(CALM, **facts)) == Computed(light, (because,))  # type: ignore[arg-type]  # of each its own


def test_every_reason_is_told() -> None:
    facts = replace(CALM, status=Status.ON_HOLD, silent=2, late=LateBecause.STEP)
    assert computed(facts).because == (Reason.STEP_PASSED, Reason.ON_HOLD, Reason.SILENT)


@pytest.mark.parametrize(
    ("own", "by_facts", "differ"),
    [(GREEN, GREEN, False), (GREEN, RED, True), (AMBER, RED, True), (Light.NOT_ASSESSED, RED, False)],
)
def test_lights_differ_only_where_both_say_something(own: Light, by_facts: Light, *, differ: bool) -> None:
    assert disagrees(own, Computed(by_facts, ())) == differ
    assert not disagrees(own, Computed(Light.NOT_ASSESSED, ()))
