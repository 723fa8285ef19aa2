"""Everything of one action item, for its page."""

from dataclasses import dataclass
from datetime import date

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.models import ActionItem, Goal, PeriodPlan
from toimenpiteet.selectors.rows import Named, PlanRow, plan_row, with_all
from toimenpiteet.selectors.timeline import Event, timeline
from toimenpiteet.selectors.words import Text, text_of


@dataclass(frozen=True)
class ItemPage:
    """An item with both periods, and what happened to it."""

    pk: int
    name: Text
    theme: Text
    goal_number: int | None
    goal: Text
    linked_goals: list[Named]
    strategy_id: int
    strategy: Text
    lead: Text
    lead_stated: bool
    source: str
    doubt: str
    plans: list[PlanRow]
    current: PlanRow | None
    events: list[Event]


def item_page(scope: Scope, item_id: int, today: date) -> ItemPage:
    """Return the page of an item; raises Http404 when it does not exist for the person."""
    items = access.visible(scope, ActionItem).select_related("goal__theme", "strategy__municipality", "lead_unit")
    item = access.get(scope, items, pk=item_id)
    own = item.strategy.municipality.language
    plans = list(with_all(PeriodPlan.objects.filter(item=item)).order_by("period__start_year"))
    rows = [plan_row(plan, scope, today) for plan in plans]
    linked = access.visible(scope, Goal).filter(item_links__item=item)
    return ItemPage(
        pk=item.pk,
        name=text_of(item, "name", own),
        theme=text_of(item.goal.theme, "name", own),
        goal_number=item.goal.number,
        goal=text_of(item.goal, "name", own),
        linked_goals=[Named(goal.pk, text_of(goal, "name", own)) for goal in linked],
        strategy_id=item.strategy_id,
        strategy=text_of(item.strategy, "name", own),
        lead=text_of(item.lead_unit, "name", own),
        lead_stated=item.lead_stated,
        source=item.source,
        doubt=item.doubt,
        plans=rows,
        current=_current(plans, rows, today),
        events=timeline(scope, item, plans),
    )


def _current(plans: list[PeriodPlan], rows: list[PlanRow], today: date) -> PlanRow | None:
    """Return the plan whose period holds today, else the last one (DOMAIN.md, "An item's status")."""
    for plan, row in zip(plans, rows, strict=True):
        if plan.period.start_year <= today.year <= plan.period.end_year:
            return row
    return rows[-1] if rows else None
