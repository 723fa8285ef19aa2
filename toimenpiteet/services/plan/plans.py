"""Everything that is done to a plan: its only status writer, its steps, its comments."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from toimenpiteet import access
from toimenpiteet.access import Scope, Verb, Verdict
from toimenpiteet.calendar import local_day
from toimenpiteet.languages import DEFAULT, columns_for
from toimenpiteet.models import (
    Actor,
    Comment,
    DateKind,
    PeriodPlan,
    PlanMeans,
    PlanUnit,
    Stamp,
    StatusChange,
    Step,
)
from toimenpiteet.selectors.history.taking_back import parts_of_plan, takings_back
from toimenpiteet.selectors.plan.parts import around_of
from toimenpiteet.selectors.plan.periods import later_period
from toimenpiteet.services import audited, changing, rules, text
from toimenpiteet.services.errors import Invalid, MoveRefused, need
from toimenpiteet.services.plan import derived
from toimenpiteet.workflow import (
    APPROVAL,
    BY_NAME,
    TAKE_BACK,
    Refusal,
    Status,
    Transition,
    available,
    why_not,
)


def _lock(scope: Scope, plan_id: int, version: int | None) -> PeriodPlan:
    if scope.anonymous:
        raise Http404
    try:
        # In no order: the default one joins other rows, and what is joined is locked too.
        return audited.lock(access.visible(scope, PeriodPlan).order_by(), plan_id, version=version)
    except PeriodPlan.DoesNotExist as error:
        raise Http404 from error


def _check(
    move: str, plan: PeriodPlan, scope: Scope, units: Collection[int], comment: str
) -> tuple[Transition, Verdict]:
    """Return the move and by what right the person makes it; raises MoveRefused."""
    roles = access.roles_on(scope, plan, units)
    needs_later = move in BY_NAME and BY_NAME[move].needs_later_period
    later = not needs_later or later_period(plan) is not None
    own = move == APPROVAL and access.own_proposal(scope, plan)
    refusal = why_not(move, Status(plan.status), roles, comment=comment, later_period=later, own_proposal=own)
    if refusal:
        instead = available(Status(plan.status), roles, later_period=later_period(plan) is not None)
        raise MoveRefused(refusal, plan, move, instead)
    return BY_NAME[move], access.may(scope, move, plan, units)


@transaction.atomic
def move(
    plan_id: int, name: str, *, scope: Scope, actor: Actor, now: datetime, version: int, comment: str = ""
) -> StatusChange:
    """Make the move `name` on a plan, as the person of `scope` who saw it at `version`; or take its last move back.

    Raises Http404 when the plan does not exist for them, Stale when it has changed since, MoveRefused when the
    workflow table does not allow it (also without a comment that it asks for), Invalid for an unusable comment.
    """
    comment = text.clean(comment, field="comment")
    plan = _lock(scope, plan_id, version)
    units = {unit.pk: unit.name.text for unit in around_of({plan.pk: DEFAULT}, whole=False)[plan.pk].units}
    said: dict[str, Any] = {"comment": comment, "units": ", ".join(units.values())[:500]}
    if name == TAKE_BACK:
        last = _check_back(plan, scope, units, now)
        right = access.may(scope, last.move, plan, units)
        # In no role: what was taken back is no sign of life.
        stamp = audited.stamp(actor, comment or pgettext("reason", "Taken back"), now, on_behalf=right.on_behalf)
        return _take_back(plan, last, stamp, said)
    transition, right = _check(name, plan, scope, units, comment)
    stamp = audited.stamp(actor, comment or pgettext("reason", "Status moved"), now, right.role, right.on_behalf)
    before = plan.status
    audited.change(plan, stamp, status=transition.target.value)
    made = _ensure_later_plan(plan, stamp) if transition.needs_later_period else None
    said |= {"move": name, "from_status": before, "to_status": plan.status, "plan_version": plan.version}
    return _note(plan, stamp, **said, made_plan=made)


def _note(plan: PeriodPlan, stamp: Stamp, **said: Any) -> StatusChange:
    """Write what happened to the status of `plan`, by whom and when."""
    who = {"actor": stamp.actor.user, "door": stamp.actor.door}
    names = {"actor_name_id": stamp.actor_name, "on_behalf_name_id": stamp.on_behalf_name}
    return StatusChange.objects.create(plan=plan, at=stamp.at, **who, **names, **said)


def _check_back(plan: PeriodPlan, scope: Scope, units: Collection[int], now: datetime) -> StatusChange:
    """Return the last move, when the person may take it back now; raises MoveRefused."""
    # What it made is locked before it is looked at: an act on it waits, or is seen.
    made = StatusChange.objects.filter(plan=plan, made_plan__isnull=False).values("made_plan")
    list(PeriodPlan.objects.select_for_update(of=("self",)).filter(pk__in=made))
    found = takings_back(scope, {plan.pk: units}, now).get(plan.pk)
    if found is None:
        raise MoveRefused(Refusal.NOTHING_TO_TAKE_BACK, plan, TAKE_BACK)
    if found.refusal is not None:
        raise MoveRefused(found.refusal, plan, TAKE_BACK)
    return found.last


def _take_back(plan: PeriodPlan, last: StatusChange, stamp: Stamp, said: dict[str, Any]) -> StatusChange:
    said |= {"move": TAKE_BACK, "from_status": plan.status, "to_status": last.from_status}
    # First the row: the database lets the status back only beside it.
    change = _note(plan, stamp, **said, plan_version=plan.version + 1, undoes=last)
    audited.change(plan, stamp, status=last.from_status)
    if last.made_plan_id is not None:
        _remove_later_plan(last.made_plan_id, stamp)
    derived.refresh_sign(plan)
    return change


def _remove_later_plan(plan_id: int, stamp: Stamp) -> None:
    """Take away the plan that a carrying over made, with its parts; nothing but its creation has happened to it."""
    plan = audited.lock(PeriodPlan.objects.all(), plan_id)
    for model, column in parts_of_plan():
        for part in model._default_manager.filter(**{column: plan_id}):
            audited.remove(part, stamp)
    audited.remove(plan, stamp)


def _ensure_later_plan(plan: PeriodPlan, stamp: Stamp) -> PeriodPlan | None:
    """Give the item a plan in the next period, with the same text, units, means and undone steps, unless it has one."""
    if PeriodPlan.objects.filter(item=plan.item_id, period__start_year__gt=plan.period.end_year).exists():
        return None
    period = later_period(plan)
    if period is None:
        raise MoveRefused(Refusal.NO_LATER_PERIOD, plan)
    later = PeriodPlan(municipality_id=plan.municipality_id, item=plan.item, period=period, key=period.key)
    later.order = plan.order + 1
    _copy_words(plan, later)
    audited.add(later, stamp)
    for link in PlanUnit.objects.filter(plan=plan):
        audited.add(PlanUnit(plan=later, unit_id=link.unit_id, order=link.order), stamp)
    for step in Step.objects.filter(plan=plan, done=False):
        audited.add(_copied(step, later), stamp)
    for means in PlanMeans.objects.filter(plan=plan):
        copy = PlanMeans(plan=later, key=means.key, order=means.order)
        _copy_words(means, copy)
        audited.add(copy, stamp)
    return later


def _copied(step: Step, plan: PeriodPlan) -> Step:
    copy = Step(plan=plan, key=step.key, order=step.order, unit_id=step.unit_id)
    # A due date of the old period ends with it, or the new plan would begin late; what else a date says stays true.
    if step.due_on and (step.date_kind != DateKind.DUE or step.due_on.year >= plan.period.start_year):
        copy.due_on, copy.due_precision, copy.date_kind = step.due_on, step.due_precision, step.date_kind
    _copy_words(step, copy)
    return copy


def _copy_words(old: PeriodPlan | Step | PlanMeans, new: PeriodPlan | Step | PlanMeans) -> None:
    """Let `new` say what `old` says, and where it was read."""
    for name in (*columns_for("text"), "source", "doubt"):
        setattr(new, name, getattr(old, name))


def editable(scope: Scope, plan_id: int) -> tuple[PeriodPlan, Verdict]:
    """Return the plan, locked, when the person works on it, and by what right; raises Http404 or Forbidden."""
    plan = _lock(scope, plan_id, None)
    return plan, need(access.may(scope, Verb.WORK, plan))


@transaction.atomic
def tick_step(step_id: int, *, done: bool, scope: Scope, actor: Actor, now: datetime, version: int) -> Step:
    """Mark a step done (today, in Europe/Helsinki) or not done.

    Raises Http404, Forbidden, Stale, or PlanClosed.
    """
    owner = access.get(scope, access.visible(scope, Step), pk=step_id).plan_id
    plan, right = editable(scope, owner)
    step = audited.lock(Step.objects.all(), step_id, version=version)
    step.plan = plan
    rules.check_open(step)
    reason = pgettext("reason", "Step done") if done else pgettext("reason", "Step not done after all")
    stamp = audited.stamp(actor, reason, now, right.role, right.on_behalf)
    audited.change(step, stamp, done=done, done_on=local_day(now) if done else None)
    return step


@transaction.atomic
def comment_on(plan_id: int, comment: str, *, scope: Scope, actor: Actor, now: datetime) -> Comment:
    """Add a comment to a plan; the same words again within a minute give the comment that they made.

    Raises Http404, Forbidden, or Invalid when it is empty or unusable.
    """
    comment = text.clean(comment, field="comment")
    if not comment:
        raise Invalid(_("Write the comment first."), field="comment")
    plan, right = editable(scope, plan_id)
    stamp = audited.stamp(actor, pgettext("reason", "Commented"), now, right.role, right.on_behalf)
    said = Comment(plan=plan, text=comment, at=now, author=actor.user, author_name_id=stamp.actor_name)
    return changing.made_already(said, stamp) or audited.add(said, stamp)
