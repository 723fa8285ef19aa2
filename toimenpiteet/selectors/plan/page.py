"""The plan as people know it from the document: theme → goal → rows, the periods side by side, loaded in pieces."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import accumulate

from django.db.models import F, OuterRef, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber
from django.http import Http404

from toimenpiteet import access
from toimenpiteet.access import Scope, UnitTree
from toimenpiteet.models import ActionItem, PeriodPlan, PlanPeriod, PlanUnit, StatusReport, Strategy, Unit
from toimenpiteet.selectors.batches import in_batches
from toimenpiteet.selectors.plan.compare import Comparison, comparisons
from toimenpiteet.selectors.plan.counts import Counts, counts_by, total
from toimenpiteet.selectors.plan.items import M, item_views, narrow_items
from toimenpiteet.selectors.plan.outline import GoalFrame, ThemeFrame, frame, progress
from toimenpiteet.selectors.plan.view import WHOLE, Part, PlanView, views_of
from toimenpiteet.selectors.rounds.newest import answered, with_answers
from toimenpiteet.selectors.translated import Named, Text, in_alphabet, named_of, text_of

SMALL = 10
"""Items; where at most so many are asked for, the goals come open."""
ROWS = 25
"""Items; as many of a goal come at once."""
MOST = 300
"""Items; as many a page holds at once: beyond them goals stay folded, whatever is asked for. Paper holds them all."""
MINE = "mine"
SHEET = frozenset({Part.UNITS, Part.LINKS, Part.STEP_COUNT, Part.TEXT, Part.LAST})
"""Of the plans in a file."""
PAST = WHOLE - {Part.MOVES}
"""Of the plans of a past day: nothing can be done to them."""


@dataclass(frozen=True)
class Wanted:
    """What of a plan is asked for. `unit` is a key, "mine" or ""; `status` is where the item stands.

    `answer` is how a plan's newest answer stands, `light` what it says.
    """

    unit: str = ""
    status: str = ""
    late: bool = False
    period: int = 0
    goal: int = 0
    compare: bool = False
    answer: str = ""
    light: str = ""

    @property
    def unit_key(self) -> int:
        """Return the key of the unit that is asked for, 0 for none of its own."""
        return int(self.unit) if self.unit.isdigit() else 0

    @property
    def active(self) -> bool:
        """Tell whether anything is left out."""
        return bool(self.unit or self.status or self.late or self.period or self.goal or self.answer or self.light)


@dataclass(frozen=True)
class SheetRow:
    """An item in one period, as a line of a file; without a plan where it has none that is asked for."""

    name: Text
    goal_number: int | None
    goal: Text
    plan: PlanView | None


@dataclass(frozen=True)
class ItemRow:
    """A row of the document: an item and its plans, one cell for each period (None where the row has none)."""

    pk: int
    name: Text
    lead: Text
    lead_stated: bool
    doubt: str
    source: str
    cells: list[PlanView | None]
    comparisons: list[Comparison]


@dataclass(frozen=True)
class Rows:
    """Rows of a goal, from one place on; `following` is the place of the next ones, 0 where there are none."""

    rows: list[ItemRow] = field(default_factory=list)
    start: int = 0
    following: int = 0

    @property
    def places(self) -> str:
        """Return which rows these are, such as 51–100; "" where they are all."""
        return f"{self.start + 1}–{self.start + len(self.rows)}" if self.start or self.following else ""


@dataclass(frozen=True)
class GoalPart:
    """A goal, how far it has come, and its rows where they are open."""

    frame: GoalFrame
    progress: Counts
    rows: Rows | None


@dataclass(frozen=True)
class ThemePart:
    """A theme, its goals, and the themes under it."""

    frame: ThemeFrame
    progress: Counts
    goals: list[GoalPart]
    themes: list["ThemePart"]

    @property
    def all_rows(self) -> list[ItemRow]:
        """Return its rows that are open, and those of the themes under it."""
        own = [row for goal in self.goals if goal.rows for row in goal.rows.rows]
        return [*own, *(row for theme in self.themes for row in theme.all_rows)]


@dataclass(frozen=True)
class PlanPage:
    """Everything of the plan page."""

    periods: list[Named]
    shown_periods: list[Named]
    units: list[Named]
    themes: list[ThemePart]
    progress: Counts


@dataclass
class Plan:
    """The plan of one visible strategy (with its municipality), as one person asks for it; of each plan its `parts`."""

    scope: Scope
    strategy: Strategy
    wanted: Wanted
    today: date
    parts: frozenset[Part] = WHOLE
    periods: list[PlanPeriod] = field(init=False)

    def __post_init__(self) -> None:
        """Read the periods, by which everything else is laid out; raises Http404 when the one asked for is none."""
        self.periods = list(PlanPeriod.objects.filter(strategy=self.strategy))
        if self.wanted.period and not self._shown():
            raise Http404

    @property
    def own(self) -> str:
        """Return the municipality's language."""
        return self.strategy.municipality.language

    def page(
        self, opened: Collection[int] | None, *, start: int = 0, most: int = MOST, at_once: int = ROWS
    ) -> PlanPage:
        """Return the page with the rows of the goals that are `opened`; None, and a small plan, open all.

        Goals are opened in the order of the plan until the page holds `most` items, `at_once` of each from `start` on.
        """
        themes = frame(self.strategy)
        frames = [one for theme in themes for one in theme.all_goals if self.wanted.goal in {0, one.pk}]
        # What is asked of plans leaves out the items that have none yet; a goal alone does not.
        of_plans = replace(self.wanted, goal=0).active
        counts = self._narrowed() if of_plans else progress(frames, self._plans(), self.today)
        if 0 < sum(one.items for one in counts.values()) <= SMALL:
            opened = None
        asked = [goal.pk for goal in frames if opened is None or goal.pk in opened]
        held = accumulate(min(counts.get(goal, Counts()).items, at_once) for goal in asked)
        shown = [goal for goal, items in zip(asked, [0, *held], strict=False) if items < most]
        rows = self.rows(shown, start, at_once) if shown else {}
        opened_rows = {goal: rows.get(goal, Rows()) for goal in shown}
        parts = [theme_part(theme, counts, opened_rows, every=not self.wanted.active) for theme in themes]
        return PlanPage(
            periods=self._named(self.periods),
            shown_periods=self.shown_periods,
            units=units_of_plan(self.scope, self.strategy),
            themes=[part for part in parts if part.progress.items or not self.wanted.active],
            progress=total(part.progress for part in parts),
        )

    def rows(self, goals: Collection[int], start: int = 0, at_once: int = ROWS) -> dict[int, Rows]:
        """Return the rows of some goals, `at_once` of each from the place `start` on.

        Five queries, however many, and two more for a person of a unit.
        """
        place = Window(RowNumber(), partition_by=F("goal"), order_by=("order", "pk"))
        placed = self._items().filter(goal__in=goals).annotate(place=place).order_by()
        # One more tells that there are more.
        some = placed.filter(place__gt=start, place__lte=start + at_once + 1).values("pk")
        found: dict[int, list[ActionItem]] = defaultdict(list)
        visible = access.visible(self.scope, ActionItem).filter(pk__in=some)
        for item in visible.select_related("lead_unit").order_by("order", "pk"):
            found[item.goal_id].append(item)
        items = [item for rows in found.values() for item in rows[:at_once]]
        read = self._cells(items)
        return {
            goal: Rows([read[item.pk] for item in rows[:at_once]], start, start + at_once if len(rows) > at_once else 0)
            for goal, rows in found.items()
        }

    def _narrowed(self) -> dict[int, Counts]:
        """Return the counts of what is asked of plans, by goal: each item has one."""
        return counts_by(self._narrow(self._plans()), "item__goal", today=self.today)

    def _cells(self, items: list[ActionItem]) -> dict[int, ItemRow]:
        plans = self._plans().filter(item__in=[item.pk for item in items])
        read = views_of(plans, self.today, self.parts, self.scope)
        told = with_answers(self.scope, read, past=self.parts == PAST)
        cells = {(row.item_id, row.period_id): row for row in told}
        return {item.pk: self._row(item, [cells.get((item.pk, one.pk)) for one in self._shown()]) for item in items}

    def _row(self, item: ActionItem, cells: list[PlanView | None]) -> ItemRow:
        return ItemRow(
            item.pk,
            text_of(item, "name", self.own),
            text_of(item.lead_unit, "name", self.own),
            item.lead_stated,
            item.doubt,
            item.source,
            cells,
            comparisons(cells) if self.wanted.compare else [],
        )

    def sheet(self) -> Iterator[SheetRow]:
        """Yield the items in the order of the plan, each with its periods, read in batches."""
        ordered = self._items().order_by(F("goal__number").asc(nulls_last=True), "goal", "order", "pk")
        # Who made a move, and their words, are for those who have signed in, and of today.
        parts = SHEET - {Part.LAST} if self.scope.anonymous or self.parts == PAST else SHEET
        shown = {period.pk for period in self._shown()}
        for batch in in_batches(ordered.values_list("pk", flat=True)):
            items = {item.pk: item for item in item_views(ordered.filter(pk__in=batch), self.today, parts)}
            plans = [plan for pk in batch for plan in items[pk].plans if plan.period_id in shown]
            told: dict[int, list[PlanView]] = defaultdict(list)
            for plan in with_answers(self.scope, plans, past=self.parts == PAST):
                told[plan.item_id].append(plan)
            for item in map(items.__getitem__, batch):
                here: list[PlanView | None] = [*told[item.pk]]
                yield from (SheetRow(item.name, item.goal_number, item.goal.name, one) for one in here or [None])

    def _shown(self) -> list[PlanPeriod]:
        return [one for one in self.periods if self.wanted.period in {0, one.pk}]

    @property
    def shown_periods(self) -> list[Named]:
        """Return the periods that are asked for."""
        return self._named(self._shown())

    def _named(self, periods: Iterable[PlanPeriod]) -> list[Named]:
        return [named_of(period, self.own) for period in periods]

    def _items(self) -> "QuerySet[ActionItem]":
        items = access.visible(self.scope, ActionItem).filter(strategy=self.strategy)
        return self._narrow(items.filter(goal=self.wanted.goal) if self.wanted.goal else items)

    def _narrow(self, rows: "QuerySet[M]") -> "QuerySet[M]":
        """Return those of `rows` whose item has what is asked for."""
        return narrow_items(
            rows,
            today=self.today,
            units=self._responsible(),
            statuses=[self.wanted.status] if self.wanted.status else None,
            period=next(iter(self._shown()), None) if self.wanted.period else None,
            late=True if self.wanted.late else None,
            answered=self._answered(),
        )

    def _answered(self) -> "QuerySet[StatusReport] | None":
        state, light = self.wanted.answer, self.wanted.light
        return answered(self.scope, [state] if state else [], [light] if light else []) if state or light else None

    def _plans(self) -> "QuerySet[PeriodPlan]":
        plans = access.visible(self.scope, PeriodPlan).filter(item__strategy=self.strategy)
        return plans.filter(period=self.wanted.period) if self.wanted.period else plans

    def _responsible(self) -> frozenset[int] | None:
        """Return the units whose plans are asked for, None for all."""
        if not self.wanted.unit:
            return None
        if self.wanted.unit == MINE:
            return self.scope.own_units
        tree = UnitTree.load([self.strategy.municipality_id]) if self.scope.anonymous else self.scope.units
        return tree.within(self.wanted.unit_key)


def theme_part(
    theme: ThemeFrame, counts: Mapping[int, Counts], rows: Mapping[int, Rows], *, every: bool = True
) -> ThemePart:
    """Return a theme with what stands under it, by the `counts` of goals, and the `rows` of those that are open.

    `every` keeps the goals and themes that have no items, too.
    """
    goals = [GoalPart(goal, counts.get(goal.pk, Counts()), rows.get(goal.pk)) for goal in theme.goals]
    under = [theme_part(child, counts, rows, every=every) for child in theme.themes]
    progress = total([*(part.progress for part in goals), *(part.progress for part in under)])
    kept = [part for part in goals if every or part.progress.items]
    return ThemePart(theme, progress, kept, [part for part in under if every or part.progress.items])


def units_of_plan(scope: Scope, strategy: Strategy) -> list[Named]:
    """Return the units responsible for something in the plan of a strategy (with its municipality); one query."""
    # The first of each unit, of which there are few, by its index: an Exists would read every plan.
    links = PlanUnit.objects.filter(unit=OuterRef("pk"), plan__item__strategy=strategy).order_by("plan_id").values("pk")
    units = access.visible(scope, Unit).filter(municipality=strategy.municipality_id)
    units = units.alias(first=Subquery(links[:1])).filter(first__isnull=False)
    own = strategy.municipality.language
    named = [named_of(unit, own) for unit in units]
    return sorted(named, key=lambda unit: in_alphabet(unit.name))


def items_gone(scope: Scope, shown: Collection[int]) -> frozenset[int]:
    """Return those of the items `shown` of a past day that are not there any more for the person; one query."""
    there = access.visible(scope, ActionItem).filter(pk__in=shown)
    return frozenset(shown).difference(there.values_list("pk", flat=True))
