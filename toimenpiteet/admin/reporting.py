"""Rounds and answers: shown here, moved and given on the pages of the work."""

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter

from toimenpiteet.admin.keeping import ShownAdmin
from toimenpiteet.languages import columns_for
from toimenpiteet.models import Nudge, ReportingRound, RoundDay, StatusReport, StoredFile, Told


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


@admin.register(Told)
class ToldAdmin(ShownAdmin):
    """What was told to whom."""

    list_display = ("kind", "person", "unit", "round", "at", "outcome")
    list_filter = ("outcome",)
    list_select_related = ("person", "unit", "round")
    search_fields = ("kind",)


@admin.register(Nudge)
class NudgeAdmin(ShownAdmin):
    """Reminders that somebody asked for."""

    list_display = ("round", "plan", "unit", "asked_by", "at")
    list_select_related = ("round", "plan", "unit", "asked_by")
    search_fields = ("text",)


@admin.register(StoredFile)
class StoredFileAdmin(ShownAdmin):
    """Files: what they are, not their bytes."""

    list_display = ("name", "municipality", "plan", "round", "size")
    list_select_related = ("municipality", "plan", "round")
    search_fields = ("name",)


@admin.register(StatusReport)
class StatusReportAdmin(ShownAdmin):
    """Answers in rounds."""

    list_display = ("plan", "round", "said", "review", "light", "answered_at")
    list_filter = ("said", "review", "light")
    list_select_related = ("plan", "round")
    search_fields = (*columns_for("plan__item__name"), "text")
