"""The answers of a round, one by one, as programs read them: which exist for the person, and how each stands."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.answers import Review, Said
from toimenpiteet.models import AnswerCorrection, AnswerDraft, PlanUnit, StatusReport
from toimenpiteet.round_moves import ANSWERABLE
from toimenpiteet.selectors.plan.light import LightView, light_of
from toimenpiteet.selectors.plan.view import ROW, PlanView, views
from toimenpiteet.selectors.rounds.answers import state_of
from toimenpiteet.selectors.rounds.corrections import Correction, corrections_of
from toimenpiteet.selectors.rounds.drafts import drafts_of
from toimenpiteet.selectors.rounds.rounds import find_round
from toimenpiteet.selectors.rounds.snapshots import silent_before


@dataclass(frozen=True)
class AnswerView:
    """An answer, its plan with its units, and the draft that the person may read; `state` as ``state_of`` gives it.

    `since` is what was corrected after the lock, `computed` the light of the facts, which is None from the lock on.
    """

    report: StatusReport
    plan: PlanView
    draft: AnswerDraft | None
    state: str
    since: list[Correction]
    computed: LightView | None


def answers_of(scope: Scope, round_id: int, **only: int) -> "QuerySet[StatusReport]":
    """Return the answers of a round that exist for the person, `only` one by its `plan`; to narrow by: `corrected`.

    Raises Http404 when the round does not exist for the person.
    """
    asked = find_round(scope, round_id)
    rows = access.visible(scope, StatusReport).filter(round=asked, **only)
    corrected = Exists(AnswerCorrection.objects.filter(report=OuterRef("pk")))
    return rows.alias(corrected=corrected).select_related("round").order_by("plan_id")


def answer_of(scope: Scope, round_id: int, plan: int) -> StatusReport:
    """Return the answer of a plan in a round; raises Http404 when it does not exist for the person."""
    return access.get(scope, answers_of(scope, round_id), plan=plan)


def answer_views(rows: "QuerySet[StatusReport]", scope: Scope, today: date) -> list[AnswerView]:
    """Return `rows` of one round, which came out of ``access``, in their order; five queries, one more after a lock."""
    reports = list(rows)
    keys = [row.plan_id for row in reports]
    plans = {view.pk: view for view in views(keys, today, ROW)}
    drafts, since = drafts_of(scope, reports), corrections_of(scope, reports)
    lights = _computed(reports, plans)
    return [
        AnswerView(
            report=row,
            plan=plans[row.plan_id],
            draft=drafts.get(row.plan_id),
            state=state_of(row, drafted=row.plan_id in drafts),
            since=since.get(row.pk, []),
            computed=lights.get(row.pk),
        )
        for row in reports
    ]


def _computed(reports: list[StatusReport], plans: Mapping[int, PlanView]) -> dict[int, LightView]:
    """Return the light of the facts beside each answer of one round, none from its lock on; one query."""
    if not reports or reports[0].round.status not in ANSWERABLE:
        return {}
    before = silent_before(reports[0].round, list(plans))
    return {
        row.pk: light_of(
            plans[row.plan_id], row.light, silent=before[row.plan_id] + 1 if row.said == Said.NOTHING else 0
        )
        for row in reports
    }


def in_states(rows: "QuerySet[StatusReport]", states: Collection[str], scope: Scope) -> "QuerySet[StatusReport]":
    """Return those of `rows` that stand in one of `states`, as ``state_of`` tells it to the person."""
    drafts = access.drafts(scope).filter(round=OuterRef("round"), plan=OuterRef("plan"))
    return rows.filter(reduce(or_, (_stands(state, Exists(drafts)) for state in states), Q())) if states else rows


def _stands(state: str, drafted: Exists) -> Q:
    if state in set(Review):
        return Q(review=state)
    if state in {Said.UNCHANGED, Said.UPDATED}:
        return Q(said=state, review=Review.NONE)
    return Q(drafted if state == "draft" else ~drafted, said=Said.NOTHING, review=Review.NONE)


def with_lights(answers: "QuerySet[Any]", _name: str, lights: Collection[str]) -> "QuerySet[Any]":
    """Return the answers that say one of `lights`; silence says none."""
    return answers.filter(light__in=lights).exclude(said=Said.NOTHING)


def answered_by(rows: "QuerySet[StatusReport]", units: Collection[int]) -> "QuerySet[StatusReport]":
    """Return those of `rows` for whose plans one of `units` is responsible."""
    return rows.filter(plan__in=PlanUnit.objects.filter(unit__in=units).values("plan"))
