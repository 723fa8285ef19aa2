"""Where a plan goes on that is carried over: in its own action item, in another (merged with it) or in several (split).

``plans`` makes the move and calls this inside its transaction; nothing else writes a PlanSuccessor.
"""

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.languages import columns_for
from toimenpiteet.models import (
    ActionItem,
    DateKind,
    PeriodPlan,
    PlanMeans,
    PlanPeriod,
    PlanSuccessor,
    PlanUnit,
    Stamp,
    StatusChange,
    Step,
)
from toimenpiteet.selectors.history.taking_back import left_by_reopening, parts_of_plan, plans_made
from toimenpiteet.selectors.plan.periods import later_period
from toimenpiteet.selectors.plan.successors import ended_among
from toimenpiteet.services import audited, rules
from toimenpiteet.services.errors import Invalid, MoveRefused
from toimenpiteet.workflow import Refusal, Status

FIELD = "continues_in"
MOST = 20
"""In so many action items one plan goes on."""


def go_on(plan: PeriodPlan, named: Sequence[int], scope: Scope, stamp: Stamp) -> PeriodPlan | None:
    """Give each of the `named` action items (without any: the plan's own) a plan in a later period, unless it has one.

    `plan` is locked. Where it goes on elsewhere than in its own item alone, that is written down; else the plan that
    was made is returned. Raises Invalid, naming FIELD, MoveRefused without a later period.
    """
    items = _items(plan, named, scope)
    made = [_ensure_later_plan(plan, item, stamp) for item in items]
    if [item.pk for item in items] == [plan.item_id]:
        return made[0]
    for place, (item, later) in enumerate(zip(items, made, strict=True)):
        _add(PlanSuccessor(plan=plan, item=item, order=place, made_plan=later), stamp)
    return None


def _add(row: PlanSuccessor, stamp: Stamp) -> None:
    try:
        rules.check(row)
    except Invalid as error:
        raise Invalid(f"{row.item.name}: {error.message}", field=FIELD) from error
    audited.add(row, stamp)


def _items(plan: PeriodPlan, named: Sequence[int], scope: Scope) -> list[ActionItem]:
    """Return the action items in the order named, locked: two plans that go on in one make its later plan once."""
    wanted = list(named) or [plan.item_id]
    if len(wanted) > MOST:
        raise Invalid(
            _("A plan goes on in at most %(limit)s action items. Choose fewer.") % {"limit": MOST}, field=FIELD
        )
    rows = access.visible(scope, ActionItem).filter(pk__in=wanted).order_by("pk")
    found = {item.pk: item for item in rows.select_for_update(of=("self",))}
    if not found.keys() >= set(wanted):
        raise Invalid(
            _("One of the chosen action items does not exist any more, or is not yours to see. Choose again."),
            field=FIELD,
        )
    _check(plan, [found[pk] for pk in wanted])
    return [found[pk] for pk in wanted]


def _check(plan: PeriodPlan, items: Sequence[ActionItem]) -> None:
    """Raise Invalid for an item that is named twice, or has ended; its own ends with the plan, not before it."""
    seen: set[int] = set()
    ended = ended_among([item.pk for item in items if item.pk != plan.item_id])
    for item in items:
        if item.pk in seen:
            raise Invalid(_("“%(item)s” is named twice. Name each once.") % {"item": item.name}, field=FIELD)
        if item.pk in ended:
            said = _("“%(item)s” has ended, so nothing goes on in it. Choose another, or reopen it first.")
            raise Invalid(said % {"item": item.name}, field=FIELD)
        seen.add(item.pk)


# The plan in the later period


def _ensure_later_plan(plan: PeriodPlan, item: ActionItem, stamp: Stamp) -> PeriodPlan | None:
    """Give `item` a plan in the period after `plan`, unless it has a later one; return the one that was made.

    It says what the item's own last plan says, or what `plan` does where the item had none: text, units, means and
    the steps that are not done.
    """
    plans = PeriodPlan.objects.filter(item=item)
    if plans.filter(period__start_year__gt=plan.period.end_year).exists():
        return None
    period = later_period(plan)
    if period is None:
        raise MoveRefused(Refusal.NO_LATER_PERIOD, plan)
    own = None if item.pk == plan.item_id else plans.order_by("-period__start_year").first()
    return _copy(own or plan, item, period, stamp)


def _copy(plan: PeriodPlan, item: ActionItem, period: PlanPeriod, stamp: Stamp) -> PeriodPlan:
    later = PeriodPlan(municipality_id=plan.municipality_id, item=item, period=period, key=period.key)
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


# The way back


def hold(plan: PeriodPlan) -> None:
    """Lock the plans that carrying `plan` over made, and their items: an act on them waits, or is seen."""
    said = StatusChange.objects.filter(plan=plan, made_plan__isnull=False).values("made_plan")
    named = PlanSuccessor.objects.filter(plan=plan, made_plan__isnull=False).values("made_plan")
    made = PeriodPlan.objects.filter(Q(pk__in=said) | Q(pk__in=named)).order_by("pk")
    if items := [later.item_id for later in made.select_for_update(of=("self",))]:
        list(ActionItem.objects.filter(pk__in=items).order_by("pk").select_for_update(of=("self",)))


def end(plan: PeriodPlan, stamp: Stamp) -> None:
    """Take away, on record, where a plan goes on that is carried over no more; what goes on there stays."""
    for row in PlanSuccessor.objects.filter(plan=plan).select_for_update():
        audited.remove(row, stamp)


def undo(plan: PeriodPlan, last: StatusChange, stamp: Stamp) -> None:
    """Let it be as before the `last` move of `plan`, which is taken back: a carrying over, or one that ended it."""
    if last.to_status == Status.CARRIED_OVER:
        made = plans_made(last)
        end(plan, stamp)
        for pk in made:
            _remove_later_plan(pk, stamp)
    if last.from_status == Status.CARRIED_OVER:
        for row in left_by_reopening(last):
            again = PlanSuccessor(item_id=row.item_id, order=row.order, made_plan_id=row.made_plan_id)
            again.plan = plan
            audited.add(again, stamp)


def _remove_later_plan(plan_id: int, stamp: Stamp) -> None:
    """Take away a plan that a carrying over made, with its parts; nothing but its creation has happened to it."""
    plan = audited.lock(PeriodPlan.objects.all(), plan_id)
    for model, column in parts_of_plan():
        for part in model._default_manager.filter(**{column: plan_id}):
            audited.remove(part, stamp)
    audited.remove(plan, stamp)
