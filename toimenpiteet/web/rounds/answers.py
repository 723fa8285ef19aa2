"""Answering in a round: every plan for which a person answers on one page; a row is answered in its place.

Without htmx each act leads back to the page, at the row; a refusal shows the row with what was typed.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from toimenpiteet import labels
from toimenpiteet.answers import Light
from toimenpiteet.dates import time_words
from toimenpiteet.selectors.rounds.answers import AnswerRow, Words, answers_page
from toimenpiteet.services.errors import DomainError, Forbidden, Invalid, Stale
from toimenpiteet.services.rounds import answers
from toimenpiteet.services.rounds.answers import Answer
from toimenpiteet.services.text import printable
from toimenpiteet.web.crumbs import trail
from toimenpiteet.web.request import (
    RequestContext,
    is_fragment,
    request_context,
    say_done,
    signed_in,
    whole_number,
)


@dataclass(frozen=True)
class Refused:
    """What a person typed and why it was not taken; `field` is where, `meanwhile` what somebody else has said."""

    typed: Words
    message: str
    field: str
    meanwhile: str = ""


@require_safe
@signed_in
def answers_of_round(request: HttpRequest, round_id: int) -> HttpResponse:
    """Show every plan that the person answers for in the round: returned first, then silent, then said."""
    me = request_context(request)
    page = answers_page(me.scope, round_id, me.today)
    context = {
        "answers": page,
        "groups": _groups(page.rows),
        "lights": _lights(),
        "crumbs": trail("strategies", ("strategy", page.strategy), here=_("Answers")),
    }
    return render(request, "toimenpiteet/rounds/answers.html", context)


def _groups(rows: list[AnswerRow]) -> list[tuple[str, str, list[AnswerRow]]]:
    found = [
        ("returned", _("Returned to you"), [row for row in rows if row.state == "returned"]),
        ("unanswered", _("Not answered"), [row for row in rows if row.state in {"silent", "draft"}]),
        ("answered", _("Answered"), [row for row in rows if row.state in {"unchanged", "updated", "accepted"}]),
    ]
    return [one for one in found if one[2]]


def _lights() -> list[tuple[str, str]]:
    return [(light.value, str(labels.LIGHT[light])) for light in Light]


@require_POST
@signed_in
def answer(request: HttpRequest, round_id: int, plan_id: int) -> HttpResponse:
    """Send, confirm, withdraw or keep as a draft, as the pressed button says."""
    me, typed = request_context(request), _typed(request)
    try:
        said = _act(request, me, round_id, plan_id, typed)
    except DomainError as error:
        return _refused(request, me, (round_id, plan_id), typed, error)
    if request.POST.get("act") == "draft" and is_fragment(request):
        return HttpResponse(said, content_type="text/plain; charset=utf-8")
    if is_fragment(request):
        return _row(request, me, (round_id, plan_id), said=said)
    say_done(request, said)
    return HttpResponseRedirect(f"{reverse('answers', args=[round_id])}#vastaus-{plan_id}", status=303)


def _typed(request: HttpRequest) -> Answer:
    names = ("light", "text", "cause", "next_step")
    return Answer(**{name: request.POST.get(name, "") for name in names} | {"light": _light(request)})


def _light(request: HttpRequest) -> str:
    return request.POST.get("light", "") or Light.NOT_ASSESSED.value


def _act(request: HttpRequest, me: RequestContext, round_id: int, plan_id: int, typed: Answer) -> str:
    version = whole_number(request.POST.get("version"))
    by: Any = {"version": version, "scope": me.scope, "actor": me.actor, "now": me.now}
    match request.POST.get("act"):
        case "send":
            answers.send(round_id, plan_id, typed, **by)
            return _("The answer was sent.")
        case "unchanged":
            answers.send_unchanged(round_id, plan_id, **by)
            return _("Sent: no change since the last answer.")
        case "withdraw":
            answers.withdraw(round_id, plan_id, **by)
            return _("The answer was withdrawn. Its words are your draft.")
        case "draft":
            answers.keep_draft(round_id, plan_id, typed, scope=me.scope, now=me.now)
            return _("Draft saved %(time)s.") % {"time": time_words(me.now)}
    raise Http404


def _refused(
    request: HttpRequest, me: RequestContext, place: tuple[int, int], typed: Answer, error: DomainError
) -> HttpResponse:
    if isinstance(error, Forbidden) and request.POST.get("act") == "send":
        _keep(me, place, typed)
    words = {name: printable(value) for name, value in asdict(typed).items()}
    meanwhile = getattr(error.current, "text", "") if isinstance(error, Stale) else ""
    refused = Refused(Words(**words), error.message, error.field or "text", meanwhile)
    status = 422 if error.http_status == 400 else error.http_status
    return _row(request, me, place, refused=refused, status=status)


def _keep(me: RequestContext, place: tuple[int, int], typed: Answer) -> None:
    """Keep what a contributor sent as their draft: a manager sends it."""
    try:
        answers.keep_draft(*place, typed, scope=me.scope, now=me.now)
    except (Forbidden, Invalid):
        return


def _row(
    request: HttpRequest,
    me: RequestContext,
    place: tuple[int, int],
    *,
    said: str = "",
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with the row alone: in its place with htmx, as a page of its own without it."""
    page = answers_page(me.scope, place[0], me.today, only=place[1])
    if not page.rows:
        raise Http404
    (row,) = page.rows
    shown = replace(row, start=refused.typed) if refused else row
    context = {
        "answers": page,
        "row": shown,
        "refused": refused,
        "lights": _lights(),
        "opened": refused is not None,
        "live_message": said or (refused.message if refused else ""),
        "live_kind": "error" if refused else "",
        "crumbs": trail("strategies", ("strategy", page.strategy), here=_("Answers")),
    }
    template = "parts/answer.html" if is_fragment(request) else "answer.html"
    return render(request, f"toimenpiteet/rounds/{template}", context, status=status)
