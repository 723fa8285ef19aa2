"""The plan to read: strategies, goals, action items, plans, steps, units, projects and indicators."""

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from toimenpiteet import models
from toimenpiteet.api import filters, plans, serializers, strategy_serializers
from toimenpiteet.api.fields import Json
from toimenpiteet.api.pagination import Pages
from toimenpiteet.api.resources import Listed, Resource, Single
from toimenpiteet.selectors import catalogue
from toimenpiteet.selectors.plan.items import ItemView, all_item_views, item_count, item_views
from toimenpiteet.selectors.plan.parts import step_views
from toimenpiteet.selectors.plan.view import views_of
from toimenpiteet.selectors.rounds.newest import with_answers

# --- strategies and goals -------------------------------------------------------------------------------------------


class StrategyList(Listed):
    """The strategies."""

    model = models.Strategy
    serializer_class = strategy_serializers.Strategy
    filterset_class = filters.Strategies


class StrategyDetail(Single):
    """A strategy with its parts."""

    model = models.Strategy
    serializer_class = strategy_serializers.StrategyInFull

    def rows(self, **only: int) -> "QuerySet[Any]":
        """Return the strategies with their parts, one query each."""
        return catalogue.in_full(super().rows(**only))


class _Goals(Resource):
    model = models.Goal
    serializer_class = serializers.Goal


class GoalList(_Goals, Listed):
    """The goals."""

    filterset_class = filters.Goals


class GoalDetail(_Goals, Single):
    """A goal."""


# --- action items, plans, steps -------------------------------------------------------------------------------------


class ItemList(Listed):
    """The action items, each with its plans in brief."""

    model = models.ActionItem
    serializer_class = serializers.Item
    filterset_class = filters.Items

    def get(self, request: Request, **_of: int) -> Response:
        """List what exists for the caller; the list without filters, which most ask for, by prepared statements."""
        if not Pages.parameters.issuperset(request.query_params):
            return super().get(request)
        return Pages().respond(request, self._all, lambda limit: item_count(self.scope, limit))

    def _all(self, start: int, stop: int) -> list[Json]:
        views = all_item_views(self.scope, start, stop, self.today, plans.BRIEF)
        return [plans.item_json(view, plans.in_brief) for view in views]

    def read(self, queryset: "QuerySet[Any]") -> list[Json]:
        """Return the items with their plans and the plans' units; three queries."""
        return [plans.item_json(view, plans.in_brief) for view in item_views(queryset, self.today, plans.BRIEF)]


class ItemDetail(Single):
    """An action item with its plans in full."""

    model = models.ActionItem
    serializer_class = serializers.ItemInFull

    def read(self, queryset: "QuerySet[Any]") -> list[Json]:
        """Return the item with its plans, all that belongs to them, and the linked goals."""
        return [
            {**plans.item_json(self._answered(view), plans.in_full), "linked_goals": self._linked_goals(view.pk)}
            for view in item_views(queryset, self.today, plans.FULL)
        ]

    def _answered(self, view: ItemView) -> ItemView:
        return replace(view, plans=with_answers(self.scope, view.plans))

    def _linked_goals(self, item: int) -> list[Json]:
        return list(serializers.GoalRef(catalogue.linked_goals(self.scope, item), many=True).data)


class _Plans(Resource):
    model = models.PeriodPlan
    serializer_class = serializers.Plan

    def read(self, queryset: "QuerySet[Any]") -> list[Json]:
        found = views_of(queryset, self.today, plans.FULL)
        past = "as_of" in self.request.query_params
        return [plans.in_full(plan) for plan in with_answers(self.scope, found, past=past)]


class PlanList(_Plans, Listed):
    """The plans: action items in their periods."""

    filterset_class = filters.Plans


class PlanDetail(_Plans, Single):
    """A plan. Its status moves through ``transitions/``."""


class _Steps(Resource):
    model = models.Step
    serializer_class = serializers.StepRow

    def read(self, queryset: "QuerySet[Any]") -> list[Json]:
        return [plans.step_json(step) for step in step_views(queryset, self.today)]


class StepList(_Steps, Listed):
    """The steps of plans."""

    filterset_class = filters.Steps


class StepDetail(_Steps, Single):
    """A step."""


# --- units, projects, indicators ------------------------------------------------------------------------------------


class _Units(Resource):
    model = models.Unit
    serializer_class = serializers.Unit


class UnitList(_Units, Listed):
    """The responsible units."""

    filterset_class = filters.Units


class UnitDetail(_Units, Single):
    """A responsible unit."""


class _Projects(Resource):
    model = models.Project
    serializer_class = serializers.ProjectRow


class ProjectList(_Projects, Listed):
    """The projects."""

    filterset_class = filters.Projects


class ProjectDetail(_Projects, Single):
    """A project."""


class _Indicators(Resource):
    model = models.Indicator
    serializer_class = serializers.IndicatorRow


class IndicatorList(_Indicators, Listed):
    """The indicators, with every figure and target."""

    filterset_class = filters.Indicators


class IndicatorDetail(_Indicators, Single):
    """An indicator."""
