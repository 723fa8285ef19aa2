"""Goals and earlier decisions in the demonstration: assessed by the director, decided by the board, and followed up."""

import random
from datetime import date, timedelta
from typing import Any

from toimenpiteet.answers import Light, Outcome, Unknown
from toimenpiteet.exchange.demonstration import remarks
from toimenpiteet.models import FollowedDecision, ReportingRound
from toimenpiteet.models.assessments import DecisionKind
from toimenpiteet.selectors.rounds.assessments import GoalRow, goals_page
from toimenpiteet.selectors.rounds.evidence import Beside
from toimenpiteet.services import audited, changing
from toimenpiteet.services.rounds import assessments, evidence
from toimenpiteet.services.rounds.assessments import Assessment
from toimenpiteet.services.rounds.evidence import Given

_OFTEN = 0.9
_SO_FAR = 4
_WEEKS = timedelta(weeks=5)


def assess_goals(asked: ReportingRound, by: Any, chance: random.Random, *, whole: bool) -> None:
    """Let the director (`by`) assess the goals of a round by the lights of their plans; not `whole`: the first ones."""
    rows = [row for row in goals_page(by["scope"], asked.pk).rows if row.lights]
    for row in rows if whole else rows[:_SO_FAR]:
        if chance.random() > _OFTEN:
            continue
        outcome = _outcome(row)
        if outcome is Outcome.ACHIEVED:
            evidence.add(Beside(asked.pk, goal=row.goal.pk), Given(*remarks.RESULTS), **by)
        because = Unknown.FIGURE_LATER.value if outcome is Outcome.NOT_ASSESSED else ""
        said = Assessment(outcome.value, chance.choice(remarks.GROUNDS[outcome.value]), because)
        assessments.assess(asked.pk, row.goal.pk, said, version=0, **by)


def _outcome(row: GoalRow) -> Outcome:
    counts = {lit.light: lit.count for lit in row.lights}
    answered = sum(count for light, count in counts.items() if light)
    if not answered:
        return Outcome.NOT_ASSESSED
    if counts.get(Light.OFF_TRACK, 0) * 2 > answered:
        return Outcome.NOT_ACHIEVED
    return Outcome.ACHIEVED if counts.get(Light.ON_TRACK, 0) == answered else Outcome.PARTLY


def follow_up(asked: ReportingRound, day: date, section: str, by: Any) -> None:
    """Let the director write down what the board decided, and what became of what it decided before."""
    stamp = audited.stamp(by["actor"], remarks.DECIDED, by["now"])
    told: Any = {"scope": by["scope"], "stamp": stamp}
    earlier = FollowedDecision.objects.filter(strategy=asked.strategy_id).order_by("decided_on", "pk")
    done = dict([*remarks.FOLLOWED, remarks.RECOMMENDED])
    for row in earlier.filter(done_on__isnull=True):
        values = {"outcome": done[row.name], "done_on": day - _WEEKS}
        changing.change(FollowedDecision, row.pk, values, version=row.version, **told)
    given = {"strategy": asked.strategy, "decided_on": day, "section": section}
    name, _outcome = remarks.FOLLOWED[earlier.count() % len(remarks.FOLLOWED)]
    changing.add(FollowedDecision(name=name, body=remarks.BOARD, **given), **told)
    if not earlier.filter(kind=DecisionKind.RECOMMENDATION).exists():
        audit = {**given, "kind": DecisionKind.RECOMMENDATION, "section": "", "body": remarks.AUDITORS}
        changing.add(FollowedDecision(name=remarks.RECOMMENDED[0], **audit), **told)
