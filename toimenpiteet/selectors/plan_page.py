"""The plan as people know it from the document: theme → goal → rows, the periods side by side."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.models import ActionItem, Goal, PeriodPlan, PlanPeriod, Strategy, Theme
from toimenpiteet.selectors.rows import Named, PlanRow, plan_rows
from toimenpiteet.selectors.words import Text, text_of


@dataclass(frozen=True)
class ItemRow:
    """A row of the document: an item and its plans, one cell for each period (None where the row has none)."""

    pk: int
    name: Text
    lead: Text
    lead_stated: bool
    doubt: str
    source: str
    cells: list[PlanRow | None]


@dataclass
class GoalRow:
    """A goal and its rows."""

    pk: int
    number: int | None
    name: Text
    doubt: str
    source: str
    items: list[ItemRow] = field(default_factory=list)


@dataclass
class ThemeRow:
    """A theme, its success factors, its goals, and the themes under it."""

    pk: int
    kind: Text
    number: int | None
    name: Text
    slogan: Text
    focus: Text
    description: Text
    doubt: str
    source: str
    factors: list[tuple[int | None, Text, str]]
    goals: list[GoalRow]
    themes: list["ThemeRow"] = field(default_factory=list)


@dataclass(frozen=True)
class PlanPage:
    """Everything of the plan page below the strategy's own texts."""

    periods: list[Named]
    themes: list[ThemeRow]
    items: int


def plan_page(scope: Scope, strategy: Strategy, today: date) -> PlanPage:
    """Return the tree of a strategy that the person may see; a fixed number of queries whatever its size."""
    own = strategy.municipality.language
    periods = list(PlanPeriod.objects.filter(strategy=strategy))
    goals = _goals(strategy, own, _items(scope, strategy, periods, today, own))
    themes = _themes(strategy, own, goals)
    count = sum(len(goal.items) for rows in goals.values() for goal in rows)
    return PlanPage([Named(period.pk, text_of(period, "name", own)) for period in periods], themes, count)


def _items(
    scope: Scope, strategy: Strategy, periods: list[PlanPeriod], today: date, own: str
) -> dict[int, list[ItemRow]]:
    plans = access.visible(scope, PeriodPlan).filter(item__strategy=strategy)
    cells: dict[tuple[int, str], PlanRow] = {}
    names = [text_of(period, "name", own).text for period in periods]
    for row in plan_rows(plans, scope, today):
        cells[row.item_id, row.period_name.text] = row
    found: dict[int, list[ItemRow]] = defaultdict(list)
    for item in ActionItem.objects.filter(strategy=strategy).select_related("lead_unit").order_by("order", "pk"):
        found[item.goal_id].append(
            ItemRow(
                item.pk,
                text_of(item, "name", own),
                text_of(item.lead_unit, "name", own),
                item.lead_stated,
                item.doubt,
                item.source,
                [cells.get((item.pk, name)) for name in names],
            )
        )
    return found


def _goals(strategy: Strategy, own: str, items: dict[int, list[ItemRow]]) -> dict[int, list[GoalRow]]:
    found: dict[int, list[GoalRow]] = defaultdict(list)
    for goal in Goal.objects.filter(strategy=strategy).order_by("number", "order"):
        row = GoalRow(goal.pk, goal.number, text_of(goal, "name", own), goal.doubt, goal.source, items.get(goal.pk, []))
        found[goal.theme_id].append(row)
    return found


def _themes(strategy: Strategy, own: str, goals: dict[int, list[GoalRow]]) -> list[ThemeRow]:
    rows: dict[int, ThemeRow] = {}
    themes = list(Theme.objects.filter(strategy=strategy).prefetch_related("success_factors"))
    for theme in themes:
        factors = [
            (factor.number, text_of(factor, "name", own), factor.doubt) for factor in theme.success_factors.all()
        ]
        rows[theme.pk] = ThemeRow(
            pk=theme.pk,
            kind=text_of(theme, "kind", own),
            number=theme.number,
            name=text_of(theme, "name", own),
            slogan=text_of(theme, "slogan", own),
            focus=text_of(theme, "focus", own),
            description=text_of(theme, "description", own),
            doubt=theme.doubt,
            source=theme.source,
            factors=factors,
            goals=goals.get(theme.pk, []),
        )
    for theme in themes:
        if theme.parent_id:
            rows[theme.parent_id].themes.append(rows[theme.pk])
    return [rows[theme.pk] for theme in themes if not theme.parent_id]
