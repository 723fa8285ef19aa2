"""Where plans go on that were carried over, when that is not in their own action item alone."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from toimenpiteet.models.actions import ActionItem, PeriodPlan
from toimenpiteet.models.audit import Audited


class PlanSuccessor(Audited):
    """One of the action items in which a plan goes on that was carried over, in the order in which they were named.

    A plan without any goes on in its own item. It goes on in the item's first plan of a later period; `made_plan` is
    that plan where the carrying over made it. The rows last as long as the plan is carried over.
    """

    # The constraint below begins with the plan, which needs no index of its own.
    plan = models.ForeignKey(
        PeriodPlan,
        verbose_name=_("action plan"),
        on_delete=models.PROTECT,
        related_name="successors",
        db_index=False,
    )
    item = models.ForeignKey(
        ActionItem, verbose_name=_("action item"), on_delete=models.PROTECT, related_name="continued_plans"
    )
    order = models.PositiveIntegerField(default=0)
    # As StatusChange.made_plan: taking the move back removes that plan, and the record keeps its number.
    made_plan = models.ForeignKey(
        PeriodPlan,
        null=True,
        editable=False,
        verbose_name=_("plan made in a later period"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )

    class Meta:
        verbose_name = _("action item in which a plan goes on")
        verbose_name_plural = _("action items in which plans go on")
        ordering = ("order", "pk")
        constraints = [models.UniqueConstraint(fields=("plan", "item"), name="plan_successor_once")]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.item_id}"
