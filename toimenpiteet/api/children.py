"""What belongs to the rows of each list, each kind read in one statement for all of them."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import QuerySet

from toimenpiteet import models
from toimenpiteet.api import shapes
from toimenpiteet.api.rows import Children, OneColumn
from toimenpiteet.models.prepared import GIVEN
from toimenpiteet.selectors.plan.lateness import with_lateness


def _given(model: Any, link: str, *order: str) -> Callable[[], "QuerySet[Any]"]:
    return lambda: model.objects.filter(**{f"{link}__among": GIVEN}).order_by(*order)


def _plans(today: date) -> "QuerySet[Any]":
    plans = models.PeriodPlan.objects.filter(item__among=GIVEN).order_by("item_id", "period__start_year", "pk")
    return with_lateness(plans, today)


PLANS_IN_BRIEF = Children(shapes.PlanInItem, "item_id", _plans)
PLANS = Children(shapes.Plan, "item_id", _plans)
UNITS = Children(shapes.Named, "plan_id", _given(models.PlanUnit, "plan", "order", "pk"), "unit__")
PROJECTS = Children(shapes.Named, "plan_id", _given(models.PlanProject, "plan", "order", "pk"), "project__")
BUDGET_LINES = Children(shapes.Named, "plan_id", _given(models.PlanBudgetLine, "plan", "order", "pk"), "budget_line__")
STEPS = Children(shapes.StepRow, "plan_id", _given(models.Step, "plan", "order", "pk"))
LINKED_GOALS = Children(shapes.GoalRef, "item_id", _given(models.LinkedGoal, "item", "pk"), "goal__")

PERIODS = Children(shapes.PeriodInStrategy, "strategy_id", _given(models.PlanPeriod, "strategy", "start_year", "order"))
PARTS = {
    name: Children(shape, f"{link}_id", _given(model, link, "order", "pk"))
    for name, shape, model, link in (
        ("themes", shapes.Theme, models.Theme, "strategy"),
        ("success_factors", shapes.SuccessFactor, models.SuccessFactor, "theme__strategy"),
        ("values", shapes.CoreValue, models.CoreValue, "strategy"),
        ("parts", shapes.Part, models.StrategyPart, "strategy"),
        ("events", shapes.Event, models.ProcessEvent, "strategy"),
        ("follow_ups", shapes.FollowUp, models.FollowUp, "strategy"),
        ("programmes", shapes.ProgrammeRow, models.Programme, "strategy_links__strategy"),
    )
}

FIGURES = Children(shapes.Figure, "indicator_id", _given(models.IndicatorValue, "indicator", "order", "pk"))
TARGETS = Children(shapes.Target, "indicator_id", _given(models.IndicatorTarget, "indicator", "order", "pk"))

UNIT_ALIASES = OneColumn("unit_id", "text", _given(models.UnitAlias, "unit", "pk"))
GROUP_MEMBERS = OneColumn("group_id", "unit_id", _given(models.GroupMember, "group", "pk"))
PROJECT_ALIASES = OneColumn("project_id", "text", _given(models.ProjectAlias, "project", "pk"))
