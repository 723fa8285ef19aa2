"""Answering in a round: every plan for which a person answers on one page; a row is answered in its place.

Without htmx each act leads back to the page, at the row; a refusal shows the row with what was typed.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from toimenpiteet import labels
from toimenpiteet.answers import Light, Unknown
from toimenpiteet.dates import day_words, time_words
from toimenpiteet.selectors.rounds.answers import GROUPS, AnswerRow, AnswersPage, Words, answers_page
from toimenpiteet.services.errors import DomainError, Forbidden, Invalid, Stale
from toimenpiteet.services.rounds import answers
from toimenpiteet.services.rounds.answers import Answer, DraftSeen
from toimenpiteet.services.text import printable
from toimenpiteet.web.crumbs import trail
from toimenpiteet.web.forms import NO_DAY
from toimenpiteet.web.plan.editing import Conflict, clash, saved_meanwhile
from toimenpiteet.web.request import (
    RequestContext,
    back_to,
    is_fragment,
    request_context,
    say_done,
    session_over,
    signed_in,
    whole_number,
)

Place = tuple[int, int]
"""The ids of a round and of a plan."""


@dataclass(frozen=True)
class Refused:
    """What a person typed and why it was not taken; `field` is where, `conflict` what somebody else has said."""

    typed: Words
    message: str
    field: str
    conflict: Conflict | None = None


@require_safe
@signed_in
def answers_of_round(request: HttpRequest, round_id: int) -> HttpResponse:
    """Show every plan that the person answers for in the round: returned first, then silent, then said."""
    me = request_context(request)
    context = answering(request, answers_page(me.scope, round_id, me.today), reverse("answers", args=[round_id]))
    return render(request, "toimenpiteet/rounds/answers.html", context)


def answering(request: HttpRequest, page: AnswersPage, here: str) -> dict[str, Any]:
    """Return what rounds/parts/answering.html expects; `here` is the path of the page that it stands on."""
    chosen = _chosen(request)
    rows = [row for row in page.rows if chosen in {"", row.state}]
    return {
        "answers": page,
        "chosen": chosen,
        "groups": [(key, heading, [row for row in rows if row.group == key]) for key, heading in _headings()],
        "lights": [(light.value, str(labels.LIGHT[light])) for light in Light],
        "reasons": labels.choices(labels.UNKNOWN),
        "crumbs": trail("strategies", ("strategy", page.strategy), here=_("Answers")),
        "named": here != reverse("answers", args=[page.round.pk]),
        "here": here,
        "next": here,
    }


def _in_place(request: HttpRequest, page: AnswersPage) -> dict[str, Any]:
    """Return the same for an act, which leads back to the page where it was done."""
    return answering(request, page, _came_from(request, page.round.pk))


def _came_from(request: HttpRequest, round_id: int) -> str:
    return urlsplit(back_to(request, reverse("answers", args=[round_id]))).path


def _chosen(request: HttpRequest) -> str:
    """Return which state alone the page shows, "" for all; a piece of it is asked for from the page's address."""
    query = request.GET
    if is_fragment(request):
        query = QueryDict(urlsplit(request.headers.get("HX-Current-URL", "")).query)
    state = query.get("tila", "")
    return state if state in labels.ANSWER_STATE else ""


def _headings() -> Iterable[tuple[str, str]]:
    return zip(GROUPS, (_("Returned to you"), _("Not answered"), _("Answered")), strict=True)


@require_POST
@signed_in
def answer(request: HttpRequest, round_id: int, plan_id: int) -> HttpResponse:
    """Send, confirm, withdraw, keep as a draft or discard it, as the pressed button says."""
    me, typed, place = request_context(request), _typed(request), (round_id, plan_id)
    drafting = request.POST.get("act") == "draft" and is_fragment(request)
    try:
        said = _act(request, me, place, typed)
    except DomainError as error:
        if drafting:
            return _plain(error)
        if isinstance(error, AnotherPerson):
            # Nothing of the page is replaced: it is the other person's, and so would be its rows and numbers.
            return session_over(request)
        return _refused(request, me, place, typed, error)
    if drafting:
        return _draft_saved(request, me, place, said)
    if is_fragment(request):
        return _row(request, me, place, said=said)
    say_done(request, said)
    return HttpResponseRedirect(f"{_came_from(request, round_id)}#vastaus-{plan_id}", status=303)


def _typed(request: HttpRequest) -> Answer:
    words = {name: request.POST.get(name, "") for name in ("light", "text", "cause", "next_step", "unknown_because")}
    return Answer(**words, known_on=_day(request.POST.get("known_on", "")))


def _day(typed: str) -> date | None:
    try:
        return parse_date(typed)
    except ValueError:
        return None


def _need_day(request: HttpRequest, typed: Answer) -> None:
    """Refuse what was typed as the day of knowing and is none."""
    if request.POST.get("known_on") and typed.known_on is None:
        raise Invalid(str(NO_DAY), field="known_on")


class AnotherPerson(Invalid):
    """What was sent was typed by somebody who is not signed in any more in this browser."""


def _need_same_person(request: HttpRequest, me: RequestContext) -> None:
    """Refuse what another person typed, who was signed in in this browser when the page was opened."""
    person = whole_number(request.POST.get("person"))
    if person and me.scope.user is not None and person != me.scope.user.pk:
        raise AnotherPerson(
            _("Somebody else has signed in in this browser, so nothing was saved. Sign in as yourself and try again.")
        )


def _act(request: HttpRequest, me: RequestContext, place: Place, typed: Answer) -> str:
    _need_same_person(request, me)
    _need_day(request, typed)
    version = whole_number(request.POST.get("version"))
    by: Any = {"version": version, "scope": me.scope, "actor": me.actor, "now": me.now}
    match request.POST.get("act"):
        case "send":
            answers.send(*place, typed, **by)
            return _("The answer was sent.")
        case "unchanged":
            answers.send_unchanged(*place, **by, typed=typed)
            return _("Sent: no change since the last answer.")
        case "withdraw":
            answers.withdraw(*place, **by)
            return _("The answer was withdrawn. Its words are your draft.")
        case "discard":
            answers.discard_draft(*place, scope=me.scope, now=me.now)
            return _("The draft was discarded.")
        case "draft":
            answers.keep_draft(*place, typed, scope=me.scope, now=me.now)
            return _("Draft saved %(time)s.") % {"time": time_words(me.now)}
    raise Http404


def _plain(error: DomainError) -> HttpResponse:
    """Say to the page's script why a draft was not kept."""
    status = 422 if error.http_status == 400 else error.http_status
    return HttpResponse(error.message, status=status, content_type="text/plain; charset=utf-8")


def _draft_saved(request: HttpRequest, me: RequestContext, place: Place, said: str) -> HttpResponse:
    page = answers_page(me.scope, place[0], me.today, only=place[1:])
    context = {**_in_place(request, page), "row": _only(page), "said": said}
    return render(request, "toimenpiteet/rounds/parts/draft_saved.html", context)


def _refused(request: HttpRequest, me: RequestContext, place: Place, typed: Answer, error: DomainError) -> HttpResponse:
    if isinstance(error, Forbidden | Stale) and request.POST.get("act") == "send":
        _keep(me, place, typed)
    words = {name: printable(str(value or "")) for name, value in asdict(typed).items()}
    words["known_on"] = words["known_on"] or printable(request.POST.get("known_on", ""))
    conflict = _conflict(typed, error.current) if isinstance(error, Stale) else None
    refused = Refused(Words(**words), error.message, "" if conflict else error.field or "text", conflict)
    status = 422 if error.http_status == 400 else error.http_status
    return _row(request, me, place, refused=refused, status=status)


def _conflict(typed: Answer, current: Any) -> Conflict:
    """Return what somebody else said meanwhile beside what was typed."""
    both = [
        (_("Light"), _light(current.light), _light(typed.light)),
        (_("Why it cannot be assessed"), _unknown(current), _unknown(typed)),
        (_("What was done, what next"), current.text, typed.text),
        (_("Cause"), current.cause, typed.cause),
        (_("Next step"), current.next_step, typed.next_step),
    ]
    return saved_meanwhile(current, [clash(*one) for one in both if one[1] != one[2]])


def _light(value: str) -> str:
    return str(labels.LIGHT[Light(value)]) if value in set(Light) else value


def _unknown(said: Any) -> str:
    because = set(Unknown) & {said.unknown_because}
    words = [
        *(str(labels.UNKNOWN[reason]) for reason in because),
        *([day_words(said.known_on)] if said.known_on else []),
    ]
    return ", ".join(words)


def _keep(me: RequestContext, place: Place, typed: Answer) -> None:
    """Keep what could not be sent as the person's draft: a manager sends it, or they do when they have read on."""
    try:
        answers.keep_draft(*place, typed, scope=me.scope, now=me.now)
    except (Forbidden, Invalid):
        return


def _row(
    request: HttpRequest,
    me: RequestContext,
    place: Place,
    *,
    said: str = "",
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with the row alone: in its place with htmx, as a page of its own without it."""
    page = answers_page(me.scope, place[0], me.today, only=place[1:])
    row = _only(page)
    context = {
        **_in_place(request, page),
        "row": replace(row, start=refused.typed) if refused else row,
        "refused": refused,
        "opened": refused is not None,
        "live_message": _progress(said, page) if said else refused.message if refused else "",
        "live_kind": "error" if refused else "",
    }
    template = "parts/answered.html" if is_fragment(request) else "answer.html"
    return render(request, f"toimenpiteet/rounds/{template}", context, status=status)


def _only(page: AnswersPage) -> AnswerRow:
    if not page.rows:
        raise Http404
    return page.rows[0]


def _progress(said: str, page: AnswersPage) -> str:
    numbers = {"answered": page.round.answered, "asked": page.round.asked}
    return f"{said} {_('%(answered)s of %(asked)s answered.') % numbers}"


@require_POST
@signed_in
def send_drafts(request: HttpRequest, round_id: int) -> HttpResponse:
    """Send every draft of the page that is whole, as it was shown; say of the others why they stay."""
    me = request_context(request)
    by: Any = {"scope": me.scope, "actor": me.actor, "now": me.now}
    done, refused = answers.send_drafts(round_id, _seen(request), **by)
    page = answers_page(me.scope, round_id, me.today)
    why = {plan: error.message for plan, error in refused}
    unsent = [(row, why[row.plan.pk]) for row in page.rows if row.plan.pk in why]
    said = ngettext("%(count)s answer was sent.", "%(count)s answers were sent.", len(done)) % {"count": len(done)}
    said = _progress(said, page)
    if is_fragment(request):
        sent = [row for row in page.rows if row.plan.pk in done]
        context = {**_in_place(request, page), "unsent": unsent, "sent": sent, "live_message": said}
        return render(request, "toimenpiteet/rounds/parts/sent.html", context)
    say_done(request, " ".join([said, *(f"{row.plan.item_name}: {words}" for row, words in unsent)]))
    return HttpResponseRedirect(_came_from(request, round_id), status=303)


def _seen(request: HttpRequest) -> list[DraftSeen]:
    parts = [value.split("/", 2) for value in request.POST.getlist("seen")]
    return [DraftSeen(whole_number(one[0]), whole_number(one[1]), one[2]) for one in parts if len(one) == 3]
