"""The goals of a round as the director assesses them: what answers and indicators say, and what is said of each."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Case, CharField, Count, F, QuerySet, Value, When

from toimenpiteet import access, labels
from toimenpiteet.access import Scope
from toimenpiteet.answers import Outcome
from toimenpiteet.models import Evidence, Goal, GoalAssessment, Indicator, ReportingRound, StatusReport
from toimenpiteet.models.reporting import SILENT
from toimenpiteet.round_days import RoundKind
from toimenpiteet.round_moves import ANSWERABLE
from toimenpiteet.selectors.indicators import IndicatorLink, indicator_links
from toimenpiteet.selectors.rounds.answers import unknown_of
from toimenpiteet.selectors.rounds.rounds import find_round
from toimenpiteet.selectors.translated import Named, Text, named_of, text_of

_SILENT = "silent"


@dataclass(frozen=True)
class AssessmentView:
    """What was said of a goal in a round: `kind` is the word for a forecast or a result."""

    version: int
    kind: str
    round_name: str
    outcome: str
    label: str
    grounds: str
    unknown_because: str = ""
    unknown: str = ""
    known_on: str = ""
    known: str = ""


@dataclass(frozen=True)
class Lit:
    """How many answers of a goal's plans have a light; of the silent ones `light` is ""."""

    light: str
    label: str
    count: int


@dataclass(frozen=True)
class GoalRow:
    """A goal in a round: the lights of its plans' answers, its indicators, what is said of it and was `before`."""

    goal: Named
    number: int | None
    theme: Text
    binding: bool
    lights: list[Lit]
    indicators: list[IndicatorLink]
    now: AssessmentView | None
    before: AssessmentView | None
    evidence: int = 0


@dataclass(frozen=True)
class GoalsPage:
    """Every goal of a round's strategy; `kind` is the word for what is said of them, `open` that it may still be."""

    round_pk: int
    round_name: str
    kind: str
    words: list[tuple[str, str]]
    municipality: int
    strategy: Named
    open: bool
    rows: list[GoalRow] = field(default_factory=list)

    @property
    def assessed(self) -> int:
        """Return of how many goals something is said."""
        return sum(row.now is not None for row in self.rows)


def goals_page(scope: Scope, round_id: int) -> GoalsPage:
    """Return the goals of a round; nine queries at any size. Raises Http404 when it does not exist for the person."""
    asked = find_round(scope, round_id)
    kind, own = RoundKind(asked.kind), asked.strategy.municipality.language
    goals = Goal.objects.filter(strategy=asked.strategy_id).select_related("theme")
    return GoalsPage(
        round_pk=asked.pk,
        round_name=asked.occasion,
        kind=str(labels.OUTCOME_OF[kind]),
        words=[(str(outcome), str(label)) for outcome, label in labels.OUTCOME[kind].items()],
        municipality=asked.strategy.municipality_id,
        strategy=named_of(asked.strategy, own),
        open=asked.status in ANSWERABLE,
        rows=_rows(asked, goals.order_by("number", "order", "pk"), own),
    )


def _rows(asked: ReportingRound, goals: "QuerySet[Goal]", own: str) -> list[GoalRow]:
    lights, measured, proved = _lights(asked), _indicators(asked, own), _proved(asked)
    now, before = _said(asked)
    return [
        GoalRow(
            goal=named_of(goal, own),
            number=goal.number,
            theme=text_of(goal.theme, "name", own),
            binding=goal.binding,
            lights=lights[goal.pk],
            indicators=measured[goal.pk],
            now=now.get(goal.pk),
            before=before.get(goal.pk),
            evidence=proved.get(goal.pk, 0),
        )
        for goal in goals
    ]


def _lights(asked: ReportingRound) -> Mapping[int, list[Lit]]:
    light = Case(When(SILENT, then=Value(_SILENT)), default=F("light"), output_field=CharField())
    rows = StatusReport.objects.filter(round=asked).annotate(shown=light).order_by()
    counted = rows.values_list("plan__item__goal", "shown").annotate(n=Count("pk"))
    of_goal: dict[int, dict[str, int]] = defaultdict(dict)
    for goal, shown, count in counted:
        of_goal[goal][shown] = count
    return defaultdict(list, {goal: _lit(counts) for goal, counts in of_goal.items()})


def _lit(counts: Mapping[str, int]) -> list[Lit]:
    found = [Lit(light, str(label), counts[light]) for light, label in labels.LIGHT.items() if light in counts]
    silent = [Lit("", str(labels.ANSWER_STATE[_SILENT]), counts[_SILENT])] if _SILENT in counts else []
    return found + silent


def _indicators(asked: ReportingRound, own: str) -> Mapping[int, list[IndicatorLink]]:
    found: dict[int, list[IndicatorLink]] = defaultdict(list)
    rows = Indicator.objects.filter(strategy=asked.strategy_id, goal__isnull=False).order_by("order", "pk")
    for one in indicator_links(rows, own, asked.due_on):
        found[one.of.pk].append(one)
    return found


def _proved(asked: ReportingRound) -> Mapping[int | None, int]:
    rows = Evidence.objects.filter(round=asked, goal__isnull=False).order_by()
    return dict(rows.values_list("goal").annotate(n=Count("pk")))


def _said(asked: ReportingRound) -> tuple[dict[int, AssessmentView], dict[int, AssessmentView]]:
    """Return what is said of each goal in the round, and what was said of it last before; one query."""
    rows = GoalAssessment.objects.filter(round__strategy=asked.strategy_id, round__due_on__lte=asked.due_on)
    now: dict[int, AssessmentView] = {}
    before: dict[int, AssessmentView] = {}
    for row in rows.select_related("round").order_by("round__due_on", "round_id"):
        (now if row.round_id == asked.pk else before)[row.goal_id] = view_of(row)
    return now, before


def view_of(row: GoalAssessment) -> AssessmentView:
    """Return an assessment, read with its round, in words."""
    kind = RoundKind(row.round.kind)
    because, unknown, known_on, known = unknown_of(row)
    return AssessmentView(
        version=row.version,
        kind=str(labels.OUTCOME_OF[kind]),
        round_name=row.round.occasion,
        outcome=row.outcome,
        label=str(labels.OUTCOME[kind][Outcome(row.outcome)]),
        grounds=row.grounds,
        unknown_because=because,
        unknown=unknown,
        known_on=known_on,
        known=known,
    )


def assessments(scope: Scope, round_id: int, **only: int) -> "QuerySet[GoalAssessment]":
    """Return what is said of the goals of a round and exists for the person, in their order; `only` of one `goal`."""
    rows = access.visible(scope, GoalAssessment).filter(round=round_id, **only)
    return rows.select_related("round", "goal").order_by("goal__number", "goal__order", "goal_id")
