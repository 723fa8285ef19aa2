"""Names and addresses as they were when something happened: each stands once, and the record points to it."""

from typing import Any, NoReturn

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _


class UnauditedChange(RuntimeError):
    """Raised when a tracked object is changed round the audit: a programming error, never a user's."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """A queryset of rows that are written once."""

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise UnauditedChange(f"{self.model.__name__} rows are never changed afterwards.")

    update = _refuse
    delete = _refuse
    bulk_update = _refuse
    aupdate = _refuse
    adelete = _refuse
    abulk_update = _refuse
    _raw_delete = _refuse


class RecordedName(models.Model):
    """A name or an address as it was when something happened; the record points here and holds neither itself.

    Found, made and replaced by services.people.names alone; the database refuses any other change. One that was
    replaced is never found again, so that whoever acts later is recorded anew.
    """

    class Kind(models.TextChoices):
        """What the text names."""

        PERSON = "person", _("person")
        PROGRAM = "program", _("program")
        ADDRESS = "address", _("address")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    # A plain number, as in the history: an account may go, its name stays.
    person_id = models.BigIntegerField(null=True)
    text = models.CharField(_("name"), max_length=254)
    # When a NameReplacement put this text in the place of another.
    replaced_at = models.DateTimeField(_("replaced"), null=True, editable=False)

    objects = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        verbose_name = _("recorded name")
        verbose_name_plural = _("recorded names")
        constraints = [
            # A null is like no other null, and would so be no name's double.
            models.UniqueConstraint(
                "text",
                "kind",
                Coalesce("person_id", 0),
                condition=models.Q(replaced_at__isnull=True),
                name="recorded_name_once",
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="recorded_name_says_one"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["person", "program", "address"]), name="recorded_name_kind"
            ),
        ]
        indexes = [models.Index(fields=("person_id",), name="recorded_name_person")]

    def __str__(self) -> str:
        return self.text


class NameReplacement(models.Model):
    """That the text of a recorded name was replaced: by whom, when, why; the old text stands nowhere any more."""

    name = models.ForeignKey(RecordedName, on_delete=models.PROTECT, related_name="replacements")
    actor_name = models.ForeignKey(RecordedName, on_delete=models.PROTECT, related_name="+")
    actor_id = models.BigIntegerField(null=True)
    door = models.CharField(max_length=20)
    reason = models.TextField(_("reason"))
    at = models.DateTimeField(_("time"))

    objects = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        verbose_name = _("replaced name")
        verbose_name_plural = _("replaced names")
        constraints = [
            models.UniqueConstraint(fields=("name", "at"), name="name_replacement_once"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="name_replacement_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.name_id}: {self.at}"
