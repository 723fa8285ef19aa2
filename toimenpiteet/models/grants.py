"""Rights that come not through one's own role: somebody stands in, answers in another's place, or after a lock."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from toimenpiteet.models.actions import PeriodPlan
from toimenpiteet.models.audit import Audited
from toimenpiteet.models.people import Dated, Municipality, User


class GrantKind(models.TextChoices):
    """What a grant gives, and why: all rights of another person, or answering for named plans."""

    SUBSTITUTION = "substitution", pgettext_lazy("grant", "stands in")
    EXCEPTION = "exception", pgettext_lazy("grant", "may answer after the lock")
    FORWARDED = "forwarded", pgettext_lazy("grant", "answers a mail that was handed on")


class Grant(Audited, Dated):
    """One right that was given (docs/domain.md, "Who may do what"); access.grants says when it holds.

    It holds from a day to a day, both included (Europe/Helsinki); what is for answering is for one `round`, and ends
    at a moment of its last day. What it gives besides its kind and its plans is what `on_behalf_of` may do themselves
    then.
    """

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=20, choices=GrantKind.choices)
    holder = models.ForeignKey(User, verbose_name=_("stands in"), on_delete=models.PROTECT, related_name="grants_held")
    on_behalf_of = models.ForeignKey(
        User,
        null=True,
        blank=True,
        verbose_name=_("absent"),
        on_delete=models.PROTECT,
        related_name="grants_lent",
    )
    round = models.ForeignKey(
        "toimenpiteet.ReportingRound",
        null=True,
        blank=True,
        verbose_name=_("reporting round"),
        on_delete=models.PROTECT,
        related_name="grants",
    )
    until_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    why = models.TextField(_("why"))
    given_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("given by")
    )

    class Meta:
        verbose_name = _("substitution")
        verbose_name_plural = _("substitutions")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="substitution", on_behalf_of__isnull=False, until_at__isnull=True, round__isnull=True)
                | Q(kind="exception", on_behalf_of__isnull=True, until_at__isnull=False)
                | Q(kind="forwarded", on_behalf_of__isnull=False, until_at__isnull=False),
                name="grant_kind_says_for_whom",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of__isnull=True) | ~Q(on_behalf_of=F("holder")), name="grant_to_another"
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_from__lte=F("valid_until")),
                name="grant_validity",
            ),
            models.CheckConstraint(condition=~Q(why=""), name="grant_says_why"),
        ]

    def __str__(self) -> str:
        return str(self.holder)


class GrantPlan(Audited):
    """A plan for which a grant lets somebody answer."""

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="plans")
    plan = models.ForeignKey(PeriodPlan, on_delete=models.PROTECT, related_name="grants")

    class Meta:
        verbose_name = _("plan of a grant")
        verbose_name_plural = _("plans of grants")
        constraints = [models.UniqueConstraint(fields=("grant", "plan"), name="grant_plan_once")]

    def __str__(self) -> str:
        return f"{self.grant_id}: {self.plan_id}"
