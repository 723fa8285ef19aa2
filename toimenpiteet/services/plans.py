"""Everything that is done to a plan: its only status writer, its steps, its comments."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.calendar import local_day
from toimenpiteet.languages import CODES, columns_for
from toimenpiteet.models import Actor, Comment, PeriodPlan, PlanPeriod, PlanUnit, Stamp, StatusChange, Step, User
from toimenpiteet.models.prepared import GIVEN, Objects, Statement
from toimenpiteet.selectors.words import text_in
from toimenpiteet.services import deadlines, record, text
from toimenpiteet.services.errors import Forbidden, Invalid, MoveRefused
from toimenpiteet.workflow import BY_NAME, CLOSED, Refusal, Role, Status, Transition, acting, available, why_not

# Within this, the same words of the same person are a form that was sent twice.
_TWICE = timedelta(minutes=1)
_EDITORS = frozenset({Role.MANAGER, Role.CONTRIBUTOR, Role.DIRECTOR})


def later_period(plan: PeriodPlan) -> PlanPeriod | None:
    """Return the strategy's first period that starts after the plan's own ends, or None."""
    return (
        PlanPeriod.objects.filter(strategy=plan.period.strategy_id, start_year__gt=plan.period.end_year)
        .order_by("start_year")
        .first()
    )


def _lockable(municipalities: frozenset[int]) -> "QuerySet[PeriodPlan]":
    scope = Scope(user=User(), municipalities=municipalities)
    return access.visible(scope, PeriodPlan).filter(pk__among=GIVEN).order_by().select_for_update()


# Keyed by the municipalities in which the person acts.
LOCKED = Objects(PeriodPlan, _lockable)


def _lock(scope: Scope, plan_id: int, version: int | None) -> PeriodPlan:
    if scope.anonymous:
        raise Http404
    try:
        return record.lock_by(LOCKED, scope.municipalities, pk=plan_id, version=version)
    except (PeriodPlan.DoesNotExist, OverflowError) as error:
        raise Http404 from error


_UNITS = Statement(
    lambda: PlanUnit.objects.filter(plan__among=GIVEN).order_by("order"), ["unit_id", *columns_for("unit__name")]
)


def _units(plan: PeriodPlan) -> dict[int, str]:
    """Return the names of the responsible units by their keys, in the document's order; one query."""
    return {key: text_in(names).text for key, *names in _UNITS.rows(given=[plan.pk])}


def _check(move: str, plan: PeriodPlan, scope: Scope, units: Iterable[int], comment: str) -> tuple[Transition, Role]:
    """Return the move and the role in which the person makes it; raises MoveRefused."""
    roles = access.roles_on(scope, plan, units)
    needs_later = move in BY_NAME and BY_NAME[move].needs_later_period
    later = not needs_later or later_period(plan) is not None
    refusal = why_not(move, Status(plan.status), roles, comment=comment, later_period=later)
    if refusal:
        instead = available(Status(plan.status), roles, later_period=later_period(plan) is not None)
        raise MoveRefused(refusal, plan, move, instead)
    return BY_NAME[move], acting(roles, BY_NAME[move].roles)


@transaction.atomic
def move(
    plan_id: int, name: str, *, scope: Scope, actor: Actor, now: datetime, version: int, comment: str = ""
) -> StatusChange:
    """Make the move `name` on a plan, as the person of `scope` who saw it at `version`.

    Raises Http404 when the plan does not exist for them, Stale when it has changed since, MoveRefused when the
    workflow table does not allow it (also without a comment that it asks for), Invalid for an unusable comment.
    """
    comment = text.clean(comment, field="comment")
    plan = _lock(scope, plan_id, version)
    units = _units(plan)
    transition, role = _check(name, plan, scope, units, comment)
    stamp = record.stamp(actor, comment or pgettext("reason", "Status moved"), now, role)
    before = plan.status
    record.change(plan, stamp, status=transition.target.value)
    if transition.needs_later_period:
        _ensure_later_plan(plan, stamp)
    return StatusChange.objects.create(
        plan=plan,
        move=name,
        from_status=before,
        to_status=plan.status,
        comment=comment,
        at=now,
        actor=actor.user,
        actor_name=actor.name,
        door=actor.door,
        units=", ".join(units.values())[:500],
        plan_version=plan.version,
    )


def _ensure_later_plan(plan: PeriodPlan, stamp: Stamp) -> None:
    """Give the item a plan in the next period, with the same text, units and undone steps, unless it has one."""
    if PeriodPlan.objects.filter(item=plan.item_id, period__start_year__gt=plan.period.end_year).exists():
        return
    period = later_period(plan)
    if period is None:
        raise MoveRefused(Refusal.NO_LATER_PERIOD, plan)
    later = PeriodPlan(
        municipality_id=plan.municipality_id, item=plan.item, period=period, key=period.key, order=plan.order + 1
    )
    _copy_text(plan, later)
    later.next_deadline_on = deadlines.stated_deadline(later)
    record.add(later, stamp)
    for link in PlanUnit.objects.filter(plan=plan):
        record.add(PlanUnit(plan=later, unit_id=link.unit_id, order=link.order), stamp)
    for step in Step.objects.filter(plan=plan, done=False):
        record.add(_copied(step, later), stamp)
    deadlines.refresh(later)


def _copied(step: Step, plan: PeriodPlan) -> Step:
    copy = Step(plan=plan, key=step.key, order=step.order, unit_id=step.unit_id, source=step.source, doubt=step.doubt)
    _copy_text(step, copy)
    return copy


def _copy_text(source: PeriodPlan | Step, target: PeriodPlan | Step) -> None:
    for language in CODES:
        setattr(target, f"text_{language}", getattr(source, f"text_{language}"))


def editable(scope: Scope, plan_id: int) -> tuple[PeriodPlan, Role]:
    """Return the plan, locked, when the person works on it, and in which role; raises Http404 or Forbidden."""
    plan = _lock(scope, plan_id, None)
    roles = access.roles_on(scope, plan)
    if not _EDITORS & roles:
        raise Forbidden(_("This plan belongs to other units than yours, so you can read it but not change it."))
    return plan, acting(roles, _EDITORS)


def need_open(plan: PeriodPlan, field: str = "") -> None:
    """Raise Invalid when the plan is closed: what it consisted of stays as it was then."""
    if Status(plan.status) in CLOSED:
        raise Invalid(_("The plan is closed, so its steps stay as they are. Reopen the plan first."), field=field)


@transaction.atomic
def tick_step(step_id: int, *, done: bool, scope: Scope, actor: Actor, now: datetime, version: int) -> Step:
    """Mark a step done (today, in Europe/Helsinki) or not done.

    Raises Http404, Forbidden, Stale, or Invalid when the plan is closed.
    """
    owner = access.get(scope, access.visible(scope, Step), pk=step_id).plan_id
    plan, role = editable(scope, owner)
    step = record.lock(Step.objects.all(), step_id, version=version)
    need_open(plan, "done")
    reason = pgettext("reason", "Step done") if done else pgettext("reason", "Step not done after all")
    record.change(step, record.stamp(actor, reason, now, role), done=done, done_on=local_day(now) if done else None)
    deadlines.refresh(plan)
    return step


@transaction.atomic
def comment_on(plan_id: int, comment: str, *, scope: Scope, actor: Actor, now: datetime) -> Comment:
    """Add a comment to a plan; the same words again within a minute give the comment that they made.

    Raises Http404, Forbidden, or Invalid when it is empty or unusable.
    """
    comment = text.clean(comment, field="comment")
    if not comment:
        raise Invalid(_("Write the comment first."), field="comment")
    plan, role = editable(scope, plan_id)
    said = Comment.objects.filter(plan=plan, author=actor.user, text=comment, at__gt=now - _TWICE)
    if actor.user is not None and (made := said.first()):
        return made
    stamp = record.stamp(actor, pgettext("reason", "Commented"), now, role)
    return record.add(Comment(plan=plan, text=comment, at=now, author=actor.user, author_name=actor.name), stamp)
