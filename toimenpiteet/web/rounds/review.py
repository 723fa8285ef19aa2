"""The director's review of a round: answers by risk, each accepted or returned with words; and the round's moves."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from toimenpiteet import access, labels
from toimenpiteet.access import Verb
from toimenpiteet.models import ReportingRound
from toimenpiteet.round_moves import BY_NAME, RoundStatus, next_move
from toimenpiteet.selectors.rounds import rounds as selected
from toimenpiteet.selectors.rounds.corrections import corrected, exceptions
from toimenpiteet.selectors.rounds.review import ReviewPage, find_answer, read, review_page
from toimenpiteet.selectors.rounds.review_units import NARROWED
from toimenpiteet.selectors.rounds.snapshots import kept
from toimenpiteet.selectors.translated import text_of
from toimenpiteet.selectors.units.units import find_unit
from toimenpiteet.services import audited, text
from toimenpiteet.services.errors import DomainError, need
from toimenpiteet.services.rounds import answers, nudges, turning
from toimenpiteet.services.text import printable
from toimenpiteet.web.crumbs import trail
from toimenpiteet.web.edit.forms import WhyForm
from toimenpiteet.web.paging import page_of
from toimenpiteet.web.plan.moves import row_of
from toimenpiteet.web.request import (
    GET_OR_POST,
    RequestContext,
    back_to,
    request_context,
    say_done,
    signed_in,
    whole_number,
)
from toimenpiteet.web.saying import about

PAGE = 50


@require_safe
@signed_in
def review(request: HttpRequest, round_id: int) -> HttpResponse:
    """Show how many answers stand how, what waits for a decision by its risk, and who is silent."""
    return _page(request, request_context(request), round_id)


def _page(request: HttpRequest, me: RequestContext, round_id: int, status: int = 200, **more: Any) -> HttpResponse:
    only = request.GET.get("tila", "")
    page = review_page(me.scope, round_id, me.today, only, whole_number(request.GET.get("vastuutaho")))
    need(access.may(me.scope, Verb.DIRECT, page.municipality))
    move = next_move(RoundStatus(page.status))
    closed = page.status in ReportingRound.CLOSED
    context = {
        "review": page,
        "only": only,
        "narrowed": _narrowed(request),
        "only_label": NARROWED.get(only, ""),
        **_turned(request, me, page, more.get("refused_pk", 0)),
        "calm": [] if closed else [row for row in page.queue if row.calm],
        "closed": closed,
        "snapshot": kept(me.scope, round_id) if closed else None,
        "corrected": corrected(me.scope, round_id, me.today) if closed else [],
        "exceptions": exceptions(me.scope, round_id, me.now) if closed else [],
        "move": (move.name, labels.ROUND_MOVE[move.name]) if move else None,
        "crumbs": trail("strategies", ("strategy", page.strategy), here=_("Review")),
        **more,
    }
    return render(request, "toimenpiteet/rounds/review.html", context, status=status)


def _turned(request: HttpRequest, me: RequestContext, review: ReviewPage, refused: int) -> dict[str, Any]:
    """Return the answers of one page, first those that wait, then those reviewed, and where the pages beside it are.

    A refused answer is on it, with what was typed; `stray` tells that somebody else has reviewed that one meanwhile.
    """
    rows, waits = [*review.queue, *review.done], {row.pk: at for at, row in enumerate(review.queue)}
    pages = page_of(request, rows, PAGE, waits[refused] // PAGE + 1 if refused in waits else 0, landing="")
    begin, end = (pages.number - 1) * PAGE, pages.number * PAGE
    board = reverse("review", args=[review.pk])
    shown, waiting = read(me.scope, review.pk, pages.rows, me.today), len(review.queue[begin:end])
    return {
        "queue": shown[:waiting],
        "done": shown[waiting:],
        "number": pages.number,
        "all": pages.all,
        "previous": f"{board}{pages.previous}#queue" if pages.previous else "",
        "following": f"{board}{pages.following}#katselmus-{rows[end].pk}" if pages.following else "",
        "stray": refused and refused not in waits,
    }


@GET_OR_POST
@signed_in
def decide(request: HttpRequest, report_id: int) -> HttpResponse:
    """Accept an answer, or give it back with words; who opens the address of a refusal again is led to the answer."""
    me, words = request_context(request), request.POST.get("review_text", "")
    if request.method != "POST":
        row = find_answer(me.scope, report_id)
        return HttpResponseRedirect(f"{reverse('review', args=[row.round_id])}#katselmus-{row.pk}")
    by: Any = {
        "version": whole_number(request.POST.get("version")),
        "scope": me.scope,
        "actor": me.actor,
        "now": me.now,
    }
    round_id = whole_number(request.POST.get("round"))
    try:
        if request.POST.get("act") == "accept":
            plan = answers.accept(report_id, **by).plan_id
            said = _("The answer was accepted: “%(name)s”.")
        elif request.POST.get("act") == "return":
            plan = answers.give_back(report_id, words, **by).plan_id
            said = _("The answer was returned: “%(name)s”. The manager sees your words first.")
        else:
            raise Http404
    except DomainError as error:
        refused = {"refused_pk": report_id, "refused": error.message, "typed": printable(words)}
        return _page(request, me, round_id, 422 if error.http_status == 400 else error.http_status, **refused)
    say_done(request, about(said, name=row_of(me, plan, frozenset()).item_name))
    return HttpResponseRedirect(f"{reverse('review', args=[round_id])}{_onward(request)}", status=303)


def _onward(request: HttpRequest) -> str:
    """Return the rest of the address that leads to the next answer of the queue, narrowed as it was."""
    onward = whole_number(request.POST.get("onward"))
    return f"{_narrowed(request)}#katselmus-{onward}" if onward else _narrowed(request)


def _narrowed(request: HttpRequest) -> str:
    """Return what the address says of the rows that are shown; the forms of the page carry it in theirs."""
    kept = {name: request.GET[name] for name in ("vastuutaho", "tila", "page") if request.GET.get(name)}
    return f"?{urlencode(kept)}" if kept else ""


@require_POST
@signed_in
def accept_calm(request: HttpRequest, round_id: int) -> HttpResponse:
    """Accept every answer that is green and unchanged, as the page showed them; each leaves a row of its own."""
    me = request_context(request)
    page: ReviewPage = review_page(me.scope, round_id, me.today)
    need(access.may(me.scope, Verb.DIRECT, page.municipality))
    chosen = [one.partition(":") for value in request.POST.getlist("answer") for one in value.split()]
    seen = [(whole_number(pk), whole_number(version)) for pk, _sep, version in chosen]
    done, refused = answers.accept_each(seen, scope=me.scope, actor=me.actor, now=me.now)
    said = ngettext("%(count)s answer was accepted.", "%(count)s answers were accepted.", len(done))
    words = [said % {"count": len(done)}, *sorted({error.message for error in refused})]
    say_done(request, " ".join(words))
    return HttpResponseRedirect(f"{reverse('review', args=[round_id])}{_narrowed(request)}#queue", status=303)


@require_POST
@signed_in
def nudge(request: HttpRequest, round_id: int, unit_id: int) -> HttpResponse:
    """Ask that a silent unit be reminded."""
    me = request_context(request)
    asked = selected.find_round(me.scope, round_id)
    unit = find_unit(me.scope, access.municipality_of(asked), unit_id)
    try:
        stamp = audited.stamp(me.actor, pgettext("reason", "Reminded of the answers"), me.now)
        nudges.nudge(unit, asked, scope=me.scope, stamp=stamp)
    except DomainError as error:
        return _page(request, me, round_id, 422, refused_unit=unit_id, refused=error.message)
    said = _("%(name)s is reminded by mail, in the next sending hours.")
    say_done(request, about(said, name=text_of(unit, "name", unit.municipality.language)))
    there = f"{reverse('review', args=[round_id])}{_narrowed(request)}"
    return HttpResponseRedirect(f"{back_to(request, there)}#vaiti-{round_id}-{unit_id}", status=303)


@GET_OR_POST
@signed_in
def move_round(request: HttpRequest, round_id: int, name: str) -> HttpResponse:
    """Ask why, then make a move of the round itself."""
    me = request_context(request)
    page = review_page(me.scope, round_id, me.today)
    need(access.may(me.scope, Verb.DIRECT, page.municipality))
    if name not in BY_NAME:
        raise Http404
    form = WhyForm(request.POST or None, initial={"seen_version": page.version})

    def do() -> None:
        stamp = audited.stamp(me.actor, text.reason_of(form.cleaned_data["reason"]), me.now)
        turning.move(round_id, name, version=form.version, scope=me.scope, stamp=stamp)

    if form.carried_out(do):
        after = review_page(me.scope, round_id, me.today)
        status = str(labels.ROUND_STATUS[RoundStatus(after.status)])
        say_done(request, about(_("Done: “%(name)s” is now “%(status)s”."), name=after.name, status=status))
        return HttpResponseRedirect(reverse("review", args=[round_id]), status=303)
    # Somebody else may have moved it, just now or since the page was opened.
    page = review_page(me.scope, round_id, me.today) if request.method == "POST" else page
    open_move = next_move(RoundStatus(page.status))
    crumbs = trail("strategies", ("strategy", page.strategy), here=str(labels.ROUND_MOVE[name]))
    counts = {one.state: one.count for one in page.counts}
    context = {
        "review": page,
        "form": form,
        "title": labels.ROUND_MOVE[name],
        "crumbs": crumbs,
        "move_name": name,
        "shut": open_move is None or open_move.name != name,
        "unanswered": counts.get("silent", 0) + counts.get("returned", 0),
        "unreviewed": counts.get("unchanged", 0) + counts.get("updated", 0),
    }
    return render(request, "toimenpiteet/rounds/move.html", context, status=form.answer_status)
