"""A strategy and its parts, down to the goals."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter

from toimenpiteet.admin.keeping import KeptAdmin, KeptInline, LinkAdmin
from toimenpiteet.languages import columns_for
from toimenpiteet.models import (
    CalendarEntry,
    CoreValue,
    FollowUp,
    Goal,
    PlanPeriod,
    ProcessEvent,
    Programme,
    ProgrammeStrategy,
    ProgrammeTheme,
    Strategy,
    StrategyPart,
    SuccessFactor,
    Theme,
)

_NAMES = (*columns_for("name"), "key")


class PeriodInline(KeptInline):
    """The strategy's plan periods."""

    model = PlanPeriod


class CalendarInline(KeptInline):
    """The rules of the days of the strategy's rounds."""

    model = CalendarEntry


@admin.register(Strategy)
class StrategyAdmin(KeptAdmin):
    """Strategies."""

    list_display = ("name", "municipality", "start_year", "end_year", "status", "published")
    list_filter = ("status", "published")
    list_select_related = ("municipality",)
    search_fields = _NAMES
    inlines = (PeriodInline, CalendarInline)
    fixed = ("municipality",)


class OfStrategyAdmin(KeptAdmin):
    """A part that stays with its strategy."""

    list_display: Any = ("__str__", "strategy", "order")
    list_filter: ClassVar[Any] = (("strategy", RelatedOnlyFieldListFilter),)
    list_select_related: ClassVar[Any] = ("strategy",)
    search_fields: ClassVar[Any] = _NAMES
    fixed = ("strategy",)


admin.site.register((StrategyPart, CoreValue, ProcessEvent), OfStrategyAdmin)


@admin.register(FollowUp)
class FollowUpAdmin(OfStrategyAdmin):
    """The rhythm of the follow-up."""

    search_fields = (*columns_for("text"), "key")


@admin.register(PlanPeriod)
class PlanPeriodAdmin(OfStrategyAdmin):
    """Plan periods; the plans' deadlines follow their years."""

    list_display = ("name", "strategy", "start_year", "end_year")


@admin.register(CalendarEntry)
class CalendarEntryAdmin(OfStrategyAdmin):
    """Rules of days; rounds that are made already stay as they are."""

    list_display = ("kind", "which", "rule", "strategy", "body")
    search_fields = (*columns_for("body"), *columns_for("strategy__name"))


class FactorInline(KeptInline):
    """The theme's critical success factors."""

    model = SuccessFactor


@admin.register(Theme)
class ThemeAdmin(OfStrategyAdmin):
    """The strategy's tree."""

    list_display = ("name", "kind", "number", "parent", "strategy", "order")
    list_select_related = ("strategy", "parent")
    inlines = (FactorInline,)


@admin.register(SuccessFactor)
class SuccessFactorAdmin(KeptAdmin):
    """Critical success factors."""

    list_display = ("name", "number", "theme")
    list_select_related = ("theme",)
    search_fields = _NAMES
    fixed = ("theme",)


@admin.register(Goal)
class GoalAdmin(KeptAdmin):
    """Goals; one moves to another theme of its strategy only."""

    list_display = ("name", "number", "theme", "owner", "strategy")
    list_filter = (("strategy", RelatedOnlyFieldListFilter),)
    list_select_related = ("theme", "owner", "strategy")
    search_fields = _NAMES


class ProgrammeStrategyInline(KeptInline):
    """The strategies that the programme carries out."""

    model = ProgrammeStrategy


class ProgrammeThemeInline(KeptInline):
    """The themes that the programme serves."""

    model = ProgrammeTheme


@admin.register(Programme)
class ProgrammeAdmin(KeptAdmin):
    """Programmes."""

    list_display = ("name", "municipality", "start_year", "end_year", "status")
    list_filter = ("status",)
    list_select_related = ("municipality",)
    search_fields = _NAMES
    inlines = (ProgrammeStrategyInline, ProgrammeThemeInline)
    fixed = ("municipality",)


@admin.register(ProgrammeStrategy)
class ProgrammeStrategyAdmin(LinkAdmin):
    """Which programme carries out which strategy."""

    list_display = ("programme", "strategy")
    list_select_related = ("programme", "strategy")
    search_fields = (*columns_for("programme__name"), *columns_for("strategy__name"))
    fixed = ("programme", "strategy")


@admin.register(ProgrammeTheme)
class ProgrammeThemeAdmin(LinkAdmin):
    """Which programme serves which theme."""

    list_display = ("programme", "theme")
    list_select_related = ("programme", "theme")
    search_fields = (*columns_for("programme__name"), *columns_for("theme__name"))
    fixed = ("programme", "theme")
