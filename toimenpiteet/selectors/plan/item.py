"""Everything of one action item, for its page."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from toimenpiteet import access
from toimenpiteet.access import Scope, Verb
from toimenpiteet.models import ActionItem, Goal, Indicator, PeriodPlan
from toimenpiteet.selectors.history.timeline import Asked, Reader, Timeline, timeline
from toimenpiteet.selectors.plan.change_requests import ChangeView, changes_of_plans, may_propose
from toimenpiteet.selectors.plan.compare import Comparison, comparisons
from toimenpiteet.selectors.plan.lineage import Lineage, lineage, named_as_successor
from toimenpiteet.selectors.plan.view import WHOLE, PlanView, current, views_of
from toimenpiteet.selectors.rounds.newest import with_answers
from toimenpiteet.selectors.translated import Named, Text, named_of, text_of


@dataclass(frozen=True)
class ItemPage:
    """An item with all its periods, and what happened to it."""

    pk: int
    version: int
    name: Text
    keywords: Text
    retold: bool
    theme: Text
    goal_id: int
    goal_number: int | None
    goal: Text
    linked_goals: list[Named]
    indicators: list[Named]
    strategy_id: int
    strategy: Text
    lead: Text
    lead_stated: bool
    source: str
    doubt: str
    plans: list[PlanView]
    current: PlanView | None
    lineage: list[Lineage]
    comparisons: list[Comparison]
    timeline: Timeline
    changes: list[ChangeView]
    may_edit: bool
    may_propose: frozenset[int]


def item_page(scope: Scope, item_id: int, today: date, asked: Asked | None = None) -> ItemPage:
    """Return the page of an item; raises Http404 when it does not exist for the person.

    At most twelve queries, and two more where the lineage of its plans leads to other items.
    """
    items = access.visible(scope, ActionItem).select_related("goal__theme", "strategy__municipality", "lead_unit")
    item: Any = access.get(scope, items.annotate(named=named_as_successor()), pk=item_id)
    own = item.strategy.municipality.language
    plans = PeriodPlan.objects.filter(item=item).order_by("period__start_year")
    rows = with_answers(scope, views_of(plans, today, WHOLE, scope))
    return ItemPage(
        pk=item.pk,
        version=item.version,
        name=text_of(item, "name", own),
        keywords=text_of(item, "keywords", own),
        retold=item.strategy.retold,
        theme=text_of(item.goal.theme, "name", own),
        goal_id=item.goal_id,
        goal_number=item.goal.number,
        goal=text_of(item.goal, "name", own),
        linked_goals=_named(access.visible(scope, Goal).filter(item_links__item=item), own),
        indicators=_named(access.visible(scope, Indicator).filter(goal=item.goal_id), own),
        strategy_id=item.strategy_id,
        strategy=text_of(item.strategy, "name", own),
        lead=text_of(item.lead_unit, "name", own),
        lead_stated=item.lead_stated,
        source=item.source,
        doubt=item.doubt,
        plans=rows,
        current=current(rows, today),
        lineage=lineage(scope, named_of(item, own), rows, named=item.named),
        comparisons=comparisons(rows),
        timeline=_timeline(scope, item, rows, asked or Asked()),
        changes=changes_of_plans(scope, [row.pk for row in rows]),
        may_edit=bool(access.may(scope, Verb.KEEP, item)),
        may_propose=frozenset(row.pk for row in rows if _may_propose(scope, row)),
    )


def _may_propose(scope: Scope, row: PlanView) -> bool:
    plan = PeriodPlan(pk=row.pk, municipality_id=row.municipality_id, status=row.status)
    return may_propose(scope, plan, [unit.pk for unit in row.units])


def _named(things: "QuerySet[Goal] | QuerySet[Indicator]", own: str) -> list[Named]:
    return [Named(thing.pk, text_of(thing, "name", own), thing.doubt) for thing in things]


def _timeline(scope: Scope, item: ActionItem, rows: list[PlanView], asked: Asked) -> Timeline:
    wording = {step.pk: step.text for row in rows for step in row.steps}
    periods = {row.pk: row.period_name.text for row in rows}
    return timeline(item.pk, periods, Reader(scope.anonymous, wording), asked)
