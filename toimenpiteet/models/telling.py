"""What was told to whom, and who asked whom to be reminded."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from toimenpiteet.models.actions import PeriodPlan
from toimenpiteet.models.audit import Audited
from toimenpiteet.models.names import AppendOnlyQuerySet
from toimenpiteet.models.people import Municipality, Unit, User
from toimenpiteet.models.reporting import ReportingRound


class Told(models.Model):
    """One thing that somebody was told of, or could not be: never changed afterwards (the database refuses it too).

    `person` was told what concerns `unit`; without a person the unit's own mailbox was. `kind` is that of the mail.
    """

    class Outcome(models.TextChoices):
        """How it went."""

        SENT = "sent", pgettext_lazy("told", "sent")
        FAILED = "failed", pgettext_lazy("told", "did not arrive")

    municipality = models.ForeignKey(
        Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="+"
    )
    # No constraint: removing an account must not rewrite what was told.
    person = models.ForeignKey(
        User,
        null=True,
        verbose_name=pgettext_lazy("told", "person"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    unit = models.ForeignKey(
        Unit, null=True, verbose_name=_("responsible unit"), on_delete=models.PROTECT, related_name="told"
    )
    plan = models.ForeignKey(
        PeriodPlan, null=True, verbose_name=_("action plan"), on_delete=models.PROTECT, related_name="told"
    )
    round = models.ForeignKey(
        ReportingRound, null=True, verbose_name=_("reporting round"), on_delete=models.PROTECT, related_name="told"
    )
    kind = models.CharField(_("kind"), max_length=30)
    at = models.DateTimeField(_("time"))
    outcome = models.CharField(_("how it went"), max_length=10, choices=Outcome.choices)

    objects = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        verbose_name = _("what was told")
        verbose_name_plural = _("what was told")
        ordering = ("-at", "-pk")
        constraints = [
            models.CheckConstraint(condition=Q(person__isnull=False) | Q(unit__isnull=False), name="told_to_somebody"),
            models.CheckConstraint(condition=Q(plan__isnull=False) | Q(round__isnull=False), name="told_of_something"),
            models.CheckConstraint(condition=Q(outcome__in=["sent", "failed"]), name="told_outcome_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.outcome}"


class Nudge(Audited):
    """Somebody asks that a plan or a unit be reminded in a round (muistuta); the mails read it.

    `asked` is the person it is meant for, None for whoever is responsible.
    """

    round = models.ForeignKey(
        ReportingRound, verbose_name=_("reporting round"), on_delete=models.PROTECT, related_name="nudges"
    )
    plan = models.ForeignKey(
        PeriodPlan,
        null=True,
        blank=True,
        verbose_name=_("action plan"),
        on_delete=models.PROTECT,
        related_name="nudges",
    )
    unit = models.ForeignKey(
        Unit, null=True, blank=True, verbose_name=_("responsible unit"), on_delete=models.PROTECT, related_name="nudges"
    )
    asked_by = models.ForeignKey(User, verbose_name=_("asked by"), on_delete=models.PROTECT, related_name="+")
    asked = models.ForeignKey(
        User,
        null=True,
        blank=True,
        verbose_name=pgettext_lazy("nudge", "who is reminded"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("time"))
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = pgettext_lazy("nudge", "reminder that somebody asks for")
        verbose_name_plural = pgettext_lazy("nudge", "reminders that somebody asks for")
        ordering = ("-at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(plan__isnull=False, unit__isnull=True) | Q(plan__isnull=True, unit__isnull=False),
                name="nudge_of_plan_or_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.plan_id or self.unit_id}"
