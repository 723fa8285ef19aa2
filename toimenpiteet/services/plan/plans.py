"""Everything that is done to a plan: its only status writer, its steps, its comments."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from toimenpiteet import access
from toimenpiteet.access import Scope, Verb, Verdict
from toimenpiteet.calendar import local_day
from toimenpiteet.languages import DEFAULT
from toimenpiteet.models import Actor, Comment, PeriodPlan, Stamp, StatusChange, Step
from toimenpiteet.selectors.history.taking_back import takings_back
from toimenpiteet.selectors.plan.parts import around_of
from toimenpiteet.selectors.plan.periods import later_period
from toimenpiteet.services import audited, changing, rules, text
from toimenpiteet.services.errors import Invalid, MoveRefused, need
from toimenpiteet.services.plan import carrying_over, derived
from toimenpiteet.workflow import (
    APPROVAL,
    BY_NAME,
    CARRY_OVER,
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


def move(
    plan_id: int, name: str, *, scope: Scope, actor: Actor, now: datetime, version: int, comment: str = ""
) -> StatusChange:
    """Make the move `name` on a plan, as the person of `scope` who saw it at `version`; or take its last move back.

    Raises Http404 when the plan does not exist for them, Stale when it has changed since, MoveRefused when the
    workflow table does not allow it (also without a comment that it asks for), Invalid for an unusable comment.
    """
    return _move(plan_id, _Wanted(name, comment), scope, actor, now, version)


def carry_over(
    plan_id: int,
    continues_in: Sequence[int],
    *,
    scope: Scope,
    actor: Actor,
    now: datetime,
    version: int,
    comment: str,
) -> StatusChange:
    """Carry a plan over as ``move``, to go on in the action items `continues_in`: its own only if it is named too.

    Without any, or with its own alone, it is the plain move. Raises also Invalid, naming the field, when it cannot go
    on in one of them.
    """
    return _move(plan_id, _Wanted(CARRY_OVER, comment, continues_in), scope, actor, now, version)


@dataclass(frozen=True)
class _Wanted:
    """What a person asks for: a move, their words, and where a plan that is carried over goes on."""

    name: str
    comment: str
    continues_in: Sequence[int] = ()


@transaction.atomic
def _move(plan_id: int, wanted: _Wanted, scope: Scope, actor: Actor, now: datetime, version: int) -> StatusChange:
    comment = text.clean(wanted.comment, field="comment")
    plan = _lock(scope, plan_id, version)
    units = {unit.pk: unit.name.text for unit in around_of({plan.pk: DEFAULT}, whole=False)[plan.pk].units}
    said: dict[str, Any] = {"comment": comment, "units": ", ".join(units.values())[:500]}
    if wanted.name == TAKE_BACK:
        last = _check_back(plan, scope, units, now)
        right = access.may(scope, last.move, plan, units)
        # In no role: what was taken back is no sign of life.
        stamp = audited.stamp(actor, comment or pgettext("reason", "Taken back"), now, on_behalf=right.on_behalf)
        return _take_back(plan, last, stamp, said)
    transition, right = _check(wanted.name, plan, scope, units, comment)
    stamp = audited.stamp(actor, comment or pgettext("reason", "Status moved"), now, right.role, right.on_behalf)
    said |= {"move": wanted.name, "from_status": plan.status, "to_status": transition.target.value}
    audited.change(plan, stamp, status=transition.target.value)
    if said["from_status"] == Status.CARRIED_OVER:
        carrying_over.end(plan, stamp)
    if transition.needs_later_period:
        said["made_plan"] = carrying_over.go_on(plan, wanted.continues_in, scope, stamp)
    return _note(plan, stamp, **said, plan_version=plan.version)


def _note(plan: PeriodPlan, stamp: Stamp, **said: Any) -> StatusChange:
    """Write what happened to the status of `plan`, by whom and when."""
    who = {"actor": stamp.actor.user, "door": stamp.actor.door}
    names = {"actor_name_id": stamp.actor_name, "on_behalf_name_id": stamp.on_behalf_name}
    return StatusChange.objects.create(plan=plan, at=stamp.at, **who, **names, **said)


def _check_back(plan: PeriodPlan, scope: Scope, units: Collection[int], now: datetime) -> StatusChange:
    """Return the last move, when the person may take it back now; raises MoveRefused."""
    # What it made is locked before it is looked at.
    carrying_over.hold(plan)
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
    carrying_over.undo(plan, last, stamp)
    derived.refresh_sign(plan)
    return change


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
