"""The report of a locked round: what came beside its snapshot, version by version, and the files made of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from toimenpiteet.models.audit import Audited
from toimenpiteet.models.files import StoredFile
from toimenpiteet.models.reporting import ReportingRound

_NO_DECISION = Q(body="", decided_on__isnull=True, section="")
_SECRET = ~Q(secrecy_ground="") & Q(secrecy_years__isnull=False)
_DECIDED = ~Q(body="") & Q(decided_on__isnull=False)


class Attachment(models.TextChoices):
    """As what a report stands beside the matter on a body's agenda."""

    ANNEX = "annex", pgettext_lazy("report", "annex")
    BACKGROUND = "background", pgettext_lazy("report", "background material")


class Publicity(models.TextChoices):
    """The publicity class of a report in the city's case management; it hides nothing here."""

    PUBLIC = "public", pgettext_lazy("publicity", "public")
    PARTLY = "partly", pgettext_lazy("publicity", "partly secret")
    SECRET = "secret", pgettext_lazy("publicity", "secret")


class ReportVersion(Audited):
    """A version of a round's report: the first is the snapshot alone, a later one what the case management gave after.

    Each says all that holds of it: the register number, as what it stands on the agenda, which body decided on which
    day in which section (§); and what the case management asks of a document: the matter, the publicity class with the
    ground and years of secrecy, and whether there are personal data in it. It is written once, `at` the time when it
    was given; the history says by whom and why.
    """

    round = models.ForeignKey(
        ReportingRound, verbose_name=_("reporting round"), on_delete=models.PROTECT, related_name="report_versions"
    )
    number = models.PositiveSmallIntegerField(pgettext_lazy("report", "version"), default=1)
    at = models.DateTimeField(_("time"))
    register_number = models.CharField(_("register number"), max_length=60, blank=True)
    attachment = models.CharField(
        pgettext_lazy("report", "on the agenda"), max_length=20, choices=Attachment.choices, default=Attachment.ANNEX
    )
    body = models.CharField(_("decided by"), max_length=200, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    section = models.CharField(_("section (§)"), max_length=20, blank=True)

    matter = models.CharField(pgettext_lazy("report", "matter"), max_length=200, blank=True)
    publicity = models.CharField(
        _("publicity class"), max_length=20, choices=Publicity.choices, default=Publicity.PUBLIC
    )
    secrecy_ground = models.CharField(_("ground of secrecy"), max_length=200, blank=True)
    secrecy_years = models.PositiveSmallIntegerField(_("length of secrecy, years"), null=True, blank=True)
    personal_data = models.BooleanField(_("contains personal data"), default=False)

    class Meta:
        verbose_name = _("version of a report")
        verbose_name_plural = _("versions of reports")
        ordering = ("round", "number")
        constraints = [
            models.UniqueConstraint(fields=("round", "number"), name="report_version_once"),
            models.CheckConstraint(condition=_NO_DECISION | _DECIDED, name="report_version_decision_whole"),
            models.CheckConstraint(
                condition=(
                    Q(number=1, register_number="", attachment=Attachment.ANNEX)
                    & Q(matter="", publicity=Publicity.PUBLIC, personal_data=False)
                    & _NO_DECISION
                )
                | Q(number__gt=1),
                name="report_version_first_is_bare",
            ),
            models.CheckConstraint(
                condition=Q(attachment__in=Attachment.values), name="report_version_attachment_is_one"
            ),
            models.CheckConstraint(
                condition=Q(publicity=Publicity.PUBLIC, secrecy_ground="", secrecy_years__isnull=True)
                | (Q(publicity__in=[Publicity.PARTLY, Publicity.SECRET]) & _SECRET),
                name="report_version_secrecy_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.number}"


class ReportFile(Audited):
    """A file made of a version of a report, once. `form` is its language and format, one of exchange.report.files."""

    report = models.ForeignKey(
        ReportVersion, verbose_name=_("version of a report"), on_delete=models.PROTECT, related_name="files"
    )
    form = models.CharField(pgettext_lazy("report", "language and format"), max_length=20)
    file = models.OneToOneField(
        StoredFile, verbose_name=_("file"), on_delete=models.PROTECT, related_name="report_file"
    )

    class Meta:
        verbose_name = _("file of a report")
        verbose_name_plural = _("files of reports")
        ordering = ("report", "pk")
        constraints = [
            models.UniqueConstraint(fields=("report", "form"), name="report_file_once"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id}: {self.form}"
