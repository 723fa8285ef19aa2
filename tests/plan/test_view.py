"""A plan as shown: one shape, the parts that were asked for, and what leaves through the API."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.api.town import Town
from toimenpiteet.access import scope_of
from toimenpiteet.api import plans, serializers
from toimenpiteet.models import ActionItem, PeriodPlan, PlanMeans, PlanSuccessor, Step
from toimenpiteet.selectors.plan.items import item_views
from toimenpiteet.selectors.plan.parts import step_views
from toimenpiteet.selectors.plan.view import CARD, ROW, WHOLE, Part, current, views, views_of, views_of_items
from toimenpiteet.selectors.rounds.newest import with_answers
from toimenpiteet.services import audited

pytestmark = pytest.mark.django_db
TODAY = make.TODAY


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.mark.parametrize(
    ("parts", "queries"), [(frozenset(), 1), (ROW, 2), (CARD, 3), (WHOLE, 3), (frozenset({Part.STEPS}), 2)]
)
def test_a_part_costs_one_query_at_most_and_is_empty_where_it_was_not_asked_for(
    town: Town, parts: frozenset[Part], queries: int
) -> None:
    scope = scope_of(town.manager, TODAY)
    keys = [town.plan.pk, make.plan(town.item, town.earlier).pk]
    with CaptureQueriesContext(connection) as asked:
        (view, _other) = views(keys, TODAY, parts, scope)
    assert len(asked) == queries
    assert bool(view.units) is bool(parts & {Part.UNITS, Part.LINKS})
    assert bool(view.projects) is (Part.LINKS in parts)
    assert bool(view.steps) is (Part.STEPS in parts)
    assert bool(view.steps_all) is bool(parts & {Part.STEPS, Part.STEP_COUNT})
    assert bool(view.moves) is view.may_comment is (Part.MOVES in parts)
    assert bool(view.text) is (Part.TEXT in parts)


def test_plans_come_in_the_order_of_their_keys_and_of_their_query(town: Town) -> None:
    other = make.plan(town.item, town.earlier)
    assert [view.pk for view in views([town.plan.pk, other.pk], TODAY)] == [town.plan.pk, other.pk]
    assert [view.pk for view in views_of(PeriodPlan.objects.order_by("-pk"), TODAY)] == [other.pk, town.plan.pk]
    assert [view.pk for view in views_of_items([town.item.pk], TODAY)[town.item.pk]] == [other.pk, town.plan.pk]
    assert views([], TODAY) == []


@pytest.mark.parametrize(
    ("today", "year"), [(date(2019, 5, 1), 2021), (date(2020, 5, 1), 2020), (date(2030, 12, 31), 2021)]
)
def test_an_item_stands_where_its_plan_stands_whose_period_holds_else_the_last_one(
    town: Town, today: date, year: int
) -> None:
    make.plan(town.item, town.earlier)
    stands = current(views_of_items([town.item.pk], today)[town.item.pk], today)
    assert stands is not None
    assert stands.period_years[0] == year
    assert current([], today) is None


def _same_names(shown: Any, shape: Any) -> None:
    assert set(shown) == set(shape.fields)
    for name, field in shape.fields.items():
        inner = getattr(field, "child", field)
        below = shown[name] if isinstance(shown[name], list) else [shown[name]]
        if hasattr(inner, "fields"):
            assert below, name
            for one in below:
                _same_names(one, inner)


def test_the_api_hands_out_what_its_serializers_name(town: Town) -> None:
    step = make.step(town.plan, due_on=TODAY, due_precision="day", unit=town.unit)
    audited.add(PlanMeans(plan=town.plan, key="verkosto", text_fi="Kuntien verkosto"), make.stamp())
    audited.add(PlanSuccessor(plan=town.plan, item=make.action_item(town.goal, town.unit)), make.stamp())
    audited.change(town.plan, make.stamp(), due_on=TODAY, due_precision="day")
    audited.remove(town.step, make.stamp())  # without a unit, so that less of it is shown
    items = ActionItem.objects.filter(pk=town.item.pk)
    (item,) = item_views(items, TODAY, plans.BRIEF)
    (full,) = item_views(items, TODAY, plans.FULL)
    _same_names(plans.item_json(item, plans.in_brief), serializers.Item())
    make.asked(town.plan)
    (answered,) = with_answers(scope_of(town.manager, TODAY), full.plans[:1])
    _same_names(plans.in_full(answered), serializers.Plan())
    (view,) = step_views(Step.objects.filter(pk=step.pk), TODAY)
    assert view in full.plans[0].steps
    _same_names(plans.step_json(view), serializers.StepRow())
