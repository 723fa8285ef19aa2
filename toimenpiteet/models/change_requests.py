"""Changes of plans that are proposed by who is responsible and decided by the director, or by a body of the city."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from toimenpiteet import labels
from toimenpiteet.change_requests import DECIDED_VALUES, FIRST, WAITING_VALUES, ChangeKind, ChangeStatus
from toimenpiteet.models.actions import PeriodPlan
from toimenpiteet.models.audit import Audited
from toimenpiteet.models.people import Unit
from toimenpiteet.models.strategy import PRECISIONS

_NEEDS_BODY, _WITHDRAWN = ChangeStatus.NEEDS_BODY.value, ChangeStatus.WITHDRAWN.value
_NO_DAY = Q(due_on__isnull=True, due_precision="")
_NO_BODY = Q(body="", body_on__isnull=True, section="", register_number="")
_IS: dict[ChangeKind, Q] = {
    ChangeKind.DUE: Q(~Q(due_precision=""), due_on__isnull=False, text="", unit__isnull=True),
    ChangeKind.SCOPE: Q(~Q(text=""), _NO_DAY, unit__isnull=True),
    ChangeKind.LEAD: Q(_NO_DAY, text="", unit__isnull=False),
    ChangeKind.ENDING: Q(_NO_DAY, text="", unit__isnull=True),
}


class ChangeRequest(Audited):
    """A change of a plan as proposed, beside what the plan said then (`was_…`), and what was decided of it.

    `text` is in the municipality's own language. `decision` are the words of whoever decides; what a body decided has
    its day, and where known its section and register number. Who proposed and who decided is in the history.
    """

    plan = models.ForeignKey(
        PeriodPlan, verbose_name=_("action plan"), on_delete=models.PROTECT, related_name="change_requests"
    )
    kind = models.CharField(_("what changes"), max_length=20, choices=labels.choices(labels.CHANGE_KIND))
    status = models.CharField(
        _("status"), max_length=20, choices=labels.choices(labels.CHANGE_STATUS), default=FIRST.value
    )
    was_due_on = models.DateField(pgettext_lazy("change", "due so far"), null=True, blank=True)
    was_due_precision = models.CharField(_("precision"), max_length=10, blank=True, choices=PRECISIONS)
    due_on = models.DateField(pgettext_lazy("change", "new due date"), null=True, blank=True)
    due_precision = models.CharField(_("precision"), max_length=10, blank=True, choices=PRECISIONS)
    was_text = models.TextField(pgettext_lazy("change", "text so far"), blank=True)
    text = models.TextField(pgettext_lazy("change", "new text"), blank=True)
    was_unit = models.ForeignKey(
        Unit,
        null=True,
        blank=True,
        verbose_name=pgettext_lazy("change", "lead unit so far"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    unit = models.ForeignKey(
        Unit,
        null=True,
        blank=True,
        verbose_name=pgettext_lazy("change", "new lead unit"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    cause = models.TextField(_("cause"))
    effect = models.TextField(pgettext_lazy("change", "effect"))
    proposed_at = models.DateTimeField(pgettext_lazy("change", "proposed"))
    decided_at = models.DateTimeField(pgettext_lazy("change", "decided"), null=True, blank=True)
    decision = models.TextField(pgettext_lazy("change", "words of the decision"), blank=True)
    body = models.CharField(pgettext_lazy("change", "body that decides"), max_length=200, blank=True)
    body_on = models.DateField(pgettext_lazy("change", "day of the body's decision"), null=True, blank=True)
    section = models.CharField(pgettext_lazy("change", "section (§)"), max_length=20, blank=True)
    register_number = models.CharField(pgettext_lazy("change", "register number"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("change request")
        verbose_name_plural = _("change requests")
        ordering = ("-proposed_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(*(Q(condition, kind=kind.value) for kind, condition in _IS.items()), _connector=Q.OR),
                name="change_request_says_what",
            ),
            models.CheckConstraint(
                condition=Q(was_due_on__isnull=True, was_due_precision="")
                | (Q(was_due_on__isnull=False) & ~Q(was_due_precision="")),
                name="change_request_was_due",
            ),
            models.CheckConstraint(condition=~Q(cause="") & ~Q(effect=""), name="change_request_explained"),
            models.CheckConstraint(
                condition=Q(status__in=WAITING_VALUES, decided_at__isnull=True)
                | Q(status__in=[*DECIDED_VALUES, _WITHDRAWN], decided_at__isnull=False),
                name="change_request_decided",
            ),
            # A body's decision has its day; whoever has not decided, has none.
            models.CheckConstraint(
                condition=Q(_NO_BODY, ~Q(status=_NEEDS_BODY))
                | Q(~Q(body=""), status=_NEEDS_BODY, body_on__isnull=True, section="", register_number="")
                | Q(~Q(body=""), status__in=DECIDED_VALUES, body_on__isnull=False),
                name="change_request_body",
            ),
            models.CheckConstraint(
                condition=~Q(status=ChangeStatus.DECLINED.value) | ~Q(decision=""), name="change_request_declined_why"
            ),
            models.UniqueConstraint(
                fields=("plan", "kind"), condition=Q(status__in=WAITING_VALUES), name="change_request_waits_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.kind}"
