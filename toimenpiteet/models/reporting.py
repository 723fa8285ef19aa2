"""The reporting calendar of a strategy, its rounds, and the answers given in them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from toimenpiteet.models.actions import PeriodPlan
from toimenpiteet.models.audit import Audited
from toimenpiteet.models.strategy import Strategy


class RoundKind(models.TextChoices):
    """The two occasions of a year."""

    ANNUAL_REPORT = "annual_report", _("annual report")
    BUDGET = "budget", _("budget")


class CalendarEntry(Audited):
    """A yearly deadline of a strategy. `stated` is false where the act's day is taken, as `basis` tells."""

    strategy = models.ForeignKey(
        Strategy, verbose_name=_("strategy"), on_delete=models.PROTECT, related_name="calendar"
    )
    kind = models.CharField(_("occasion"), max_length=20, choices=RoundKind.choices)
    month = models.PositiveSmallIntegerField(_("month"))
    day = models.PositiveSmallIntegerField(_("day"))
    body = models.CharField(_("goes to"), max_length=200)
    stated = models.BooleanField(_("the source states the day"), default=False)
    basis = models.CharField(_("basis"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("yearly deadline")
        verbose_name_plural = _("yearly deadlines")
        ordering = ("month", "day")
        constraints = [
            models.UniqueConstraint(fields=("strategy", "kind"), name="calendar_entry_kind"),
            models.CheckConstraint(
                condition=Q(month__gte=1, month__lte=12, day__gte=1, day__lte=31), name="calendar_entry_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.strategy_id}: {self.kind}"


class ReportingRound(Audited):
    """A reporting round; it belongs to `year` even where the moved deadline falls in the next one."""

    class Status(models.TextChoices):
        """How far the round is."""

        PLANNED = "planned", _("planned")
        OPEN = "open", _("open")
        IN_REVIEW = "in_review", _("in review")
        LOCKED = "locked", _("locked")
        PUBLISHED = "published", _("published")

    strategy = models.ForeignKey(Strategy, verbose_name=_("strategy"), on_delete=models.PROTECT, related_name="rounds")
    kind = models.CharField(_("occasion"), max_length=20, choices=RoundKind.choices)
    year = models.PositiveSmallIntegerField(_("year"))
    body = models.CharField(_("goes to"), max_length=200, blank=True)
    opens_on = models.DateField(_("opens"))
    decided_on = models.DateField(_("deadline as decided"))
    due_on = models.DateField(_("deadline as moved"))
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.PLANNED)

    class Meta:
        verbose_name = _("reporting round")
        verbose_name_plural = _("reporting rounds")
        ordering = ("due_on", "strategy")
        constraints = [
            models.UniqueConstraint(fields=("strategy", "kind", "year"), name="reporting_round_once"),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("decided_on")) & Q(decided_on__lte=F("due_on")),
                name="reporting_round_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.strategy_id}: {self.kind} {self.year}"


class StatusReport(Audited):
    """A plan's answer in a round; *silent* is never shown as *unchanged*."""

    class State(models.TextChoices):
        """What has been heard."""

        SILENT = "silent", _("silent")
        UNCHANGED = "unchanged", _("confirmed unchanged")
        UPDATED = "updated", _("updated")
        RETURNED = "returned", _("returned")
        ACCEPTED = "accepted", _("accepted")

    class Light(models.TextChoices):
        """The manager's own light."""

        ON_TRACK = "on_track", _("on track")
        AT_RISK = "at_risk", _("at risk")
        OFF_TRACK = "off_track", _("off track")
        NOT_ASSESSED = "not_assessed", _("not assessed")

    round = models.ForeignKey(
        ReportingRound, verbose_name=_("reporting round"), on_delete=models.PROTECT, related_name="reports"
    )
    plan = models.ForeignKey(
        PeriodPlan, verbose_name=_("action plan"), on_delete=models.PROTECT, related_name="reports"
    )
    state = models.CharField(_("answer"), max_length=20, choices=State.choices, default=State.SILENT)
    light = models.CharField(_("light"), max_length=20, choices=Light.choices, default=Light.NOT_ASSESSED)
    text = models.TextField(_("text"), blank=True)
    cause = models.TextField(_("cause"), blank=True)
    next_step = models.TextField(_("next step"), blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("status report")
        verbose_name_plural = _("status reports")
        constraints = [
            models.UniqueConstraint(fields=("round", "plan"), name="status_report_once"),
            models.CheckConstraint(
                condition=~Q(light__in=["at_risk", "off_track"]) | (~Q(cause="") & ~Q(next_step="")),
                name="status_report_light_explained",
            ),
            models.CheckConstraint(
                condition=Q(state="silent", answered_at__isnull=True)
                | (~Q(state="silent") & Q(answered_at__isnull=False)),
                name="status_report_answered",
            ),
        ]
        indexes = [
            models.Index(fields=("plan",), name="status_report_silent", condition=Q(state="silent")),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.plan_id} {self.state}"
