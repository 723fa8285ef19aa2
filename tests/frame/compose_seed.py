"""Fill an empty production database with one plan to move and one reminder to send; run with its environment.

``python -m tests.frame.compose_seed`` prints what the test has to know, as JSON.
"""

import json
import os
from datetime import timedelta
from typing import Any

import django


def seed() -> dict[str, Any]:
    """Make a plan of a unit with one manager, and a round whose deadline is near."""
    from django.utils import timezone
    from knox.models import get_token_model

    from tests import make
    from toimenpiteet.calendar import add_working_days, local_day
    from toimenpiteet.models import ReportingRound
    from toimenpiteet.services import audited

    today = local_day(timezone.now())
    municipality = make.municipality()
    unit = make.unit(municipality)
    strategy = make.strategy(municipality)
    item = make.action_item(make.goal(make.theme(strategy)), unit)
    plan = make.plan(item, make.period(strategy, today.year - 1, today.year + 1))
    manager = make.member(unit, user=make.user(email="maija@mallila.example"))
    due = add_working_days(today, 12)
    days = {"opens_on": today - timedelta(days=30), "decided_on": due, "due_on": due}
    asked = audited.add(ReportingRound(strategy=strategy, kind="budget", year=due.year, **days), make.stamp())
    make.brought(asked, "open")
    _, token = get_token_model().objects.create(user=manager)
    return {"plan": plan.pk, "version": plan.version, "token": token, "recipient": manager.email}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "toimenpiteet.config.settings")
    django.setup()
    print(json.dumps(seed()))
