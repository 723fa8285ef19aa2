"""Indicators, their figures and their targets."""

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter

from toimenpiteet.admin.keeping import KeptAdmin, KeptInline
from toimenpiteet.languages import columns_for
from toimenpiteet.models import Indicator, IndicatorTarget, IndicatorValue


class ValueInline(KeptInline):
    """The indicator's figures."""

    model = IndicatorValue


class TargetInline(KeptInline):
    """The indicator's targets."""

    model = IndicatorTarget
    fk_name = "indicator"


@admin.register(Indicator)
class IndicatorAdmin(KeptAdmin):
    """Indicators."""

    list_display = ("name", "perspective", "unit_of_measure", "theme", "goal", "strategy")
    list_filter = ("perspective", ("strategy", RelatedOnlyFieldListFilter))
    list_select_related = ("theme", "goal", "strategy")
    search_fields = (*columns_for("name"), "key")
    inlines = (ValueInline, TargetInline)
    fixed = ("strategy",)


class OfIndicatorAdmin(KeptAdmin):
    """What stays with its indicator."""

    list_select_related = ("indicator",)
    search_fields = (*columns_for("indicator__name"), "key")
    fixed = ("indicator",)


@admin.register(IndicatorValue)
class IndicatorValueAdmin(OfIndicatorAdmin):
    """Figures."""

    list_display = ("indicator", "year", "position", "kind", "value", "no_data")
    list_filter = ("kind",)


@admin.register(IndicatorTarget)
class IndicatorTargetAdmin(OfIndicatorAdmin):
    """Targets."""

    list_display = ("indicator", "operator", "value", "by_year", "standing")
    list_filter = ("operator", "standing")
