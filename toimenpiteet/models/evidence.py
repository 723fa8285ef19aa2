"""Evidence: what is put beside an answer or the assessment of a goal, for one's own people or for everybody."""

from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from toimenpiteet.models.actions import PeriodPlan
from toimenpiteet.models.audit import Audited
from toimenpiteet.models.files import StoredFile
from toimenpiteet.models.reporting import ReportingRound
from toimenpiteet.models.strategy import Goal

_LINK = Q(url__regex="^https?://", file__isnull=True)
_FILE = Q(url="", file__isnull=False)


class Evidence(Audited):
    """A link or a file beside the answer of a plan, or the assessment of a goal, in a round; `name` is its title.

    What is `public` is for everybody once the round is published, all else for people of the municipality.
    """

    # The index below begins with the round, which needs none of its own.
    round = models.ForeignKey(
        ReportingRound,
        verbose_name=_("reporting round"),
        on_delete=models.PROTECT,
        related_name="evidence",
        db_index=False,
    )
    plan = models.ForeignKey(
        PeriodPlan,
        null=True,
        blank=True,
        verbose_name=_("action plan"),
        on_delete=models.PROTECT,
        related_name="evidence",
    )
    goal = models.ForeignKey(
        Goal, null=True, blank=True, verbose_name=_("goal"), on_delete=models.PROTECT, related_name="evidence"
    )
    name = models.CharField(pgettext_lazy("evidence", "title"), max_length=200)
    url = models.CharField(pgettext_lazy("evidence", "address"), max_length=1000, blank=True)
    file = models.OneToOneField(
        StoredFile, null=True, blank=True, verbose_name=_("file"), on_delete=models.PROTECT, related_name="evidence"
    )
    public = models.BooleanField(pgettext_lazy("evidence", "public"), default=False)

    class Meta:
        verbose_name = _("piece of evidence")
        verbose_name_plural = _("evidence")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(condition=_LINK | _FILE, name="evidence_link_or_file"),
            models.CheckConstraint(condition=~Q(name=""), name="evidence_named"),
            models.CheckConstraint(
                condition=Q(plan__isnull=False, goal__isnull=True) | Q(plan__isnull=True, goal__isnull=False),
                name="evidence_of_one",
            ),
        ]
        indexes = [models.Index(fields=("round", "plan"), name="evidence_of_answer")]

    def __str__(self) -> str:
        return self.name

    @property
    def host(self) -> str:
        """Return where a link leads, "" for a file."""
        return urlsplit(self.url).hostname or ""
