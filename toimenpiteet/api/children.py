"""What belongs to the rows of each list, each kind read in one statement for all of them."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from toimenpiteet import models
from toimenpiteet.api import round_shapes, shapes
from toimenpiteet.api.rows import Children, OneColumn
from toimenpiteet.models.prepared import GIVEN


def _given(model: Any, link: str, *order: str) -> Callable[[], "QuerySet[Any]"]:
    return lambda: model.objects.filter(**{f"{link}__among": GIVEN}).order_by(*order)


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

ROUND_DAYS = Children(round_shapes.RoundDay, "round_id", _given(models.RoundDay, "round", "holds_on", "pk"))

UNIT_ALIASES = OneColumn("unit_id", "text", _given(models.UnitAlias, "unit", "pk"))
UNIT_HANDOVERS = Children(shapes.Follower, "unit_id", _given(models.UnitHandover, "unit", "place", "pk"))
GROUP_MEMBERS = OneColumn("group_id", "unit_id", _given(models.GroupMember, "group", "pk"))
PROJECT_ALIASES = OneColumn("project_id", "text", _given(models.ProjectAlias, "project", "pk"))
