"""What fills the addresses of test_rights.TABLE: a row of each kind, in one world."""

from datetime import date
from typing import Any

from tests import make
from toimenpiteet.models import PeriodPlan


def keys_of(world: make.World, plan: PeriodPlan | None = None) -> dict[str, Any]:
    """Make the rows that a world has not, beside `plan` (else the world's own), and return the keys of all."""
    plan = plan or world.plan
    report = make.asked(plan)
    some_day = date(2999, 1, 1)
    return {
        "strategy": world.strategy.pk,
        "period": world.period.pk,
        "item": plan.item_id,
        "plan": plan.pk,
        "step": make.step(plan).pk,
        "theme": world.theme.pk,
        "goal": world.goal.pk,
        "unit": world.unit.pk,
        "municipality": world.municipality.key,
        "town": world.municipality.pk,
        "indicator": make.indicator(world.strategy).pk,
        "programme": make.programme(world.strategy).pk,
        "project": make.project(plan).pk,
        "person": world.manager.pk,
        "grant": make.substitution(world.manager, world.director, world.municipality, valid_from=some_day).pk,
        "membership": world.manager.memberships.get().pk,
        "day": make.round_days(world.strategy)["answers_due"].pk,
        "change": make.change_request(plan, cause="ä" * 200).pk,
        "report": report.pk,
        "round": report.round_id,
        "evidence": make.evidence(report).pk,
    }
