"""What waits for a person: the plans of their units by urgency; the director's overdue and approvals."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from toimenpiteet import access
from toimenpiteet.access import Scope, Verb
from toimenpiteet.folding import words_in
from toimenpiteet.languages import columns_for
from toimenpiteet.models import PeriodPlan, PlanUnit, StatusReport, Strategy, Unit
from toimenpiteet.models.finding import says
from toimenpiteet.models.reading import columns_of
from toimenpiteet.models.strategy import StrategyStatus
from toimenpiteet.selectors.history.last_moves import sent_back
from toimenpiteet.selectors.plan.lateness import longest_late, with_lateness
from toimenpiteet.selectors.plan.view import PlanView
from toimenpiteet.selectors.translated import Named, in_alphabet, text_in
from toimenpiteet.workflow import OPEN_VALUES, Status

SOON = timedelta(days=30)
"""How far a round is thought to reach where the strategy has none ahead."""


class Urgency(StrEnum):
    """How soon a plan has to be done, in the order of the page."""

    RETURNED = "returned"
    LATE = "late"
    WEEK = "week"
    ROUND = "round"
    LATER = "later"


ORDER = tuple(Urgency)


@dataclass(frozen=True)
class Filters:
    """What narrows the list; 0 and "" narrow nothing."""

    unit: int = 0
    strategy: int = 0
    status: str = ""
    text: str = ""
    urgency: str = ""

    @property
    def active(self) -> bool:
        """Tell whether anything narrows the list."""
        return bool(self.unit or self.strategy or self.status or self.text or self.urgency)


@dataclass(frozen=True)
class Group:
    """The plans of one urgency on this page; `count` is how many there are on all pages."""

    urgency: Urgency
    count: int
    rows: list[PlanView] = field(default_factory=list)
    open: bool = False


def of_my_units(scope: Scope) -> "QuerySet[PeriodPlan]":
    """Return the open plans for which the person's units are responsible, as manager or contributor."""
    mine = PlanUnit.objects.filter(plan=OuterRef("pk"), unit__in=scope.own_units)
    return access.visible(scope, PeriodPlan).filter(Exists(mine), status__in=OPEN_VALUES)


def not_asked_in(asked: int, plans: "QuerySet[PeriodPlan]") -> "QuerySet[PeriodPlan]":
    """Return those of `plans` that a round, by its key, does not ask about."""
    return plans.exclude(Exists(StatusReport.objects.filter(round=asked, plan=OuterRef("pk"))))


def narrowed(plans: "QuerySet[PeriodPlan]", filters: Filters) -> "QuerySet[PeriodPlan]":
    """Return those of `plans` that match everything but the urgency; each word of the text has to be found."""
    if filters.unit:
        plans = plans.filter(Exists(PlanUnit.objects.filter(plan=OuterRef("pk"), unit=filters.unit)))
    if filters.strategy:
        plans = plans.filter(item__strategy=filters.strategy)
    if filters.status:
        plans = plans.filter(status=filters.status)
    for word in words_in(filters.text):
        plans = plans.filter(_says(word))
    return plans


def _says(word: str) -> Q:
    """Match what a plan's card and its text say, and so the names of the responsible units as well."""
    named = Unit.objects.filter(says(["name"], word)).order_by().values("pk")
    responsible = PlanUnit.objects.filter(plan=OuterRef("pk"), unit__in=named)
    return says(["item__name", "item__goal__name", "text"], word) | Q(Exists(responsible))


def by_urgency(plans: "QuerySet[PeriodPlan]", today: date, ends: dict[int, date]) -> list[tuple[int, int]]:
    """Return the keys of `plans`, most urgent first, each with its place in ORDER; one query.

    What was sent back comes first. This week ends on Sunday. This round ends on the strategy's next reporting deadline:
    `ends`, by strategy.
    """
    in_round = Q(~Q(item__strategy__in=list(ends)), next_deadline_on__lte=today + SOON)
    for strategy, end in ends.items():
        in_round |= Q(item__strategy=strategy, next_deadline_on__lte=end)
    week = today + timedelta(days=6 - today.weekday())
    place = Case(
        When(sent_back(), then=Value(0)),
        When(late_since__isnull=False, then=Value(1)),
        When(next_deadline_on__lte=week, then=Value(2)),
        When(in_round, then=Value(3)),
        default=Value(4),
    )
    ordered = with_lateness(plans, today).annotate(urgency=place, day=Coalesce("late_since", "next_deadline_on"))
    ordered = ordered.order_by("urgency", "day", "item__goal__number", "item__order", "pk")
    # A unit's plans are hundreds at most: their keys are read whole, which also counts them.
    return list(columns_of(ordered, ["pk", "urgency"]))


def counts(ranked: Iterable[tuple[int, int]]) -> dict[Urgency, int]:
    """Return how many of the plans of ``by_urgency`` are of each urgency."""
    found = Counter(place for _, place in ranked)
    return {urgency: found[place] for place, urgency in enumerate(ORDER)}


def groups(rows: Iterable[tuple[PlanView, int]], counted: dict[Urgency, int]) -> list[Group]:
    """Return the groups that have rows on this page, the first one open; `rows` are cards with their places."""
    held: dict[Urgency, list[PlanView]] = {urgency: [] for urgency in ORDER}
    for row, place in rows:
        held[ORDER[place]].append(row)
    found = [Group(urgency, counted[urgency], held[urgency]) for urgency in ORDER if held[urgency]]
    return [Group(one.urgency, one.count, one.rows, open=at == 0) for at, one in enumerate(found)]


@dataclass(frozen=True)
class Choices:
    """What the filters offer: the units that make a plan the person's, and their strategies."""

    units: list[Named]
    strategies: list[Named]


def choices(scope: Scope) -> Choices:
    """Return what the person can choose from, by name; one query."""
    units = access.visible(scope, Unit).filter(pk__in=scope.own_units)
    strategies = access.visible(scope, Strategy).exclude(status=StrategyStatus.ENDED)
    columns = ["part", "pk", *columns_for("name")]
    first, second = (rows.order_by().annotate(part=Value(part)) for part, rows in enumerate((units, strategies)))
    found: tuple[list[Named], list[Named]] = ([], [])
    for part, pk, *texts in columns_of(first, columns).union(columns_of(second, columns), all=True):
        found[part].append(Named(pk, text_in(texts)))
    return Choices(*(sorted(names, key=lambda one: in_alphabet(one.name)) for names in found))


@dataclass(frozen=True)
class Decisions:
    """The director's plans by key, most urgent first; of each, `limit` at most were looked for."""

    approvals: list[int]
    late: list[int]


def decisions(scope: Scope, today: date, limit: int) -> Decisions:
    """Return what waits for the director's decision and what else is late, where the person directs."""
    awaits = Q(status=Status.AWAITING_APPROVAL.value)
    approvals = directed(scope).filter(awaits).order_by("next_deadline_on", "pk")[:limit]
    others = longest_late(directed(scope).exclude(awaits), scope.municipalities, today, limit)
    return Decisions([pk for (pk,) in columns_of(approvals, ["pk"])], [pk for _since, pk in others])


def directed(scope: Scope) -> "QuerySet[PeriodPlan]":
    """Return the plans of the municipalities where the person directs."""
    return access.visible(scope, PeriodPlan).filter(municipality__in=access.where(scope, Verb.DIRECT))
