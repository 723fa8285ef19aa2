"""One move for many plans, with one comment: each plan in its own transaction, and an answer for each."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from toimenpiteet import labels
from toimenpiteet.models import StatusChange
from toimenpiteet.selectors.plan.closing import planned
from toimenpiteet.selectors.plan.moves import moves_of
from toimenpiteet.selectors.plan.view import CARD, PlanView, existing, views
from toimenpiteet.services import text
from toimenpiteet.services.errors import DomainError, Invalid
from toimenpiteet.services.plan import plans
from toimenpiteet.services.text import printable
from toimenpiteet.web.plan.moves import until, what_changed
from toimenpiteet.web.request import (
    RequestContext,
    back_to,
    request_context,
    say_done,
    signed_in,
    whole_number,
)
from toimenpiteet.web.toasts import Undo
from toimenpiteet.workflow import BY_NAME, MOVES, TAKE_BACK, Status

LIMIT = 200


@dataclass(frozen=True)
class Order:
    """What the person asked for: a move and a comment for the `chosen` plans, each at the version they saw."""

    chosen: dict[int, int]
    name: str
    comment: str


@dataclass
class Outcome:
    """What became of each plan: the changes made, what was refused and why, and how many were not there."""

    done: list[StatusChange] = field(default_factory=list)
    refused: dict[int, DomainError] = field(default_factory=dict)
    missing: int = 0


@dataclass(frozen=True)
class Left:
    """A plan that was not moved, with the reason and what somebody else did to it meanwhile."""

    row: PlanView
    error: str = ""
    changed: str = ""


@require_POST
@signed_in
def bulk(request: HttpRequest) -> HttpResponse:
    """Move the chosen plans; what is refused is told plan by plan, with the choice and the comment kept."""
    me = request_context(request)
    order = _order(request)
    try:
        comment = _checked(order)
    except Invalid as error:
        return _page(request, me, order, Outcome(), error)
    outcome = _carry_out(order, comment, me)
    if not outcome.done and not outcome.refused:
        raise Http404
    if outcome.refused or outcome.missing:
        return _page(request, me, order, outcome)
    say_done(request, _told(outcome), _way_back(request, outcome))
    return HttpResponseRedirect(back_to(request, reverse("waiting")), status=303)


@require_POST
@signed_in
def preview(request: HttpRequest) -> HttpResponse:
    """Show what the move would do to each of the chosen plans, and for which it is not open; nothing is done."""
    me = request_context(request)
    order = _order(request)
    try:
        _checked(replace(order, comment=order.comment or " - "))
    except Invalid as error:
        return _page(request, me, order, Outcome(), error)
    rows = planned(me.scope, order.chosen, order.name, me.today)
    if not rows:
        raise Http404
    going = [one for one in rows if not one.refusal]
    (move,) = [move for move in moves_of([], chosen=order.name) if move.name == order.name]
    context = {
        "going": going,
        "staying": [one for one in rows if one.refusal],
        "move": move,
        "question": labels.MOVE_COMMENT.get(order.name, ""),
        "comment": printable(order.comment),
        "next": back_to(request, reverse("waiting")),
    }
    return render(request, "toimenpiteet/plan/preview.html", context)


def _order(request: HttpRequest) -> Order:
    chosen: dict[int, int] = {}
    for value in request.POST.getlist("plan"):
        plan, _colon, version = value.partition(":")
        if whole_number(plan):
            chosen.setdefault(whole_number(plan), whole_number(version))
    return Order(chosen, request.POST.get("name", "")[:50], request.POST.get("comment", ""))


def _checked(order: Order) -> str:
    """Return the comment as it will be kept; raises Invalid, naming the field, when nothing can be done at all."""
    if not order.chosen:
        raise Invalid(_("Nothing was chosen. Tick the plans first."), field="plan")
    if len(order.chosen) > LIMIT:
        message = _("You chose %(count)s plans; at most %(limit)s go at once. Choose fewer.")
        raise Invalid(message % {"limit": LIMIT, "count": len(order.chosen)}, field="plan")
    if order.name not in MOVES:
        raise Invalid(_("Choose what is done to the plans."), field="name")
    comment = text.clean(order.comment, field="comment")
    if order.name != TAKE_BACK and BY_NAME[order.name].comment_required and not comment:
        raise Invalid(_("Write a comment: this move asks for the reason."), field="comment")
    return comment


def _carry_out(order: Order, comment: str, me: RequestContext) -> Outcome:
    outcome = Outcome()
    for plan, version in order.chosen.items():
        try:
            change = plans.move(
                plan, order.name, scope=me.scope, actor=me.actor, now=me.now, version=version, comment=comment
            )
        except Http404:
            outcome.missing += 1
        except DomainError as error:
            outcome.refused[plan] = error
        else:
            outcome.done.append(change)
    return outcome


def _told(outcome: Outcome) -> str:
    count = len(outcome.done)
    if outcome.done[0].move == TAKE_BACK:
        # They may have come from different statuses.
        told = ngettext(
            "Taken back: %(count)s plan is as it was.", "Taken back: %(count)s plans are as they were.", count
        )
        return told % {"count": count}
    status = labels.STATUS[Status(outcome.done[0].to_status)]
    told = ngettext("Done: %(count)s plan is now “%(status)s”.", "Done: %(count)s plans are now “%(status)s”.", count)
    return told % {"count": count, "status": status}


def _way_back(request: HttpRequest, outcome: Outcome) -> Undo | None:
    """Return how to take all of it back; what was taken back goes no further."""
    if not outcome.done or outcome.done[0].move == TAKE_BACK:
        return None
    plans_then = [("plan", f"{change.plan_id}:{change.plan_version}") for change in outcome.done]
    fields = (("name", TAKE_BACK), ("next", back_to(request, reverse("waiting"))), *plans_then)
    return Undo(reverse("bulk"), str(labels.MOVE[TAKE_BACK]), fields, until=until(outcome.done[0]))


# The answer as a page


def _page(
    request: HttpRequest, me: RequestContext, order: Order, outcome: Outcome, error: Invalid | None = None
) -> HttpResponse:
    left = _refused(me, outcome) if error is None else [Left(row) for row in _rows(me, list(order.chosen)[:LIMIT])]
    context = {
        "left": left,
        "refused": error is None,
        "done": _rows(me, [change.plan_id for change in outcome.done]),
        "told": _told(outcome) if outcome.done else "",
        "undo": _way_back(request, outcome),
        "missing": outcome.missing,
        # What was only asked about stays chosen, whichever of the plans it is open for.
        "bulk_moves": moves_of((one.row for one in left), chosen=order.name if error else ""),
        "bulk_name": order.name,
        "bulk_comment": printable(order.comment),
        "bulk_error": error,
        "next": back_to(request, reverse("waiting")),
    }
    return render(request, "toimenpiteet/plan/bulk.html", context, status=_status(outcome, error))


def _rows(me: RequestContext, keys: Iterable[int]) -> list[PlanView]:
    """Return the rows of those that exist for the person, in the order given."""
    return views(existing(me.scope, list(keys)), me.today, CARD, me.scope)


def _refused(me: RequestContext, outcome: Outcome) -> list[Left]:
    rows = _rows(me, outcome.refused)
    return [Left(row, outcome.refused[row.pk].message, what_changed(outcome.refused[row.pk])) for row in rows]


def _status(outcome: Outcome, error: Invalid | None) -> int:
    """Return 200 when something was done; else what the refusals have in common, 409 before the others."""
    if error is not None:
        return 422
    if outcome.done:
        return 200
    codes = {refusal.http_status for refusal in outcome.refused.values()}
    return 409 if 409 in codes else 403 if codes == {403} else 422
