"""What a round's snapshot says of goals as the director assessed them, and of decisions that are followed up."""

from datetime import date

from django.db.models import Q

from toimenpiteet import snapshots
from toimenpiteet.models import FollowedDecision, GoalAssessment, ReportingRound
from toimenpiteet.round_days import RoundKind
from toimenpiteet.selectors.rounds.evidence import named_in
from toimenpiteet.selectors.rounds.snapshot_values import day_text, words_of


def assessments_of_round(asked: ReportingRound) -> list[snapshots.Assessment]:
    """Return what is said of the goals in a round, in their order; three queries."""
    rows = GoalAssessment.objects.filter(round=asked).select_related("goal")
    foreseen, proved = _foreseen(asked), named_in(asked, "goal")
    return [
        {
            "goal": row.goal.key,
            "outcome": row.outcome,
            "grounds": row.grounds,
            "unknown_because": row.unknown_because,
            "known_on": day_text(row.known_on),
            "foreseen": foreseen.get(row.goal_id, ""),
            "evidence": proved.get(row.goal_id, []),
        }
        for row in rows.order_by("goal__number", "goal__order", "goal_id")
    ]


def _foreseen(asked: ReportingRound) -> dict[int, str]:
    """Return what the round of the budget in the same year foresaw of each goal."""
    rows = GoalAssessment.objects.filter(
        round__strategy=asked.strategy_id, round__year=asked.year, round__kind=RoundKind.BUDGET.value
    )
    return dict(rows.exclude(round=asked).values_list("goal", "outcome"))


def decisions_of_round(asked: ReportingRound, today: date) -> list[snapshots.Decision]:
    """Return the decisions up to `today` that are open, then those done in or after the round's year; one query."""
    told = Q(done_on__isnull=True) | Q(done_on__gte=date(asked.year, 1, 1))
    rows = FollowedDecision.objects.filter(told, strategy=asked.strategy_id, decided_on__lte=today)
    found = sorted(rows.select_related("unit").order_by("-decided_on", "pk"), key=lambda row: row.done_on is not None)
    return [_decision(row) for row in found]


def _decision(row: FollowedDecision) -> snapshots.Decision:
    return {
        "kind": row.kind,
        "name": words_of(row, "name"),
        "body": row.body,
        "decided_on": row.decided_on.isoformat(),
        "section": row.section,
        "register_number": row.register_number,
        "unit": words_of(row.unit, "name") if row.unit else None,
        "outcome": words_of(row, "outcome"),
        "done_on": day_text(row.done_on),
    }
