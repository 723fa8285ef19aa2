"""Action items, their plans in each period, and what the plans consist of."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.http import HttpRequest

from toimenpiteet.admin.keeping import KeptAdmin, KeptInline, LinkAdmin, ShownAdmin
from toimenpiteet.languages import columns_for
from toimenpiteet.models import (
    ActionItem,
    BudgetLine,
    Comment,
    LinkedGoal,
    PeriodPlan,
    PlanBudgetLine,
    PlanMeans,
    PlanProject,
    PlanUnit,
    Project,
    ProjectAlias,
    Step,
)

_NAMES = (*columns_for("name"), "key")


class LinkedGoalInline(KeptInline):
    """Other goals that the item serves."""

    model = LinkedGoal


@admin.register(ActionItem)
class ActionItemAdmin(KeptAdmin):
    """Action items; one moves to another goal of its strategy only."""

    list_display = ("name", "goal", "lead_unit", "strategy")
    list_filter = (("strategy", RelatedOnlyFieldListFilter),)
    list_select_related = ("goal", "lead_unit", "strategy")
    search_fields = _NAMES
    inlines = (LinkedGoalInline,)


@admin.register(LinkedGoal)
class LinkedGoalAdmin(LinkAdmin):
    """Which item serves which other goal."""

    list_display = ("item", "goal")
    list_select_related = ("item", "goal")
    search_fields = (*columns_for("item__name"), *columns_for("goal__name"))
    fixed = ("item", "goal")


class PlanUnitInline(KeptInline):
    """The responsible units; always at least one."""

    model = PlanUnit
    min_num = 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Ask for one at least."""
        return super().get_formset(request, obj, validate_min=True, **kwargs)


class StepInline(KeptInline):
    """The plan's steps; they are ticked by those who do them."""

    model = Step
    shown = ("done",)


class PlanProjectInline(KeptInline):
    """The projects that serve the plan."""

    model = PlanProject


class PlanBudgetInline(KeptInline):
    """The budget lines that pay for the plan."""

    model = PlanBudgetLine


@admin.register(PeriodPlan)
class PeriodPlanAdmin(KeptAdmin):
    """Plans; a status is moved on the pages of the work, never here."""

    list_display = ("item", "period", "status", "due_on", "next_deadline_on")
    list_filter = ("status", ("period", RelatedOnlyFieldListFilter))
    list_select_related = ("item", "period")
    search_fields = (*columns_for("item__name"), *columns_for("text"), "item__key")
    inlines = (PlanUnitInline, StepInline, PlanProjectInline, PlanBudgetInline)
    fixed = ("item", "period")
    shown = ("status", "next_deadline_on")


@admin.register(PlanUnit)
class PlanUnitAdmin(LinkAdmin):
    """Which unit is responsible for which plan."""

    list_display = ("plan", "unit", "order")
    list_select_related = ("plan", "unit")
    search_fields = (*columns_for("unit__name"), *columns_for("plan__item__name"))
    fixed = ("plan", "unit")


@admin.register(Step)
class StepAdmin(KeptAdmin):
    """Steps."""

    list_display = ("text", "plan", "due_on", "done")
    list_filter = ("done",)
    list_select_related = ("plan",)
    search_fields = (*columns_for("text"), "key")
    fixed = ("plan",)
    shown = ("done", "done_on")


@admin.register(PlanMeans)
class PlanMeansAdmin(KeptAdmin):
    """Means of plans."""

    list_display = ("text", "plan")
    list_select_related = ("plan",)
    search_fields = (*columns_for("text"), "key")
    fixed = ("plan",)


@admin.register(BudgetLine)
class BudgetLineAdmin(KeptAdmin):
    """Budget lines."""

    list_display = ("name", "municipality")
    list_select_related = ("municipality",)
    search_fields = _NAMES
    fixed = ("municipality",)


class ProjectAliasInline(KeptInline):
    """Other spellings of the project."""

    model = ProjectAlias


@admin.register(Project)
class ProjectAdmin(KeptAdmin):
    """Projects."""

    list_display = ("name", "municipality", "kind", "start_year", "end_year")
    list_filter = ("kind",)
    list_select_related = ("municipality",)
    search_fields = (*_NAMES, "aliases__text")
    inlines = (ProjectAliasInline,)
    fixed = ("municipality",)


@admin.register(ProjectAlias)
class ProjectAliasAdmin(LinkAdmin):
    """Other spellings of projects."""

    list_display = ("text", "project")
    list_select_related = ("project",)
    search_fields = ("text", *columns_for("project__name"))
    fixed = ("project",)


@admin.register(PlanProject)
class PlanProjectAdmin(LinkAdmin):
    """Which project serves which plan."""

    list_display = ("plan", "project", "order")
    list_select_related = ("plan", "project")
    search_fields = (*columns_for("project__name"),)
    fixed = ("plan", "project")


@admin.register(PlanBudgetLine)
class PlanBudgetLineAdmin(LinkAdmin):
    """Which budget line pays for which plan."""

    list_display = ("plan", "budget_line", "order")
    list_select_related = ("plan", "budget_line")
    search_fields = (*columns_for("budget_line__name"),)
    fixed = ("plan", "budget_line")


@admin.register(Comment)
class CommentAdmin(ShownAdmin):
    """Remarks on plans, as they were written."""

    list_display = ("at", "author_name", "text", "plan")
    list_select_related = ("plan", "author_name")
    search_fields = ("text", "author_name__text")
