"""Files: evidence and reports. Their bytes are in the database, so that backup, replicas and snapshot are true."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from toimenpiteet.models.actions import PeriodPlan
from toimenpiteet.models.audit import Audited
from toimenpiteet.models.names import AppendOnlyQuerySet
from toimenpiteet.models.people import Municipality
from toimenpiteet.models.reporting import ReportingRound

LARGEST = 10 * 1024 * 1024
"""Bytes of the largest file that is kept."""


class StoredFile(Audited):
    """A file of a municipality, its logo or one of a plan or round of its: what it is, not its bytes."""

    municipality = models.ForeignKey(
        Municipality, verbose_name=_("municipality"), on_delete=models.PROTECT, related_name="files"
    )
    plan = models.ForeignKey(
        PeriodPlan, null=True, blank=True, verbose_name=_("action plan"), on_delete=models.PROTECT, related_name="files"
    )
    round = models.ForeignKey(
        ReportingRound,
        null=True,
        blank=True,
        verbose_name=_("reporting round"),
        on_delete=models.PROTECT,
        related_name="files",
    )
    name = models.CharField(pgettext_lazy("file", "name"), max_length=200)
    content_type = models.CharField(pgettext_lazy("file", "type"), max_length=100)
    size = models.PositiveIntegerField(pgettext_lazy("file", "size"))
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(condition=Q(size__gte=1, size__lte=LARGEST), name="stored_file_size"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="stored_file_sha256"),
        ]

    def __str__(self) -> str:
        return self.name


class FileBytes(models.Model):
    """The bytes of a file, written once with it (the database refuses to change or remove them)."""

    file = models.OneToOneField(StoredFile, primary_key=True, on_delete=models.PROTECT, related_name="bytes")
    data = models.BinaryField()

    objects = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        verbose_name = _("bytes of a file")
        verbose_name_plural = _("bytes of files")

    def __str__(self) -> str:
        return str(self.file_id)
