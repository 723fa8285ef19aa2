"""What the director says of goals in a round, and the decisions and recommendations that are followed up."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from toimenpiteet import labels
from toimenpiteet.answers import Outcome
from toimenpiteet.models.audit import Audited
from toimenpiteet.models.people import Sourced, Unit
from toimenpiteet.models.reporting import ReportingRound, Unassessed, reasoned
from toimenpiteet.models.strategy import Goal, Strategy
from toimenpiteet.round_days import RoundKind


class GoalAssessment(Audited, Unassessed):
    """What becomes of a goal, by the director: a forecast in the round of the budget, else the result of the year.

    `grounds` say why. The evidence stands beside it, by round and goal (``Evidence``).
    """

    # The constraint below begins with the round, which needs no index of its own.
    round = models.ForeignKey(
        ReportingRound,
        verbose_name=_("reporting round"),
        on_delete=models.PROTECT,
        related_name="assessments",
        db_index=False,
    )
    goal = models.ForeignKey(Goal, verbose_name=_("goal"), on_delete=models.PROTECT, related_name="assessments")
    outcome = models.CharField(
        pgettext_lazy("of a goal", "outcome"),
        max_length=20,
        choices=labels.choices(labels.OUTCOME[RoundKind.ANNUAL_REPORT]),
    )
    grounds = models.TextField(_("grounds"))

    class Meta:
        verbose_name = _("assessment of a goal")
        verbose_name_plural = _("assessments of goals")
        ordering = ("round", "goal")
        constraints = [
            models.UniqueConstraint(fields=("round", "goal"), name="goal_assessment_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=[outcome.value for outcome in Outcome]) & ~Q(grounds=""),
                name="goal_assessment_whole",
            ),
            models.CheckConstraint(
                condition=reasoned(Q(outcome=Outcome.NOT_ASSESSED.value)), name="goal_assessment_unknown_reasoned"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.goal_id} {self.outcome}"


class DecisionKind(models.TextChoices):
    """What is followed up."""

    DECISION = "decision", pgettext_lazy("followed up", "decision")
    RECOMMENDATION = "recommendation", pgettext_lazy("followed up", "auditors' recommendation")


class FollowedDecision(Audited, Sourced):
    """A body's earlier decision, or a recommendation of the auditors, whose carrying out a strategy's report follows.

    What is `done` says since when, and in `outcome` what became of it; what is open may say so far.
    """

    strategy = models.ForeignKey(
        Strategy, verbose_name=_("strategy"), on_delete=models.PROTECT, related_name="followed_decisions"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=DecisionKind.choices, default=DecisionKind.DECISION)
    name = models.CharField(pgettext_lazy("followed up", "what was decided or recommended"), max_length=300)
    body = models.CharField(_("body"), max_length=200)
    decided_on = models.DateField(_("day of the decision"))
    section = models.CharField(_("section (§)"), max_length=20, blank=True)
    register_number = models.CharField(_("register number"), max_length=60, blank=True)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, verbose_name=_("responsible unit"), on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.TextField(pgettext_lazy("followed up", "what has been done"), blank=True)
    done_on = models.DateField(pgettext_lazy("followed up", "done on"), null=True, blank=True)

    class Meta:
        verbose_name = _("followed decision")
        verbose_name_plural = _("followed decisions")
        ordering = ("decided_on", "order", "pk")
        constraints = [
            models.UniqueConstraint(fields=("strategy", "key"), name="followed_decision_key"),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | Q(done_on__gte=models.F("decided_on")),
                name="followed_decision_days",
            ),
        ]

    def __str__(self) -> str:
        return self.name
