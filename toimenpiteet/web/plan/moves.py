"""Moving a plan, ticking a step, commenting: in place with htmx, as a page of its own without it; with a way back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from toimenpiteet import access, labels
from toimenpiteet.dates import time_words
from toimenpiteet.models import PeriodPlan, StatusChange, Step
from toimenpiteet.selectors.history import standing
from toimenpiteet.selectors.history.taking_back import TakingBack, takings_back
from toimenpiteet.selectors.history.words import who_words
from toimenpiteet.selectors.plan.successors import choices
from toimenpiteet.selectors.plan.view import CARD, WHOLE, Part, PlanView, views
from toimenpiteet.services.errors import DomainError, MoveRefused, Stale
from toimenpiteet.services.plan import plans
from toimenpiteet.services.text import printable
from toimenpiteet.web.request import (
    RequestContext,
    back_to,
    came_from,
    is_fragment,
    request_context,
    say_done,
    signed_in,
    whole_number,
)
from toimenpiteet.web.saying import about
from toimenpiteet.web.toasts import Undo
from toimenpiteet.workflow import CARRY_OVER, TAKE_BACK, TAKE_BACK_WITHIN, Refusal, Status

# Refusals that no other person's move is the reason of.
_SAYS_IT_ALL = {Refusal.COMMENT_MISSING, Refusal.TOO_LATE, Refusal.LOST_ROLE, Refusal.LATER_PLAN_USED}
SHAPES = {
    "card": "toimenpiteet/plan/parts/card.html",
    "cell": "toimenpiteet/plan/parts/cell.html",
    "item": "toimenpiteet/plan/parts/period.html",
    "answer": "toimenpiteet/rounds/parts/plan.html",
}
UNFOLDED = {"card": "toimenpiteet/plan/parts/steps.html", "answer": "toimenpiteet/rounds/parts/plan_acts.html"}
"""What a shape shows when it is opened."""
COMMENT = "comment"
_UNDO = "undo"
"""The field by which a form says that it unticks what was just ticked, or ticks it again."""


@dataclass(frozen=True)
class Attempt:
    """What the person tried, kept so that a refused form shows their text again; `field` is what is wrong in it."""

    name: str
    comment: str
    error: str = ""
    changed: str = ""
    field: str = ""
    continues_in: Sequence[int] = ()

    @property
    def comment_again(self) -> bool:
        """Tell whether it was a comment on its own that can be put right and sent again."""
        return self.name == COMMENT and bool(self.field)


@dataclass(frozen=True)
class Done:
    """What to say, with the way back; %(name)s in it is the action item, or the `step` by its key."""

    sentence: str
    status: str = ""
    step: int = 0
    undo: Undo | None = None

    def message(self, row: PlanView) -> SafeString:
        """Return what is said, by the plan as it is now."""
        name = next((one.text for one in row.steps if one.pk == self.step), row.item_name)
        return about(self.sentence, name=name, status=self.status)


@require_POST
@signed_in
def move(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Make a move; a refusal gives back the form with the reason, the text that was typed, and what was chosen."""
    name, comment = request.POST.get("name", "")[:50], request.POST.get("comment", "")
    items = [whole_number(item) for item in request.POST.getlist("continues_in")] if name == CARRY_OVER else []

    def act(me: RequestContext) -> Done:
        by: Any = {"scope": me.scope, "actor": me.actor, "now": me.now, "comment": comment}
        by["version"] = whole_number(request.POST.get("version"))
        change = plans.carry_over(plan_id, items, **by) if items else plans.move(plan_id, name, **by)
        status = str(labels.STATUS[Status(change.to_status)])
        if change.move == TAKE_BACK:
            return Done(_("Taken back: “%(name)s” is “%(status)s” again."), status)
        fields = {"name": TAKE_BACK, "version": str(change.plan_version)}
        back = _undo(request, reverse("move", args=[plan_id]), plan_id, fields, until(change))
        return Done(_("Done: “%(name)s” is now “%(status)s”."), status, undo=back)

    return _do(request, plan_id, act, Attempt(name, comment, continues_in=items))


def until(change: StatusChange) -> str:
    """Say until when a move can be taken back."""
    return _("until %(time)s") % {"time": time_words(change.at + TAKE_BACK_WITHIN)}


def _undo(request: HttpRequest, action: str, plan_id: int, fields: dict[str, str], until: str = "") -> Undo:
    fields |= {"shape": request.POST.get("shape", ""), "next": back_to(request, reverse("waiting"))}
    # After a redirect the plan may not be on the page any more: then there is nothing to put the answer into.
    target = f"#plan-{plan_id}" if is_fragment(request) else ""
    return Undo(action, str(labels.MOVE[TAKE_BACK]), tuple(fields.items()), target, until)


@require_POST
@signed_in
def comment(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Add a comment to a plan."""
    text = request.POST.get("comment", "")

    def act(me: RequestContext) -> Done:
        plans.comment_on(plan_id, text, scope=me.scope, actor=me.actor, now=me.now)
        return Done(_("Your comment was saved: “%(name)s”."))

    return _do(request, plan_id, act, Attempt(COMMENT, text))


@require_POST
@signed_in
def tick(request: HttpRequest, step_id: int) -> HttpResponse:
    """Mark a step done or not done."""
    me = request_context(request)
    plan_id = access.get(me.scope, access.visible(me.scope, Step), pk=step_id).plan_id
    done = request.POST.get("done") == "true"

    def act(me: RequestContext) -> Done:
        version = whole_number(request.POST.get("version"))
        step = plans.tick_step(step_id, done=done, scope=me.scope, actor=me.actor, now=me.now, version=version)
        said = _("The step is done: “%(name)s”.") if done else _("The step is not done: “%(name)s”.")
        told = Done(said, step=step_id)
        if _UNDO in request.POST:
            return told
        back = {"done": "false" if done else "true", "version": str(step.version), _UNDO: "1"}
        return replace(told, undo=_undo(request, reverse("tick", args=[step_id]), plan_id, back))

    return _do(request, plan_id, act, Attempt("tick", ""))


@require_safe
@signed_in
def steps(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Give the steps of a plan for its card; without htmx lead to the item's page, which has them."""
    row = row_of(request_context(request), plan_id)
    if not is_fragment(request):
        return HttpResponseRedirect(f"{reverse('item', args=[row.item_id])}#plan-{plan_id}")
    shape = "answer" if request.GET.get("shape") == "answer" else "card"
    context = {"row": row, "shape": shape, "next": came_from(request)}
    return render(request, UNFOLDED[shape], context)


def _do(request: HttpRequest, plan_id: int, act: Callable[[RequestContext], Done], tried: Attempt) -> HttpResponse:
    me = request_context(request)
    try:
        done = act(me)
    except DomainError as error:
        comment, changed = printable(tried.comment), what_changed(error)
        attempt = replace(tried, comment=comment, error=error.message, field=error.field, changed=changed)
        return _refused(request, me, plan_id, attempt, error)
    if is_fragment(request):
        return _fragment(request, me, plan_id, done=done)
    say_done(request, done.message(row_of(me, plan_id)), done.undo)
    return HttpResponseRedirect(f"{back_to(request, reverse('waiting'))}#plan-{plan_id}", status=303)


def what_changed(error: DomainError) -> str:
    """Tell who moved the plan meanwhile, and how."""
    if not isinstance(error, Stale | MoveRefused) or getattr(error, "refusal", None) in _SAYS_IT_ALL:
        return ""
    plan = error.current
    if not isinstance(plan, PeriodPlan):
        return ""
    last = standing.last_move(plan)
    if last is None:
        return ""
    return _("%(who)s moved it: %(before)s → %(after)s.") % {
        "who": who_words(last.actor_name.text, str(last.on_behalf_name or "")),
        "before": labels.STATUS[Status(last.from_status)],
        "after": labels.STATUS[Status(last.to_status)],
    }


def _refused(
    request: HttpRequest, me: RequestContext, plan_id: int, attempt: Attempt, error: DomainError
) -> HttpResponse:
    status = 422 if error.http_status == 400 else error.http_status  # an invalid form is a 422
    if is_fragment(request):
        return _fragment(request, me, plan_id, attempt=attempt, status=status)
    row = row_of(me, plan_id)
    context = {"row": row, "next": back_to(request, reverse("waiting")), **_tried(me, row, attempt)}
    return render(request, "toimenpiteet/plan/refused.html", context, status=status)


def _tried(me: RequestContext, row: PlanView, attempt: Attempt | None) -> dict[str, object]:
    """Return what a page shows of a refused attempt: where the plan was to go on is to be chosen again."""
    return {"attempt": attempt, "onward": choices(me.scope, row) if attempt and attempt.continues_in else []}


def row_of(me: RequestContext, plan_id: int, parts: frozenset[Part] = WHOLE) -> PlanView:
    """Return a plan as it is shown; raises Http404 when it does not exist for the person."""
    plan = access.get(me.scope, access.visible(me.scope, PeriodPlan), pk=plan_id)
    return views([plan.pk], me.today, parts, me.scope)[0]


def ways_back(me: RequestContext, rows: Sequence[PlanView]) -> list[TakingBack]:
    """Return how the last move of each plan stands for a person who has signed in."""
    units = {row.pk: [unit.pk for unit in row.units] for row in rows}
    return [] if me.scope.anonymous else list(takings_back(me.scope, units, me.now).values())


def _fragment(
    request: HttpRequest,
    me: RequestContext,
    plan_id: int,
    *,
    done: Done | None = None,
    attempt: Attempt | None = None,
    status: int = 200,
) -> HttpResponse:
    shape = request.POST.get("shape", "")
    # A card shows its steps again only where one of them was just ticked.
    folded = shape == "card" and "done" not in request.POST
    row = row_of(me, plan_id, CARD if folded else WHOLE | {Part.LAST})
    context = {
        "row": row,
        **_tried(me, row, attempt),
        "live_message": done.message(row) if done else attempt.error if attempt else "",
        # Near what was moved: the page of an item has a place of its own for it.
        "way_back": done.undo if done and shape != "item" else None,
        "live_undo": done.undo if done and shape == "item" else None,
        "live_kind": "error" if attempt else "",
        "next": back_to(request, reverse("waiting")),
        "opened": not folded,
        "bulk": True,
        "backs": ways_back(me, [row]) if shape == "item" else [],
    }
    return render(request, SHAPES.get(shape, SHAPES["card"]), context, status=status)
