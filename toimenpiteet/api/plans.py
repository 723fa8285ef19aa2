"""Action items, plans and steps as the API hands them out: the selectors' values under the names of serializers.py."""

from collections.abc import Callable, Iterable

from toimenpiteet.api.fields import Json, date_json, due_json, language_of
from toimenpiteet.selectors.plan.items import ItemView
from toimenpiteet.selectors.plan.parts import MeansView, StepView
from toimenpiteet.selectors.plan.view import Part, PlanView
from toimenpiteet.selectors.rounds.newest import NewestAnswer
from toimenpiteet.selectors.translated import Named

BRIEF = frozenset({Part.UNITS})
FULL = frozenset({Part.LINKS, Part.STEPS, Part.TEXT})


def item_json(item: ItemView, plan_json: Callable[[PlanView], Json]) -> Json:
    """Return an action item (serializers.Item), its plans as `plan_json` shows them."""
    current = item.current
    return {
        **_sourced(item),
        "strategy": item.strategy_id,
        "goal": {**named(item.goal), "number": item.goal_number},
        "name": item.name.text,
        "name_language": language_of(item.name),
        "keywords": item.keywords.text,
        "lead_unit": named(item.lead_unit),
        "lead_stated": item.lead_stated,
        "status": current.status.value if current else None,
        "status_words": current.status_label if current else None,
        "overdue": any(plan.late for plan in item.plans),
        "plans": [plan_json(plan) for plan in item.plans],
        "version": item.version,
    }


def in_brief(plan: PlanView) -> Json:
    """Return what a list of action items shows of a plan that was read with BRIEF (serializers.PlanInItem)."""
    return {"id": plan.pk, **_standing(plan)}


def in_full(plan: PlanView) -> Json:
    """Return everything of a plan that was read with FULL (serializers.Plan)."""
    return {
        **_sourced(plan),
        "item": named(plan.item),
        "text": plan.text.text,
        "text_language": language_of(plan.text),
        **_standing(plan),
        "projects": _all_named(plan.projects),
        "budget_lines": _all_named(plan.budget_lines),
        "steps": [step_json(step) for step in plan.steps],
        "means": [
            {**_sourced(means), "text": means.text.text, "text_language": language_of(means.text)}
            for means in plan.means
        ],
        "continues_in": _all_named(plan.continues_in),
        "answer": _answer(plan.answer) if plan.answer else None,
    }


def _answer(said: NewestAnswer) -> Json:
    return {"round": said.round_id, "state": said.state, "light": said.light or None}


def _standing(plan: PlanView) -> Json:
    start, end = plan.period_years
    name = plan.period_name
    period = {"id": plan.period_id, "name": name.text, "name_language": language_of(name)}
    late = plan.late
    return {
        "period": {**period, "start_year": start, "end_year": end},
        "status": plan.status.value,
        "status_words": plan.status_label,
        "due": due_json(plan.due_on, plan.due_precision),
        "next_deadline_on": plan.deadline_on.isoformat(),
        "overdue": late is not None,
        "late_because": late.because.value if late else None,
        "late_since": late.since.isoformat() if late else None,
        "units": _all_named(plan.units),
        "version": plan.version,
    }


def _sourced(thing: ItemView | PlanView | StepView | MeansView) -> Json:
    return {"id": thing.pk, "key": thing.key, "source": thing.source, "doubt": thing.doubt}


def step_json(step: StepView) -> Json:
    """Return a step (serializers.StepRow)."""
    return {
        **_sourced(step),
        "plan": step.plan_id,
        "text": step.text.text,
        "text_language": language_of(step.text),
        "date": date_json(step.due_on, step.due_precision, step.date_kind),
        "unit": named(step.unit) if step.unit else None,
        "done": step.done,
        "done_on": step.done_day.isoformat() if step.done_day else None,
        "version": step.version,
    }


def _all_named(things: Iterable[Named]) -> list[Json]:
    return [named(thing) for thing in things]


def named(thing: Named) -> Json:
    """Return a thing by its number and name (serializers.Named)."""
    return {"id": thing.pk, "name": thing.name.text, "name_language": language_of(thing.name)}
