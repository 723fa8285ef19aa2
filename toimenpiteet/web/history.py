"""What changed since the person's last visit, until they say that they have seen it; which past day is asked for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, Concatenate
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from toimenpiteet.dates import moment_words
from toimenpiteet.selectors.history.between import DIFFERENCE, between
from toimenpiteet.selectors.history.moments import Asked, NotBetween, choices
from toimenpiteet.selectors.history.news import changes
from toimenpiteet.selectors.history.past import past_day
from toimenpiteet.selectors.plan.page import items_gone
from toimenpiteet.services import history
from toimenpiteet.services.errors import Forbidden
from toimenpiteet.web import lists
from toimenpiteet.web.crumbs import trail
from toimenpiteet.web.lists import Column
from toimenpiteet.web.request import (
    P,
    RequestContext,
    View,
    ask_to_sign_in,
    back_to,
    published,
    request_context,
    say_done,
    signed_in,
    whole_number,
)

SHORT, PAGE = 10, 100
_NUMBERS = ("from_round", "to_round", "unit", "theme")
FIRST_VISIT = timedelta(days=30)
"""How far back somebody sees who never said that they have seen anything."""


def news(me: RequestContext) -> dict[str, Any]:
    """Return what history/parts/changes.html expects: what changed since the person's last visit; three queries."""
    since, first = _since(me)
    return {"changes": changes(me.scope, since, SHORT), "since": moment_words(since), "first_visit": first}


def _since(me: RequestContext) -> tuple[datetime, bool]:
    seen_at = me.scope.user.changes_seen_at if me.scope.user else None
    return seen_at or me.now - FIRST_VISIT, seen_at is None


@require_safe
@signed_in
def changes_page(request: HttpRequest) -> HttpResponse:
    """Show every change since the last visit, newest first; `until` in the address leads to older ones."""
    me = request_context(request)
    since, _first = _since(me)
    found = changes(me.scope, since, PAGE, _moment(request.GET.get("until", "")))
    older = urlencode({"until": found.oldest.isoformat()}) if found.more and found.oldest else ""
    context = {"changes": found, "since": moment_words(since), "older": older and f"?{older}"}
    return render(request, "toimenpiteet/history/page.html", context)


def _moment(value: str) -> datetime | None:
    """Return an instant that stands in an address or a form, or None for anything else."""
    try:
        moment = parse_datetime(value)
        return moment.astimezone(UTC) if moment and moment.utcoffset() is not None else None
    except (ValueError, OverflowError):
        return None


@require_POST
@signed_in
def changes_seen(request: HttpRequest) -> HttpResponse:
    """Remember that the person has seen what the page showed, up to its newest change."""
    me = request_context(request)
    if me.scope.user is not None:
        history.mark_changes_seen(me.scope.user.pk, _moment(request.POST.get("until", "")) or me.now, now=me.now)
    say_done(request, _("Marked as seen. What changes from now on is shown next time."))
    return HttpResponseRedirect(back_to(request, reverse("waiting")), status=303)


_COLUMNS = (
    Column("kind", gettext_lazy("Change"), lambda row: str(DIFFERENCE[row.kind]), fixed=True),
    Column("name", gettext_lazy("Action item"), lambda row: row.plan.item_name.text),
    Column("goal", gettext_lazy("Goal"), lambda row: row.plan.goal_title.text),
    Column("period", gettext_lazy("Period"), lambda row: row.plan.period_name.text),
    Column("said", gettext_lazy("In words"), lambda row: row.sentence),
    Column("days", gettext_lazy("Days"), lambda row: row.days or None),
)


@require_safe
@signed_in
def strategy_changes(request: HttpRequest, strategy_id: int) -> HttpResponseBase:
    """Show what changed in the plan of a strategy between two days or rounds, of a unit or a theme if so asked."""
    me, query = request_context(request), request.GET
    asked = Asked(query.get("from", ""), query.get("to", ""), *(whole_number(query.get(name)) for name in _NUMBERS))
    offered = choices(me.scope, strategy_id, me.today)
    context: dict[str, Any] = {
        "offered": offered,
        "asked": asked,
        "today": me.today.isoformat(),
        "days": (asked.since, asked.until),
        "crumbs": trail("strategies", ("strategy", offered.strategy), here=_("What changed between two days")),
    }
    try:
        found = between(me.scope, strategy_id, asked, me.today)
    except NotBetween as error:
        wrong = {"wrong": {error.field: str(error)}}
        return render(request, "toimenpiteet/history/between.html", context | wrong, status=422)
    table = lists.read(_COLUMNS, request, sort="")
    if table.file:
        every = [change for group in found.groups for change in group.changes]
        return lists.download(table, every, name=_("What changed"), now=me.now)
    gone = items_gone(me.scope, found.items)
    context |= {"found": found, "gone": gone, "days": (found.since.day.isoformat(), found.until.day.isoformat())}
    context["sheet"] = table
    return render(request, "toimenpiteet/history/between.html", context)


def published_or_past(view: Callable[Concatenate[HttpRequest, RequestContext, P], HttpResponseBase]) -> View[P]:
    """As ``published``, for a page that shows past days as well: those only to who has signed in."""

    @wraps(view)
    def seen(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        refused = ask_to_sign_in(request) if request.GET.get("as_of") else None
        return refused or published(view)(request, *args, **kwargs)

    return seen


def in_the_past(request: HttpRequest, me: RequestContext, **only: int) -> RequestContext | None:
    """Return who asks, on the past day that the address names (`as_of`); None where it names none but today.

    `only` one strategy by its `pk` may be asked for. What is read for them is read in ``past.as_of`` that day. Raises
    NoSuchDay, and Forbidden for a stranger: texts that were taken away, such as a name, are not for the public to read.
    """
    text = request.GET.get("as_of", "")
    if not text:
        return None
    if me.scope.anonymous:
        raise Forbidden(_("How things stood on a past day is shown to people of the municipality."))
    day = past_day(text, me.scope, me.today, **only)
    # A copy of what they are, which has not read today's tree of units.
    return replace(me, today=day, scope=replace(me.scope)) if day != me.today else None
