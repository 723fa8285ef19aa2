"""Debts and rows about single plans, which several kinds owe: who is told of a plan, and how a mail says it."""

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from django.conf import settings

from notifications.kinds.base import Debt, Row
from notifications.recipients import Told, Why
from notifications.words import plain
from toimenpiteet.selectors.plan.open_plans import asked_units_of
from toimenpiteet.selectors.plan.view import ROW, PlanView
from toimenpiteet.services.text import one_line

if TYPE_CHECKING:
    from notifications.situation import Situation

OWN = frozenset({Why.MANAGER, Why.SUBSTITUTE, Why.MAILBOX})
"""Those who are told of what is no duty: nobody gets such a mail instead of another."""


def told_of_plans(
    situation: "Situation", plans: Collection[int], whys: Collection[Why] = frozenset(Why)
) -> Mapping[int, list[Told]]:
    """Return who is told of each of `plans`, each receiver once; one query, and the directory's."""
    found: dict[int, dict[str, Told]] = {}
    for plan, unit in asked_units_of(plans) if plans else ():
        for told in situation.directory.told(unit):
            if told.why in whys:
                found.setdefault(plan, {}).setdefault(told.receiver.key, told)
    return {plan: list(told.values()) for plan, told in found.items()}


def views_by_key(debts: Iterable[Debt], situation: "Situation", limit: int) -> dict[int, PlanView]:
    """Return the plans of the first `limit` debts in words."""
    keys = list(dict.fromkeys(debt.plan_id for debt in debts if debt.plan_id))[:limit]
    return {view.pk: view for view in situation.views(keys, ROW)}


def row_of(view: PlanView, note: str = "", *, words: str = "", late: bool = False) -> Row:
    """Return a line about a plan, which leads to its item."""
    return Row(
        title=plain(view.item_name),
        url=f"{settings.PUBLIC_URL}/toimenpiteet/{view.item_id}/",
        note=one_line(" · ".join(part for part in (view.period_name.text, str(view.status_label)) if part)),
        when=note,
        late=late,
        words=one_line(words),
    )
