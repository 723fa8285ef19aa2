"""A strategy at a glance: where its plans stand, in parts that add up, what changed lately, and what comes next."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet, Value

from toimenpiteet import access, labels
from toimenpiteet.access import Scope, Verb
from toimenpiteet.answers import Light
from toimenpiteet.dates import day_words, distance_words
from toimenpiteet.models import PeriodPlan, PlanPeriod, ReportingRound, RoundDay, StatusReport, Strategy
from toimenpiteet.round_days import AFTER_LOCK, BODIES, Which
from toimenpiteet.round_moves import ANSWERABLE
from toimenpiteet.selectors.history.last_moves import headways
from toimenpiteet.selectors.history.moments import Moment, round_moments, usual
from toimenpiteet.selectors.plan.counts import Counts, counts_by, total
from toimenpiteet.selectors.plan.outline import frame
from toimenpiteet.selectors.plan.page import ThemePart, theme_part
from toimenpiteet.selectors.rounds.answers import RoundLine, lines_of
from toimenpiteet.selectors.rounds.newest import answered
from toimenpiteet.selectors.rounds.rounds import opened_rounds
from toimenpiteet.selectors.strategies.strategy import PeriodRow, StrategyHead, period_row, strategy_head
from toimenpiteet.selectors.translated import Named, Text, text_of
from toimenpiteet.workflow import OPEN_VALUES

_DAYS = 4
_DUE = 3
_SOON = timedelta(days=180)
"""How far ahead a due date is told of; most plans end with their period, years ahead."""
_TOLD = frozenset({Which.OPENS, Which.ANSWERS_DUE, *BODIES})
"""The days of a round that are told of beforehand to everybody."""


@dataclass(frozen=True)
class PeriodStanding(PeriodRow):
    """A period and where its plans stand; `lights` are a code, its word, and how many say so in the open round."""

    lights: list[tuple[str, str, int]]

    @property
    def assessed(self) -> int:
        """Return of how many plans a light was given."""
        return sum(count for _code, _label, count in self.lights)


@dataclass(frozen=True)
class Changed:
    """How many plans have come further, and how many have fallen back, since a day or a round, in words."""

    since: str
    further: int
    back: int


@dataclass(frozen=True)
class Coming:
    """A day that comes: what it is, when, and how far it is, in words; `item` is the action item that is due."""

    what: Text
    day: str
    distance: str
    item: int | None = None


@dataclass(frozen=True)
class Overview(StrategyHead):
    """A strategy at a glance. What is of rounds, and what changed, is for people of the municipality alone.

    `report` is the last round whose report exists for the reader, `may_close` as in StrategyPage.
    """

    periods: list[PeriodStanding]
    themes: list[ThemePart]
    rounds: list[RoundLine]
    changed: Changed | None
    report: Named | None
    may_close: bool
    coming: list[Coming]

    @property
    def progress(self) -> Counts:
        """Return the progress of all periods together."""
        return total(period.progress for period in self.periods)


def overview(scope: Scope, strategy: Strategy, today: date) -> Overview:
    """Return a visible `strategy` (with its municipality) at a glance; twelve queries at most, however large it is."""
    own, themes = strategy.municipality.language, frame(strategy)
    # By their periods, of which there are few: by their items, each of them would be read as well.
    plans = access.visible(scope, PeriodPlan).filter(period__strategy=strategy)
    counted = counts_by(plans, "item__goal", "period", today=today, items=Value(0))
    items = {goal.pk: Counts(items=goal.items) for theme in themes for goal in theme.all_goals}
    by_goal = {goal: total([own_items, *_of(counted, 0, goal)]) for goal, own_items in items.items()}
    inside = bool(counted) and not scope.anonymous
    opened = opened_rounds(scope, strategy) if counted else []
    rounds = [one for one in opened if inside and one.status in ANSWERABLE]
    return Overview(
        **vars(strategy_head(strategy)),
        periods=_periods(strategy, counted, _lights(scope, strategy) if rounds else {}),
        themes=[theme_part(theme, by_goal, {}) for theme in themes],
        rounds=lines_of(rounds, access.visible(scope, StatusReport), today) if rounds else [],
        changed=_changed(scope, strategy, opened, plans, today) if inside else None,
        report=next((Named(one.pk, Text(one.occasion.capitalize())) for one in opened[::-1] if one.reported), None),
        may_close=bool(access.may(scope, Verb.DIRECT, strategy.municipality_id)),
        coming=[*_days(strategy, today), *_due(plans, today, own)] if counted else [],
    )


def _of(counted: Mapping[tuple[int, int], Counts], place: int, key: int) -> list[Counts]:
    """Return the counts of a goal (place 0) or a period (1)."""
    return [counts for keys, counts in counted.items() if keys[place] == key]


def _lights(scope: Scope, strategy: Strategy) -> dict[int, dict[str, int]]:
    """Return how often each light was given in the newest open round, by period, as the plan's filter has it."""
    rows = answered(scope, lights=[light.value for light in Light]).filter(round__strategy=strategy).order_by()
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for period, light, count in rows.values_list("plan__period", "light").annotate(Count("pk")):
        found[period][light] = count
    return found


def _periods(
    strategy: Strategy, counted: Mapping[tuple[int, int], Counts], lights: Mapping[int, Mapping[str, int]]
) -> list[PeriodStanding]:
    own = strategy.municipality.language
    return [
        PeriodStanding(
            **vars(period_row(period, own, total(_of(counted, 1, period.pk)))),
            lights=[
                (light.value, str(label), count)
                for light, label in labels.LIGHT.items()
                if (count := lights.get(period.pk, {}).get(light.value, 0))
            ],
        )
        for period in PlanPeriod.objects.filter(strategy=strategy)
    ]


def _changed(
    scope: Scope, strategy: Strategy, opened: list[ReportingRound], plans: "QuerySet[PeriodPlan]", today: date
) -> Changed:
    since = usual(scope, strategy, round_moments(strategy, opened, today), Moment(today))
    moved = headways(plans, since.day)
    return Changed(since.words, moved[1], moved[-1])


def _days(strategy: Strategy, today: date) -> list[Coming]:
    """Return the next days of the strategy's rounds; those of the work before the lock no more once it has come."""
    closed = Q(round__status__in=ReportingRound.CLOSED) & ~Q(which__in=AFTER_LOCK)
    days = RoundDay.objects.filter(round__strategy=strategy, holds_on__gte=today, which__in=_TOLD).exclude(closed)
    return [
        _coming(Text(f"{labels.ROUND_DAY[Which(row.which)]}: {row.round.occasion}".capitalize()), row.holds_on, today)
        for row in days.select_related("round").order_by("holds_on", "pk")[:_DAYS]
    ]


def _due(plans: "QuerySet[PeriodPlan]", today: date, own: str) -> list[Coming]:
    """Return the plans whose own day or whose step is due next."""
    soon = Q(next_deadline_on__gte=today, next_deadline_on__lte=today + _SOON)
    due = plans.filter(soon, status__in=OPEN_VALUES).select_related("item")
    return [
        _coming(text_of(plan.item, "name", own), plan.next_deadline_on, today, plan.item_id)
        for plan in due.order_by("next_deadline_on", "pk")[:_DUE]
    ]


def _coming(what: Text, day: date, today: date, item: int | None = None) -> Coming:
    return Coming(what, day_words(day), distance_words(day, today), item)
