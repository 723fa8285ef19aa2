"""The derived moment of a plan's last sign, where it cannot just go on; selectors.signs has the rule."""

from django.db.models import QuerySet

from toimenpiteet.models import PeriodPlan
from toimenpiteet.selectors.signs import last_signs


def refresh(plan: PeriodPlan) -> None:
    """Write what the record says, as after a sign was taken back; neither history nor version moves."""
    plan.last_sign_at = max((at for _, at in last_signs(plan.pk)), default=None)
    QuerySet(PeriodPlan).filter(pk=plan.pk).update(last_sign_at=plan.last_sign_at)
