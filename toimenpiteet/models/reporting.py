"""The reporting calendar of a strategy, its rounds, and the answers given in them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from toimenpiteet import labels
from toimenpiteet.answers import EXPLAINED, Light, Review, Said, Unknown
from toimenpiteet.models.actions import PeriodPlan
from toimenpiteet.models.audit import Audited
from toimenpiteet.models.names import AppendOnlyQuerySet
from toimenpiteet.models.people import User
from toimenpiteet.models.strategy import Strategy

SILENT = Q(said=Said.NOTHING.value) | Q(review=Review.RETURNED.value)
"""Silent in a round: said nothing, or was given the answer back and has not answered since (docs/domain.md)."""


class Unassessed(models.Model):
    """Why a plan or a goal cannot be assessed, and on which day it can, where that is known; else both are empty."""

    unknown_because = models.CharField(
        _("why it cannot be assessed"), max_length=20, blank=True, choices=labels.choices(labels.UNKNOWN)
    )
    known_on = models.DateField(_("when it will be known"), null=True, blank=True)

    class Meta:
        abstract = True


_REASON = Q(unknown_because__in=["", *(reason.value for reason in Unknown)])


def reasoned(unassessed: Q) -> Q:
    """Return that a reason, and the day of knowing, stand only where it is true that something cannot be assessed."""
    return (unassessed & _REASON) | Q(unknown_because="", known_on__isnull=True)


class CalendarEntry(Audited):
    """The rule of one day of a strategy's rounds, in place of the default one (``round_days.DEFAULTS``).

    A kind of round without any entry is not held. `stated` is false where the source names no day; `basis` tells where
    the rule comes from; `body` is whom the round goes to on that day.
    """

    strategy = models.ForeignKey(
        Strategy, verbose_name=_("strategy"), on_delete=models.PROTECT, related_name="calendar"
    )
    kind = models.CharField(_("occasion"), max_length=20, choices=labels.choices(labels.ROUND_KIND))
    which = models.CharField(_("day of the round"), max_length=20, choices=labels.choices(labels.ROUND_DAY))
    rule = models.CharField(_("rule"), max_length=40)
    body = models.CharField(_("goes to"), max_length=200, blank=True)
    stated = models.BooleanField(_("the source states the day"), default=False)
    basis = models.CharField(_("basis"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("rule of a day")
        verbose_name_plural = _("rules of days")
        ordering = ("kind", "pk")
        constraints = [models.UniqueConstraint(fields=("strategy", "kind", "which"), name="calendar_entry_once")]

    def __str__(self) -> str:
        return f"{self.strategy_id}: {self.kind} {self.which}"


class ReportingRound(Audited):
    """A reporting round; it belongs to the year of its status day, also where it is gathered in the next one.

    `opens_on`, `decided_on` and `due_on` repeat its days of opening and of answers, so that a query joins nothing:
    services.rounds keeps them in step with RoundDay, and ``verify_history`` compares.
    """

    class Status(models.TextChoices):
        """How far the round is."""

        PLANNED = "planned", _("planned")
        OPEN = "open", _("open")
        IN_REVIEW = "in_review", _("in review")
        LOCKED = "locked", _("locked")
        PUBLISHED = "published", _("published")

    # Nothing is waited for any more.
    CLOSED: ClassVar = (Status.LOCKED, Status.PUBLISHED)

    strategy = models.ForeignKey(Strategy, verbose_name=_("strategy"), on_delete=models.PROTECT, related_name="rounds")
    kind = models.CharField(_("occasion"), max_length=20, choices=labels.choices(labels.ROUND_KIND))
    year = models.PositiveSmallIntegerField(_("year"))
    body = models.CharField(_("goes to"), max_length=200, blank=True)
    opens_on = models.DateField(_("opens"))
    decided_on = models.DateField(_("answers are due, as decided"))
    due_on = models.DateField(_("answers are due"))
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.PLANNED)

    class Meta:
        verbose_name = _("reporting round")
        verbose_name_plural = _("reporting rounds")
        ordering = ("due_on", "strategy")
        constraints = [
            models.UniqueConstraint(fields=("strategy", "kind", "year"), name="reporting_round_once"),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("due_on")) & Q(decided_on__lte=F("due_on")),
                name="reporting_round_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.strategy_id}: {self.kind} {self.year}"

    @property
    def occasion(self) -> str:
        """Return what people call it, in the active language."""
        return labels.occasion(self.kind, self.year)


class RoundDay(Audited):
    """One day of a round: as its rule gave it, as decided, and as it holds after moving to a working day.

    A day that a person has moved keeps the computed one in sight, and says why.
    """

    round = models.ForeignKey(
        ReportingRound, verbose_name=_("reporting round"), on_delete=models.PROTECT, related_name="days"
    )
    which = models.CharField(_("day of the round"), max_length=20, choices=labels.choices(labels.ROUND_DAY))
    rule = models.CharField(_("rule"), max_length=40)
    computed_on = models.DateField(_("by the rule"))
    decided_on = models.DateField(_("as decided"))
    holds_on = models.DateField(_("holds"))
    reason = models.TextField(_("why it was moved"), blank=True)

    class Meta:
        verbose_name = _("day of a round")
        verbose_name_plural = _("days of rounds")
        ordering = ("round", "holds_on")
        constraints = [
            models.UniqueConstraint(fields=("round", "which"), name="round_day_once"),
            models.CheckConstraint(
                condition=Q(decided_on=F("computed_on")) | ~Q(reason=""), name="round_day_moved_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.which}"


class StatusReport(Audited, Unassessed):
    """A plan's answer in a round: what was said, and what the review made of it."""

    # The constraint below begins with the round, which needs no index of its own.
    round = models.ForeignKey(
        ReportingRound,
        verbose_name=_("reporting round"),
        on_delete=models.PROTECT,
        related_name="reports",
        db_index=False,
    )
    plan = models.ForeignKey(
        PeriodPlan, verbose_name=_("action plan"), on_delete=models.PROTECT, related_name="reports"
    )
    said = models.CharField(_("answer"), max_length=20, choices=labels.choices(labels.SAID), default=Said.NOTHING.value)
    review = models.CharField(
        pgettext_lazy("of an answer", "review"),
        max_length=20,
        choices=labels.choices(labels.REVIEW),
        default=Review.NONE.value,
    )
    light = models.CharField(
        _("light"), max_length=20, choices=labels.choices(labels.LIGHT), default=Light.NOT_ASSESSED.value
    )
    text = models.TextField(_("text"), blank=True)
    cause = models.TextField(_("cause"), blank=True)
    next_step = models.TextField(_("next step"), blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    review_text = models.TextField(_("words of the review"), blank=True)

    class Meta:
        verbose_name = _("status report")
        verbose_name_plural = _("status reports")
        constraints = [
            models.UniqueConstraint(fields=("round", "plan"), name="status_report_once"),
            models.CheckConstraint(
                condition=Q(
                    said__in=[said.value for said in Said],
                    review__in=[review.value for review in Review],
                    light__in=[light.value for light in Light],
                ),
                name="status_report_known",
            ),
            models.CheckConstraint(
                condition=~Q(light__in=sorted(EXPLAINED)) | (~Q(cause="") & ~Q(next_step="")),
                name="status_report_light_explained",
            ),
            models.CheckConstraint(
                condition=reasoned(Q(light=Light.NOT_ASSESSED.value)), name="status_report_unknown_reasoned"
            ),
            # Who has said nothing has no time of answering, and nothing that could be reviewed.
            models.CheckConstraint(
                condition=Q(said=Said.NOTHING.value, answered_at__isnull=True, review=Review.NONE.value)
                | (~Q(said=Said.NOTHING.value) & Q(answered_at__isnull=False)),
                name="status_report_answered",
            ),
        ]
        indexes = [
            models.Index(fields=("plan",), name="status_report_silent", condition=SILENT),
            models.Index(fields=("round", "plan"), name="status_report_silent_in", condition=SILENT),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.plan_id} {self.said}"


class RoundSnapshot(models.Model):
    """All that the report of a locked round says, as its lock found it: written once (the database refuses more).

    `data` is canonical JSON (RFC 8785) of the shape in ``toimenpiteet.snapshots``; the history of the round says who
    locked it and why.
    """

    round = models.OneToOneField(
        ReportingRound,
        primary_key=True,
        verbose_name=_("reporting round"),
        on_delete=models.PROTECT,
        related_name="snapshot",
    )
    at = models.DateTimeField(_("time"))
    sha256 = models.CharField("SHA-256", max_length=64)
    data = models.BinaryField()

    objects = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        verbose_name = _("snapshot of a round")
        verbose_name_plural = _("snapshots of rounds")
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="round_snapshot_sha256")
        ]

    def __str__(self) -> str:
        return str(self.round_id)


class AnswerCorrection(Audited, Unassessed):
    """What is said of a plan after its round was locked, beside the locked answer, which stays: under an exception.

    A later one does not change an earlier one. Its record says who and when; `at` repeats when.
    """

    report = models.ForeignKey(
        StatusReport, verbose_name=_("status report"), on_delete=models.PROTECT, related_name="corrections"
    )
    light = models.CharField(_("light"), max_length=20, choices=labels.choices(labels.LIGHT))
    text = models.TextField(_("text"))
    cause = models.TextField(_("cause"), blank=True)
    next_step = models.TextField(_("next step"), blank=True)
    why = models.TextField(_("reason"))
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("correction of an answer")
        verbose_name_plural = _("corrections of answers")
        ordering = ("at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(light__in=[light.value for light in Light]) & ~Q(text="") & ~Q(why=""),
                name="answer_correction_whole",
            ),
            models.CheckConstraint(
                condition=~Q(light__in=sorted(EXPLAINED)) | (~Q(cause="") & ~Q(next_step="")),
                name="answer_correction_light_explained",
            ),
            models.CheckConstraint(
                condition=reasoned(Q(light=Light.NOT_ASSESSED.value)), name="answer_correction_unknown_reasoned"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id}: {self.light}"


class AnswerDraft(Unassessed):
    """What a person has begun to answer for a plan in a round, and not sent: it counts as silence and is no record.

    Everybody who may answer for the plan may read it. `at` is when it was last kept.
    """

    round = models.ForeignKey(
        ReportingRound, verbose_name=_("reporting round"), on_delete=models.CASCADE, related_name="drafts"
    )
    plan = models.ForeignKey(PeriodPlan, verbose_name=_("action plan"), on_delete=models.CASCADE, related_name="drafts")
    person = models.ForeignKey(User, verbose_name=_("who"), on_delete=models.CASCADE, related_name="+")
    light = models.CharField(_("light"), max_length=20, choices=labels.choices(labels.LIGHT), blank=True)
    text = models.TextField(_("text"), blank=True)
    cause = models.TextField(_("cause"), blank=True)
    next_step = models.TextField(_("next step"), blank=True)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("draft of an answer")
        verbose_name_plural = _("drafts of answers")
        constraints = [models.UniqueConstraint(fields=("round", "plan", "person"), name="answer_draft_once")]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.plan_id} {self.person_id}"
