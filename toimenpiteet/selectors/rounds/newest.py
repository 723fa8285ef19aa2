"""What was said of plans in the newest round that asks of them, for lists, the page of an item, and the API."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Value

from toimenpiteet import access, labels
from toimenpiteet.access import Scope
from toimenpiteet.answers import Said
from toimenpiteet.models import AnswerDraft, StatusReport
from toimenpiteet.round_moves import ANSWERABLE
from toimenpiteet.selectors.plan.view import PlanView
from toimenpiteet.selectors.rounds.answers import Words, state_of, words_of
from toimenpiteet.selectors.rounds.listing import in_states
from toimenpiteet.workflow import Role


@dataclass(frozen=True)
class NewestAnswer:
    """How a plan stands in the newest round that is open or in review; `light` is empty where nothing was said.

    `answers_for` tells that the person answers for the plan.
    """

    round_id: int
    round_name: str
    state: str
    state_label: str
    light: str
    words: Words
    review_text: str
    answers_for: bool


def with_answers(scope: Scope, plans: Sequence[PlanView], *, past: bool = False) -> list[PlanView]:
    """Return `plans`, read with their units, each with what was said of it as the person may know it.

    Nothing to the public. On a `past` day, of which drafts are no record, a draft is silence, and nobody answers any
    more. One query, none without plans.
    """
    if scope.anonymous or not plans:
        return list(plans)
    # Whose draft it is for is asked of the units that are read already: access.drafts would read the tree for it.
    drafts = AnswerDraft.objects.filter(round=OuterRef("round"), plan=OuterRef("plan"))
    drafted = Value(value=False) if past else Exists(drafts)
    rows = _newest(scope).filter(plan__in=[plan.pk for plan in plans]).annotate(drafted=drafted)
    found = {row.plan_id: row for row in rows.select_related("round")}
    return [
        replace(plan, answer=_answer(found[plan.pk], answers_for=not past and _answers_for(scope, plan)))
        if plan.pk in found
        else plan
        for plan in plans
    ]


def _answers_for(scope: Scope, plan: PlanView) -> bool:
    units = frozenset(unit.pk for unit in plan.units)
    return any(scope.reaches(role, units) for role in (Role.MANAGER, Role.CONTRIBUTOR))


def answered(scope: Scope, states: Collection[str] = (), lights: Iterable[str] = ()) -> "QuerySet[StatusReport]":
    """Return the newest answers that stand in one of `states` and say one of `lights`; without either, all."""
    rows = in_states(_newest(scope), states, scope)
    return rows.exclude(said=Said.NOTHING).filter(light__in=list(lights)) if lights else rows


def _newest(scope: Scope) -> "QuerySet[StatusReport]":
    asking = [status.value for status in sorted(ANSWERABLE)]
    newer = StatusReport.objects.filter(
        plan=OuterRef("plan"), round__status__in=asking, round__due_on__gt=OuterRef("round__due_on")
    )
    return access.visible(scope, StatusReport).filter(~Exists(newer), round__status__in=asking).order_by("pk")


def _answer(row: Any, *, answers_for: bool) -> NewestAnswer:
    state = state_of(row, drafted=row.drafted and answers_for)
    return NewestAnswer(
        round_id=row.round_id,
        round_name=row.round.occasion,
        state=state,
        state_label=str(labels.ANSWER_STATE[state]),
        light="" if row.said == Said.NOTHING else row.light,
        words=words_of(row),
        review_text=row.review_text,
        answers_for=answers_for,
    )
