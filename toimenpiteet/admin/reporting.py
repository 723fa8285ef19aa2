"""Rounds and answers: shown here, moved and given on the pages of the work."""

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter

from toimenpiteet.admin.keeping import ShownAdmin
from toimenpiteet.languages import columns_for
from toimenpiteet.models import ReportingRound, RoundDay, StatusReport


@admin.register(ReportingRound)
class ReportingRoundAdmin(ShownAdmin):
    """Reporting rounds."""

    list_display = ("kind", "year", "strategy", "opens_on", "decided_on", "due_on", "status")
    list_filter = ("status", ("strategy", RelatedOnlyFieldListFilter))
    list_select_related = ("strategy",)
    search_fields = (*columns_for("strategy__name"), "year")


@admin.register(RoundDay)
class RoundDayAdmin(ShownAdmin):
    """The days of rounds."""

    list_display = ("round", "which", "rule", "computed_on", "decided_on", "holds_on")
    list_filter = ("which",)
    list_select_related = ("round",)
    search_fields = columns_for("round__strategy__name")


@admin.register(StatusReport)
class StatusReportAdmin(ShownAdmin):
    """Answers in rounds."""

    list_display = ("plan", "round", "said", "review", "light", "answered_at")
    list_filter = ("said", "review", "light")
    list_select_related = ("plan", "round")
    search_fields = (*columns_for("plan__item__name"), "text")
