"""One theme and one goal: what is under them and what serves them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.models import ActionItem, Goal, Indicator, PeriodPlan, Programme, Project, Theme
from toimenpiteet.selectors.indicators import IndicatorLink, indicator_links
from toimenpiteet.selectors.plan.counts import Counts, counts_by
from toimenpiteet.selectors.plan.outline import GoalFrame
from toimenpiteet.selectors.plan.view import PlanView, views_of_items
from toimenpiteet.selectors.strategies.strategy import ProgrammeLink, programme_links
from toimenpiteet.selectors.translated import Named, Text, named_of, text_of

_ABOVE = "theme__parent__parent__parent__parent__parent"


@dataclass(frozen=True)
class FactorRow:
    """A critical success factor."""

    number: int | None
    name: Text
    doubt: str
    source: str


@dataclass(frozen=True)
class ThemePage:
    """Everything of one theme."""

    pk: int
    municipality: Named
    strategy: Named
    above: list[Named]
    kind: Text
    number: int | None
    name: Text
    slogan: Text
    focus: Text
    description: Text
    doubt: str
    source: str
    factors: list[FactorRow]
    factors_called: Text
    goals: list[GoalFrame]
    themes: list[Named]
    programmes: list[ProgrammeLink]
    indicators: list[IndicatorLink]
    progress: Counts


@dataclass(frozen=True)
class ItemView:
    """An action item with its lead unit and its plans, one for each period that has one."""

    pk: int
    name: Text
    lead: Named
    doubt: str
    plans: list[PlanView]


@dataclass(frozen=True)
class GoalPage:
    """Everything of one goal; `items` are those of one page."""

    pk: int
    municipality: Named
    strategy: Named
    above: list[Named]
    number: int | None
    name: Text
    keywords: Text
    retold: bool
    owner: Named | None
    binding: bool
    reached_when: str
    doubt: str
    source: str
    progress: Counts
    items: list[ItemView]
    linked: list[ItemView]
    projects: list[Named]
    indicators: list[IndicatorLink]


def above(theme: Theme | None, own: str) -> list[Named]:
    """Return `theme` and the themes above it that are loaded with it, the topmost first."""
    found: list[Named] = []
    while theme is not None and theme.pk not in {one.pk for one in found}:
        found.insert(0, named_of(theme, own))
        theme = theme.parent
    return found


def theme_page(scope: Scope, theme_id: int, today: date) -> ThemePage:
    """Return the page of a theme; raises Http404 when it does not exist for the person."""
    rows = access.visible(scope, Theme).select_related("strategy__municipality", _ABOVE.removeprefix("theme__"))
    theme = access.get(scope, rows, pk=theme_id)
    own = theme.strategy.municipality.language
    plans = PeriodPlan.objects.filter(item__goal__theme=theme)
    return ThemePage(
        pk=theme.pk,
        municipality=named_of(theme.strategy.municipality, own),
        strategy=named_of(theme.strategy, own),
        above=above(theme.parent, own),
        **{name: text_of(theme, name, own) for name in ("kind", "name", "slogan", "focus", "description")},
        number=theme.number,
        doubt=theme.doubt,
        source=theme.source,
        factors=_factors(theme, own),
        factors_called=text_of(theme.strategy, "success_factors_called", own),
        goals=_goals(theme, own),
        themes=[named_of(child, own) for child in theme.children.all()],
        programmes=programme_links(access.visible(scope, Programme).filter(theme_links__theme=theme), own),
        indicators=indicator_links(Indicator.objects.filter(theme=theme), own, today),
        progress=counts_by(plans, "item__goal__theme", today=today).get(theme.pk, Counts()),
    )


def _factors(theme: Theme, own: str) -> list[FactorRow]:
    rows = theme.success_factors.all()
    return [FactorRow(row.number, text_of(row, "name", own), row.doubt, row.source) for row in rows]


def _goals(theme: Theme, own: str) -> list[GoalFrame]:
    counted = Goal.objects.filter(theme=theme).annotate(items=Count("action_items")).order_by("number", "order")
    return [
        GoalFrame(goal.pk, goal.number, text_of(goal, "name", own), goal.doubt, goal.source, goal.items)
        for goal in counted
    ]


def find_goal(scope: Scope, goal_id: int) -> Goal:
    """Return a goal with everything above it; raises Http404 when it does not exist for the person."""
    rows = access.visible(scope, Goal).select_related("strategy__municipality", "owner", _ABOVE)
    return access.get(scope, rows, pk=goal_id)


def items_of(scope: Scope, goal: Goal) -> "QuerySet[ActionItem]":
    """Return the action items of a goal, in the order of the document."""
    items = access.visible(scope, ActionItem).filter(goal=goal)
    return items.select_related("lead_unit").order_by("order", "pk")


def goal_page(scope: Scope, goal: Goal, items: "list[ActionItem]", today: date) -> GoalPage:
    """Return the page of a goal found by ``find_goal``, with those of its `items` that the page shows."""
    own = goal.strategy.municipality.language
    linked = access.visible(scope, ActionItem).filter(goal_links__goal=goal).select_related("lead_unit")
    also = list(linked.order_by("goal__number", "order")[:50])
    briefs = {brief.pk: brief for brief in _items([*items, *also], own, today)}
    plans = PeriodPlan.objects.filter(item__goal=goal)
    projects = access.visible(scope, Project).filter(plan_links__plan__item__goal=goal).distinct()
    return GoalPage(
        pk=goal.pk,
        municipality=named_of(goal.strategy.municipality, own),
        strategy=named_of(goal.strategy, own),
        above=above(goal.theme, own),
        number=goal.number,
        name=text_of(goal, "name", own),
        keywords=text_of(goal, "keywords", own),
        retold=goal.strategy.retold,
        owner=named_of(goal.owner, own) if goal.owner else None,
        binding=goal.binding,
        reached_when=_reached_when(goal),
        doubt=goal.doubt,
        source=goal.source,
        progress=counts_by(plans, "item__goal", today=today).get(goal.pk, Counts()),
        items=[briefs[item.pk] for item in items],
        linked=[briefs[item.pk] for item in also],
        projects=[named_of(row, own) for row in projects],
        indicators=indicator_links(Indicator.objects.filter(goal=goal), own, today),
    )


def _items(items: list[ActionItem], own: str, today: date) -> list[ItemView]:
    """Return loaded `items` (with their lead unit) and their plans; one query, none without items."""
    plans = views_of_items([item.pk for item in items], today)
    return [
        ItemView(
            item.pk,
            text_of(item, "name", own),
            named_of(item.lead_unit, own),
            item.doubt,
            plans[item.pk],
        )
        for item in items
    ]


def _reached_when(goal: Goal) -> str:
    words = goal.get_counting_display() if goal.counting else ""
    return f"{words} ({goal.counting_share} %)" if goal.counting_share else words
