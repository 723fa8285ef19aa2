"""Signs of life of a plan: what its managers, contributors and their links did (docs/domain.md, "Reporting rounds").

Moves, ticked steps, comments, edits and answers; not loads, not the director's acts, not what was taken back. In which
role a thing was done is told by those who let it be done, and stands in its history row.
"""

from typing import Any

from django.apps import apps
from django.db.models import Exists, F, Max, OuterRef, QuerySet

from toimenpiteet.models import Audited, PeriodPlan, Stamp, StatusChange
from toimenpiteet.workflow import RESPONSIBLE

# In a history row's `acted_as`.
SIGNS = [role.value for role in RESPONSIBLE]


def is_sign(stamp: Stamp) -> bool:
    """Tell whether a change with this stamp is a sign of the plan that it touches."""
    return stamp.acted_as in SIGNS


def plan_column(model: type[Audited]) -> str:
    """Return the column that leads from `model` to the plan it is or belongs to, or "" where none does."""
    if model is PeriodPlan:
        return "id"
    return "plan_id" if any(field.attname == "plan_id" for field in model._meta.concrete_fields) else ""


def last_signs(plan: int | None = None) -> "QuerySet[Any, tuple[Any, ...]]":
    """Return (plan, when) of the last sign in each table that belongs to plans, by plan: what the record says."""
    tables = [model for model in apps.get_models() if issubclass(model, Audited) and plan_column(model)]
    first, *rest = (_last(model, plan) for model in tables)
    return first.union(*rest, all=True).order_by("of_plan")


def _last(model: type[Audited], plan: int | None) -> "QuerySet[Any, tuple[Any, ...]]":
    signs = model.history.filter(acted_as__in=SIGNS, **{f"{plan_column(model)}__isnull": False}).order_by()
    if model is PeriodPlan:
        undone = StatusChange.objects.filter(plan=OuterRef("id"), undone_by__isnull=False)
        signs = signs.filter(~Exists(undone.filter(plan_version=OuterRef("version"))))
    if plan is not None:
        signs = signs.filter(**{plan_column(model): plan})
    plans = signs.values(of_plan=F(plan_column(model)))
    last: QuerySet[Any, tuple[Any, ...]] = plans.annotate(last=Max("history_date")).values_list("of_plan", "last")
    return last
