"""Moving a plan, ticking a step, commenting: in place with htmx, as a page of its own without it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from toimenpiteet import access, labels
from toimenpiteet.models import PeriodPlan, StatusChange, Step
from toimenpiteet.selectors.rows import PlanRow, plan_rows
from toimenpiteet.services import plans
from toimenpiteet.services.errors import DomainError, MoveRefused, Stale
from toimenpiteet.web.door import Visit, back_to, is_fragment, visit, whole_number
from toimenpiteet.workflow import Refusal, Status

SHAPES = {"card": "toimenpiteet/parts/card.html", "cell": "toimenpiteet/parts/cell.html"}


@dataclass(frozen=True)
class Attempt:
    """What the person tried, kept so that a refused form shows their text again."""

    name: str
    comment: str
    error: str
    changed: str = ""


@require_POST
@login_required
def move(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Make a move; a refusal gives back the form with the reason and the text that was typed."""
    name, comment = request.POST.get("name", "")[:50], request.POST.get("comment", "")

    def act(me: Visit) -> str:
        version = whole_number(request.POST.get("version"))
        change = plans.move(plan_id, name, scope=me.scope, actor=me.actor, now=me.now, version=version, comment=comment)
        return _("Done: the plan is now “%(status)s”.") % {"status": labels.STATUS[Status(change.to_status)]}

    return _do(request, plan_id, act, name, comment)


@require_POST
@login_required
def comment(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Add a comment to a plan."""
    text = request.POST.get("comment", "")

    def act(me: Visit) -> str:
        plans.comment_on(plan_id, text, scope=me.scope, actor=me.actor, now=me.now)
        return _("The comment was saved.")

    return _do(request, plan_id, act, "comment", text)


@require_POST
@login_required
def tick(request: HttpRequest, step_id: int) -> HttpResponse:
    """Mark a step done or not done."""
    me = visit(request)
    plan_id = access.get(me.scope, access.visible(me.scope, Step), pk=step_id).plan_id
    done = request.POST.get("done") == "true"

    def act(me: Visit) -> str:
        version = whole_number(request.POST.get("version"))
        plans.tick_step(step_id, done=done, scope=me.scope, actor=me.actor, now=me.now, version=version)
        return _("The step is marked done.") if done else _("The step is marked not done.")

    return _do(request, plan_id, act, "tick", "")


def _do(request: HttpRequest, plan_id: int, act: Callable[[Visit], str], name: str, typed: str) -> HttpResponse:
    me = visit(request)
    try:
        message = act(me)
    except DomainError as error:
        return _refused(request, me, plan_id, Attempt(name, _printable(typed), error.message, _changed(error)), error)
    if is_fragment(request):
        return _fragment(request, me, plan_id, message=message)
    messages.success(request, message)
    return HttpResponseRedirect(f"{back_to(request, reverse('waiting'))}#plan-{plan_id}", status=303)


def _printable(text: str) -> str:
    """Return what was typed without the characters that no page can show."""
    return "".join(character for character in text if character.isprintable() or character in "\r\n\t")


def _changed(error: DomainError) -> str:
    """Tell who moved the plan meanwhile, and how."""
    if not isinstance(error, Stale | MoveRefused) or getattr(error, "refusal", None) is Refusal.COMMENT_MISSING:
        return ""
    plan = error.current
    if not isinstance(plan, PeriodPlan):
        return ""
    last = StatusChange.objects.filter(plan=plan).order_by("plan_version").last()
    if last is None:
        return ""
    return _("%(who)s moved it: %(before)s → %(after)s.") % {
        "who": last.actor_name,
        "before": labels.STATUS[Status(last.from_status)],
        "after": labels.STATUS[Status(last.to_status)],
    }


def _refused(request: HttpRequest, me: Visit, plan_id: int, attempt: Attempt, error: DomainError) -> HttpResponse:
    status = 422 if error.http_status == 400 else error.http_status  # an invalid form is a 422
    if is_fragment(request):
        return _fragment(request, me, plan_id, attempt=attempt, status=status)
    context = {"row": _row(me, plan_id), "attempt": attempt, "next": back_to(request, reverse("waiting"))}
    return render(request, "toimenpiteet/refused.html", context, status=status)


def _row(me: Visit, plan_id: int) -> PlanRow:
    plan = access.get(me.scope, access.visible(me.scope, PeriodPlan), pk=plan_id)
    return plan_rows(PeriodPlan.objects.filter(pk=plan.pk), me.scope, me.today)[0]


def _fragment(
    request: HttpRequest,
    me: Visit,
    plan_id: int,
    *,
    message: str = "",
    attempt: Attempt | None = None,
    status: int = 200,
) -> HttpResponse:
    shape = SHAPES.get(request.POST.get("shape", ""), SHAPES["card"])
    context = {
        "row": _row(me, plan_id),
        "attempt": attempt,
        "live_message": message or (attempt.error if attempt else ""),
        "next": back_to(request, reverse("waiting")),
        "opened": True,
    }
    return render(request, shape, context, status=status)
