"""The steps of a plan: added, reworded, put in order and taken away by those who work on the plan.

Managers and contributors of a responsible unit and the strategy director may; a closed plan keeps its steps. Marking
a step done is services.plans.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from toimenpiteet import access, labels
from toimenpiteet.access import Scope
from toimenpiteet.models import Actor, PeriodPlan, Stamp, Step, Unit
from toimenpiteet.services import plans, record, rules, structure, text
from toimenpiteet.services.errors import Invalid, Stale

TEXT_LIMIT = 5000
"""Characters; a step is one concrete thing."""


@dataclass(frozen=True)
class Wanted:
    """What a step is to say: its texts by column (``languages.columns_for``), when it is due, whose it is.

    `due_on` is the last day (Europe/Helsinki) of what is stated at `due_precision`; both or neither.
    """

    texts: Mapping[str, str]
    due_on: date | None = None
    due_precision: str = ""
    unit_id: int | None = None

    def columns(self) -> dict[str, Any]:
        """Return the values by column, the texts tidied; raises Invalid, naming the field."""
        # A language without a text is empty in the table, as it was before anybody opened a form on it.
        texts = {name: text.clean(value, field=name, limit=TEXT_LIMIT) or None for name, value in self.texts.items()}
        due = {"due_on": self.due_on, "due_precision": self.due_precision}
        return {**texts, **due, "unit_id": self.unit_id}


@transaction.atomic
def add(plan_id: int, wanted: Wanted, *, scope: Scope, actor: Actor, now: datetime, key: str, reason: str = "") -> Step:
    """Add a step after the others. The `key` is the caller's: the same one and text again gives the step of before.

    The same key with another text (a form reached by the back button) makes a step of its own.
    Raises Http404, Forbidden, or Invalid, naming the field, also when the plan is closed.
    """
    plan, role = plans.editable(scope, plan_id)
    columns = wanted.columns()
    found = _made(plan, key, columns)
    if isinstance(found, Step):
        return found
    plans.need_open(plan)
    last = Step.objects.filter(plan=plan).aggregate(last=Max("order"))["last"]
    step = Step(plan=plan, key=found, order=0 if last is None else last + 1, **columns)
    _check(step, scope)
    return structure.add(step, _stamp(actor, reason, "add", now, role))


def _made(plan: PeriodPlan, key: str, columns: dict[str, Any]) -> Step | str:
    """Return the step that was added with this key and these columns, or the key that a new one gets."""
    wanted, number = key, 1
    while step := Step.objects.filter(plan=plan, key=wanted).first():
        first = Step.history.filter(id=step.pk).earliest("history_id")
        if all(getattr(first, name) == value for name, value in columns.items()):
            return step
        number += 1
        wanted = f"{key[:70]}-{number}"
    return wanted


@transaction.atomic
def edit(
    step_id: int, wanted: Wanted, *, scope: Scope, actor: Actor, now: datetime, version: int, reason: str = ""
) -> Step:
    """Change what a step says, when it is due and whose it is; a change of nothing leaves nothing.

    Raises Http404, Forbidden, Stale, or Invalid, naming the field, also when the plan is closed.
    """
    _plan, step, role = _held(step_id, version, scope)
    columns = wanted.columns()
    trial = Step.objects.select_related("plan__municipality").get(pk=step.pk)
    for name, value in columns.items():
        setattr(trial, name, value)
    _check(trial, scope, kept_unit=step.unit_id)
    structure.change(step, _stamp(actor, reason, "edit", now, role), **columns)
    return step


@transaction.atomic
def place(step_id: int, position: int, *, scope: Scope, actor: Actor, now: datetime, version: int) -> Step:
    """Put a step at `position` (0 is the first) among the steps of its plan; beyond the ends means the end.

    Raises Http404, Forbidden, Stale, or Invalid when the plan is closed.
    """
    plan, moved, role = _held(step_id, version, scope)
    steps = list(Step.objects.select_for_update().filter(plan=plan).order_by("order", "pk"))
    others = [step for step in steps if step.pk != moved.pk]
    others.insert(max(0, min(position, len(others))), moved)
    places = _places(steps)
    stamp = _stamp(actor, "", "place", now, role)
    for step, order in zip(others, places, strict=True):
        structure.change(step, stamp, order=order)
    return moved


def _places(steps: list[Step]) -> list[int]:
    """Return the numbers that the steps have among them, so that few change; new ones where two have the same."""
    numbers = [step.order for step in steps]
    return numbers if len(set(numbers)) == len(numbers) else list(range(len(numbers)))


@transaction.atomic
def remove(step_id: int, *, scope: Scope, actor: Actor, now: datetime, version: int, reason: str = "") -> PeriodPlan:
    """Take a step away and return its plan; the history keeps it.

    Raises Http404, Forbidden, Stale, or Invalid when the plan is closed.
    """
    plan, step, role = _held(step_id, version, scope)
    structure.remove(step, _stamp(actor, reason, "remove", now, role))
    return plan


def _held(step_id: int, version: int, scope: Scope) -> tuple[PeriodPlan, Step, str]:
    """Return the plan and the step, both locked, when the person may change them, and in which role."""
    owner = access.get(scope, access.visible(scope, Step), pk=step_id).plan_id
    plan, role = plans.editable(scope, owner)
    step = access.get(scope, Step.objects.select_for_update(), pk=step_id)
    plans.need_open(plan)
    if step.version != version:
        raise Stale(step)
    return plan, step, role


def _check(step: Step, scope: Scope, kept_unit: int | None = None) -> None:
    if step.unit_id is not None and step.unit_id != kept_unit:
        unit = access.visible(scope, Unit).filter(pk=step.unit_id).first()
        if unit is None:
            raise Invalid(_("There is no such unit. Choose one of the list."), field="unit")
        if unit.successor_id is not None:
            raise Invalid(_("%(unit)s has ended. Choose the unit that follows it.") % {"unit": unit.name}, field="unit")
    rules.check(step)


def _stamp(actor: Actor, reason: str, act: str, now: datetime, role: str) -> Stamp:
    said = text.clean(reason, field="reason", limit=500) or str(labels.STEP_REASON[act])
    return record.stamp(actor, said, now, role)
