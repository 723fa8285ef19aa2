"""What can be asked of each list: an unknown value is an error that says what there is, never an empty list."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import NotAuthenticated, ValidationError

from toimenpiteet import access
from toimenpiteet.api import round_serializers
from toimenpiteet.api.words import Sought, Spelled, Words
from toimenpiteet.models import (
    ActionItem,
    DateKind,
    Goal,
    Indicator,
    Municipality,
    PeriodPlan,
    PlanPeriod,
    Project,
    ReportingRound,
    StatusReport,
    Strategy,
    Theme,
    Unit,
    UnitAlias,
)
from toimenpiteet.models.actions import ProjectAlias
from toimenpiteet.models.people import UnitKind
from toimenpiteet.models.sorting import by_status, by_text
from toimenpiteet.models.strategy import StrategyStatus
from toimenpiteet.selectors import catalogue
from toimenpiteet.selectors.plan.items import narrow_items, responsible
from toimenpiteet.selectors.plan.lateness import late
from toimenpiteet.selectors.rounds import listing
from toimenpiteet.selectors.rounds.newest import answered
from toimenpiteet.workflow import Status


def _visit(request: Any) -> Any:
    return request.parser_context["view"]


def _existing(model: Any) -> Callable[[Any], "QuerySet[Any]"]:
    return lambda request: access.visible(_visit(request).scope, model)


class Existing(filters.ModelChoiceFilter):  # type: ignore[misc]  # untyped
    """A thing by its id; one of another municipality is as unknown as one that never was."""

    def __init__(self, rows: Any, **kwargs: Any) -> None:
        queryset = _existing(rows) if isinstance(rows, type) else rows
        missing = _("There is nothing with this number here, or it is not open to you.")
        super().__init__(queryset=queryset, error_messages={"invalid_choice": missing}, **kwargs)


def existing(rows: Any, name: str, **kwargs: Any) -> Existing:
    """Return a filter by the id of a thing."""
    described = {"type": "integer", "description": f"Id of the {name}."}
    found: Existing = extend_schema_field(described)(Existing(rows, **kwargs))
    return found


class Choice(filters.ChoiceFilter):  # type: ignore[misc]  # untyped
    """One of a few words."""

    def __init__(self, values: Any, **kwargs: Any) -> None:
        listed = [str(value) for value in values]
        super().__init__(
            choices=[(value, value) for value in listed],
            error_messages={"invalid_choice": _one_of(listed)},
            null_label=None,
            empty_label=None,
            **kwargs,
        )


class Choices(filters.MultipleChoiceFilter):  # type: ignore[misc]  # untyped
    """Some of a few words: the parameter may come more than once."""

    def __init__(self, values: Any, **kwargs: Any) -> None:
        listed = [str(value) for value in values]
        super().__init__(
            choices=[(value, value) for value in listed],
            error_messages={"invalid_choice": _one_of(listed)},
            null_label=None,
            **kwargs,
        )


class Truth(Choice):
    """true or false."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(["true", "false"], **kwargs)

    def filter(self, qs: "QuerySet[Any]", value: str) -> "QuerySet[Any]":
        """Return the rows of which the field is true, or false."""
        return qs.filter(**{self.field_name: value == "true"}) if value else qs


def _one_of(values: list[str]) -> Any:
    # The list is joined here, so that the message stays one sentence with one name.
    return _Message(_("There is no such value. Possible: %(values)s."), {"values": ", ".join(values)})


class _Message:
    """A lazy message with its values in it: Django would put the refused value into `%(value)s` only."""

    def __init__(self, message: Any, values: Mapping[str, str]) -> None:
        self._message, self._values = message, values

    def __str__(self) -> str:
        return str(self._message) % self._values

    def __mod__(self, params: object) -> str:
        return str(self)


class Ordering(Choice):
    """The order of the rows; a minus turns it round. What depends on the caller's language is made when it is asked."""

    def __init__(self, orders: Mapping[str, tuple[str | Callable[[], Any], ...]]) -> None:
        self.orders = orders
        choices = [turned + name for name in orders for turned in ("", "-")]
        super().__init__(choices, help_text="The order of the rows; a minus turns it round.")

    def filter(self, qs: "QuerySet[Any]", value: str) -> "QuerySet[Any]":
        """Return the rows in the order asked for."""
        columns = self.orders.get(value.removeprefix("-"), ())
        made = [F(column) if isinstance(column, str) else column() for column in columns]
        return qs.order_by(*(one.desc() if value.startswith("-") else one.asc() for one in made)) if value else qs


@extend_schema_field({"type": "string", "format": "date"})
class AsOf(filters.CharFilter):  # type: ignore[misc]  # untyped
    """The day as of which a list is read; Listed reads it before anything else."""

    def __init__(self) -> None:
        super().__init__(help_text="As it all stood when this day ended in Europe/Helsinki. Only for signed-in people.")

    def filter(self, qs: "QuerySet[Any]", value: str) -> "QuerySet[Any]":
        """Return the rows, which are those of that day already."""
        return qs


def _within(visit: Any, unit: Unit) -> list[int]:
    return list(catalogue.units_within(visit.scope, unit))


_UNIT = "responsible unit; the units under it and the members of a group are meant too"


class Items(filters.FilterSet):  # type: ignore[misc]  # untyped
    """Filters of action items; units, status and lateness are asked of the items' plans together."""

    as_of = AsOf()
    strategy = existing(Strategy, "strategy")
    goal = existing(Goal, "goal")
    unit = existing(Unit, _UNIT)
    status = Choices(Status, help_text="Where the item stands; with `period`, where its plan in that period stands.")
    period = existing(PlanPeriod, "plan period")
    overdue = Truth(help_text="Whether a plan of the item is overdue; with `period`, its plan in that period.")
    q = Sought("the name or the text of a plan", "name", plan_text=True)
    ordering = Ordering(
        {
            "order": ("municipality_id", "goal_id", "order", "pk"),
            "goal": ("goal__number", "order", "pk"),
            "name": (lambda: by_text("name"), "pk"),
            "id": ("pk",),
        }
    )

    class Meta:
        model = ActionItem
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """Return the items that match everything asked for."""
        asked, visit = self.form.cleaned_data, _visit(self.request)
        for name in ("strategy", "goal", "q", "ordering"):
            queryset = self.filters[name].filter(queryset, asked[name])
        return narrow_items(
            queryset,
            today=visit.today,
            units=_within(visit, asked["unit"]) if asked["unit"] else None,
            statuses=asked["status"],
            period=asked["period"],
            late=asked["overdue"] == "true" if asked["overdue"] else None,
        )


_ANSWER = "its answer in the newest round that is open or in review (only for signed-in people, and of today)"


class Plans(filters.FilterSet):  # type: ignore[misc]  # untyped
    """Filters of plans."""

    as_of = AsOf()
    strategy = existing(Strategy, "strategy", field_name="item__strategy")
    goal = existing(Goal, "goal", field_name="item__goal")
    item = existing(ActionItem, "action item")
    unit = existing(Unit, _UNIT, method="by_unit")
    status = Choices(Status)
    period = existing(PlanPeriod, "plan period")
    overdue = Truth(method="by_lateness", help_text="Whether the plan, one of its steps or its answer is overdue.")
    answer_state = Choices(round_serializers.ANSWER_STATE, method="by_state", help_text=f"How {_ANSWER} stands.")
    answer_light = Choices(round_serializers.LIGHT, method="by_light", help_text=f"What {_ANSWER} says.")
    q = Words("the text", "text")
    ordering = Ordering(
        {"next_deadline_on": ("next_deadline_on", "pk"), "status": (by_status, "pk"), "id": ("pk",)},
    )

    class Meta:
        model = PeriodPlan
        fields: tuple[str, ...] = ()

    def by_unit(self, queryset: "QuerySet[Any]", name: str, value: Unit) -> "QuerySet[Any]":
        """Return the plans for which the unit, or one within it, is responsible."""
        return responsible(queryset, _within(_visit(self.request), value))

    def by_lateness(self, queryset: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Return the plans that are overdue, or those that are not."""
        condition = late(_visit(self.request).today)
        return queryset.filter(condition if value == "true" else ~Q(condition))

    def by_state(self, queryset: "QuerySet[Any]", name: str, value: list[str]) -> "QuerySet[Any]":
        """Return the plans whose newest answer stands so."""
        return queryset.filter(pk__in=answered(self._today(name), states=value).values("plan"))

    def by_light(self, queryset: "QuerySet[Any]", name: str, value: list[str]) -> "QuerySet[Any]":
        """Return the plans whose newest answer says so."""
        return queryset.filter(pk__in=answered(self._today(name), lights=value).values("plan"))

    def _today(self, name: str) -> access.Scope:
        scope: access.Scope = _visit(self.request).scope
        if scope.anonymous:
            raise NotAuthenticated
        if self.form.cleaned_data["as_of"]:
            raise ValidationError({name: [_("Answers can be asked for as they are today only. Leave out as_of.")]})
        return scope


class Steps(filters.FilterSet):  # type: ignore[misc]  # untyped
    """Filters of steps."""

    as_of = AsOf()
    plan = existing(PeriodPlan, "plan")
    item = existing(ActionItem, "action item", field_name="plan__item")
    strategy = existing(Strategy, "strategy", field_name="plan__item__strategy")
    done = Truth(help_text="Whether the step is done.")
    date_kind = Choices(DateKind.values, help_text="What the step's date means.")
    q = Words("the text", "text")

    class Meta:
        fields: tuple[str, ...] = ()


class Strategies(filters.FilterSet):  # type: ignore[misc]  # untyped
    """Filters of strategies."""

    municipality = existing(Municipality, "municipality")
    status = Choices(StrategyStatus.values)

    class Meta:
        model = Strategy
        fields: tuple[str, ...] = ()


class Goals(filters.FilterSet):  # type: ignore[misc]  # untyped
    """Filters of goals."""

    strategy = existing(Strategy, "strategy")
    theme = existing(Theme, "theme")
    binding = Truth(help_text="Whether the goal binds towards the council.")
    q = Words("the name", "name")

    class Meta:
        model = Goal
        fields: tuple[str, ...] = ()


class Units(filters.FilterSet):  # type: ignore[misc]  # untyped
    """Filters of units."""

    municipality = existing(Municipality, "municipality")
    kind = Choices(UnitKind.values)
    parent = existing(Unit, "unit above")
    q = Spelled(UnitAlias, "unit")

    class Meta:
        model = Unit
        fields: tuple[str, ...] = ()


class Projects(filters.FilterSet):  # type: ignore[misc]  # untyped
    """Filters of projects."""

    municipality = existing(Municipality, "municipality")
    kind = Choices(Project.Kind.values)
    q = Spelled(ProjectAlias, "project")

    class Meta:
        model = Project
        fields: tuple[str, ...] = ()


class Indicators(filters.FilterSet):  # type: ignore[misc]  # untyped
    """Filters of indicators."""

    strategy = existing(Strategy, "strategy")
    theme = existing(Theme, "theme")
    goal = existing(Goal, "goal")
    perspective = Choices(Indicator.Perspective.values)
    q = Words("the name", "name")

    class Meta:
        model = Indicator
        fields: tuple[str, ...] = ()


class Rounds(filters.FilterSet):  # type: ignore[misc]  # untyped
    """Filters of reporting rounds."""

    strategy = existing(Strategy, "strategy")
    year = filters.NumberFilter(min_value=1900, max_value=2200, help_text="The year to which the round belongs.")
    kind = Choices(round_serializers.ROUND_KIND)
    status = Choices(ReportingRound.Status.values)

    class Meta:
        model = ReportingRound
        fields: tuple[str, ...] = ()


class Answers(filters.FilterSet):  # type: ignore[misc]  # untyped
    """Filters of the answers of a round."""

    state = Choices(
        round_serializers.ANSWER_STATE,
        method="by_state",
        help_text="How the answer stands. A draft that the caller may not read is silence.",
    )
    light = Choices(round_serializers.LIGHT, method=listing.with_lights)
    unit = existing(Unit, _UNIT, method="by_unit")
    corrected = Truth(help_text="Whether the answer was corrected after the lock.")

    class Meta:
        model = StatusReport
        fields: tuple[str, ...] = ()

    def by_state(self, queryset: "QuerySet[Any]", name: str, value: list[str]) -> "QuerySet[Any]":
        """Return the answers that stand so."""
        return listing.in_states(queryset, value, _visit(self.request).scope)

    def by_unit(self, queryset: "QuerySet[Any]", name: str, value: Unit) -> "QuerySet[Any]":
        """Return the answers of the plans for which the unit, or one within it, is responsible."""
        return listing.answered_by(queryset, _within(_visit(self.request), value))
