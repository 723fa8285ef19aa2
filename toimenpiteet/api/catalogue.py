"""The plan to read: strategies, goals, action items, plans, steps, units, projects, indicators and rounds."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from toimenpiteet import access, models
from toimenpiteet.access import Scope
from toimenpiteet.api import children, filters, plans, round_shapes, shapes
from toimenpiteet.api.paging import COUNT_LIMIT, Pages
from toimenpiteet.api.resources import Listed, Resource, Single
from toimenpiteet.api.rows import Json, Prepared, fill, status_words
from toimenpiteet.models.prepared import Statement
from toimenpiteet.selectors import catalogue
from toimenpiteet.selectors.plan.view import Part, PlanView, current, views_of, views_of_items


def _ids(rows: list[Json]) -> list[int]:
    return [row["id"] for row in rows]


# --- strategies and goals -------------------------------------------------------------------------------------------


class _Strategies(Resource):
    model = models.Strategy
    order = ("municipality_id", "order", "key")

    def finish(self, rows: list[Json]) -> None:
        fill(rows, "periods", children.PERIODS.of(_ids(rows)))


class StrategyList(_Strategies, Listed):
    """The strategies."""

    serializer_class = shapes.Strategy
    filterset_class = filters.Strategies


class StrategyDetail(_Strategies, Single):
    """A strategy with its parts."""

    serializer_class = shapes.StrategyInFull

    def finish(self, rows: list[Json]) -> None:
        """Put in the parts of the strategy, one query each."""
        super().finish(rows)
        for name, part in children.PARTS.items():
            fill(rows, name, part.of(_ids(rows)))


class _Goals(Resource):
    model = models.Goal
    serializer_class = shapes.Goal
    order = ("strategy_id", "number", "order", "pk")


class GoalList(_Goals, Listed):
    """The goals."""

    filterset_class = filters.Goals


class GoalDetail(_Goals, Single):
    """A goal."""


# --- action items, plans, steps -------------------------------------------------------------------------------------


class _Items(Resource):
    model = models.ActionItem

    def rows(self) -> "QuerySet[Any]":
        return catalogue.items(self.scope)

    def put_plans(self, rows: list[Json], parts: frozenset[Part], shown: Callable[[PlanView], Json]) -> None:
        """Put in the plans of each item, read with `parts`, as `shown` has them, and where the item stands."""
        of_items = views_of_items(_ids(rows), self.today, parts)
        for row in rows:
            own = of_items[row["id"]]
            stands = current(own, self.today)
            row["plans"] = [shown(plan) for plan in own]
            row["status"] = stands.status.value if stands else None
            row["status_words"] = status_words(row["status"])
            row["overdue"] = any(plan.late for plan in own)


def _all_items(municipalities: frozenset[int] | None) -> "QuerySet[Any]":
    # Made of nothing else, the list can depend on nothing else: see Statement.
    user = None if municipalities is None else models.User()
    return catalogue.items(Scope(user=user, municipalities=municipalities or frozenset()))


_ITEMS = Prepared(shapes.Item, lambda who, start, stop: _all_items(who)[start:stop])
_ITEM_COUNT = Statement(
    lambda who: _all_items(who).order_by()[:COUNT_LIMIT], ["pk"], "SELECT COUNT(*) FROM ({}) AS listed"
)


def _counted(municipalities: frozenset[int] | None) -> int:
    return sum(row[0] for row in _ITEM_COUNT.rows(municipalities))


class ItemList(_Items, Listed):
    """The action items, each with its plans in brief."""

    serializer_class = shapes.Item
    filterset_class = filters.Items

    def get(self, request: Request) -> Response:
        """List what exists for the caller; the list without filters, which most ask for, by prepared statements."""
        if not Pages.parameters.issuperset(request.query_params):
            return super().get(request)
        who = None if self.scope.anonymous else self.scope.municipalities
        return Pages().respond(
            request, lambda start, stop: self._finished(_ITEMS.read(who, start, stop)), lambda: _counted(who)
        )

    def _finished(self, rows: list[Json]) -> list[Json]:
        self.finish(rows)
        return rows

    def finish(self, rows: list[Json]) -> None:
        """Put in the plans and their units, and where the item stands; two queries."""
        self.put_plans(rows, plans.BRIEF, plans.in_brief)


class ItemDetail(_Items, Single):
    """An action item with its plans in full."""

    serializer_class = shapes.ItemInFull

    def finish(self, rows: list[Json]) -> None:
        """Put in the plans with all that belongs to them, and the linked goals."""
        self.put_plans(rows, plans.FULL, plans.in_full)
        fill(rows, "linked_goals", self._linked_goals(_ids(rows)))

    def _linked_goals(self, items: list[int]) -> dict[int, list[Json]]:
        """Return the linked goals that exist for the caller: one may belong to a strategy that is not published."""
        linked = children.LINKED_GOALS.of(items)
        ids = [goal["id"] for goals in linked.values() for goal in goals]
        shown = set(access.visible(self.scope, models.Goal).filter(pk__in=ids).values_list("pk", flat=True))
        return {item: [goal for goal in goals if goal["id"] in shown] for item, goals in linked.items()}


class _Plans(Resource):
    model = models.PeriodPlan
    serializer_class = shapes.Plan

    order = ("item_id", "pk")

    def read(self, queryset: "QuerySet[Any]") -> list[Json]:
        return [plans.in_full(plan) for plan in views_of(queryset, self.today, plans.FULL)]


class PlanList(_Plans, Listed):
    """The plans: action items in their periods."""

    filterset_class = filters.Plans


class PlanDetail(_Plans, Single):
    """A plan. Its status moves through ``transitions/``."""


class _Steps(Resource):
    model = models.Step
    serializer_class = shapes.StepRow
    order = ("plan_id", "order", "pk")


class StepList(_Steps, Listed):
    """The steps of plans."""

    filterset_class = filters.Steps


class StepDetail(_Steps, Single):
    """A step."""


# --- units, projects, indicators, rounds ----------------------------------------------------------------------------


class _Units(Resource):
    model = models.Unit
    serializer_class = shapes.Unit
    order = ("municipality_id", "order", "key")

    def finish(self, rows: list[Json]) -> None:
        fill(rows, "aliases", children.UNIT_ALIASES.of(_ids(rows)))
        fill(rows, "members", children.GROUP_MEMBERS.of(_ids(rows)))
        fill(rows, "followed_by", children.UNIT_HANDOVERS.of(_ids(rows)))


class UnitList(_Units, Listed):
    """The responsible units."""

    filterset_class = filters.Units


class UnitDetail(_Units, Single):
    """A responsible unit."""


class _Projects(Resource):
    model = models.Project
    serializer_class = shapes.ProjectRow
    order = ("municipality_id", "order", "key")

    def finish(self, rows: list[Json]) -> None:
        fill(rows, "aliases", children.PROJECT_ALIASES.of(_ids(rows)))


class ProjectList(_Projects, Listed):
    """The projects."""

    filterset_class = filters.Projects


class ProjectDetail(_Projects, Single):
    """A project."""


class _Indicators(Resource):
    model = models.Indicator
    serializer_class = shapes.IndicatorRow
    order = ("strategy_id", "order", "pk")

    def finish(self, rows: list[Json]) -> None:
        fill(rows, "values", children.FIGURES.of(_ids(rows)))
        fill(rows, "targets", children.TARGETS.of(_ids(rows)))


class IndicatorList(_Indicators, Listed):
    """The indicators, with every figure and target."""

    filterset_class = filters.Indicators


class IndicatorDetail(_Indicators, Single):
    """An indicator."""


class _Rounds(Resource):
    model = models.ReportingRound
    serializer_class = round_shapes.Round
    order = ("due_on", "pk")

    def finish(self, rows: list[Json]) -> None:
        fill(rows, "days", children.ROUND_DAYS.of(_ids(rows)))


class RoundList(_Rounds, Listed):
    """The reporting rounds."""

    filterset_class = filters.Rounds


class RoundDetail(_Rounds, Single):
    """A reporting round."""
