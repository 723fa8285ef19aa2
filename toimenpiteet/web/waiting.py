"""Odottaa sinua: what waits for me, what changed, and who is silent; by what I am."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from toimenpiteet import access, labels
from toimenpiteet.access import Verb
from toimenpiteet.selectors.plan.change_requests import changes_now
from toimenpiteet.selectors.plan.closing import ended_periods
from toimenpiteet.selectors.plan.counts import counts_of_strategies
from toimenpiteet.selectors.plan.moves import moves_of
from toimenpiteet.selectors.plan.page import SheetRow
from toimenpiteet.selectors.plan.view import CARD, PlanView, views
from toimenpiteet.selectors.rounds.answers import answers_page
from toimenpiteet.selectors.rounds.now import RoundsNow, rounds_now
from toimenpiteet.selectors.rounds.review_units import ANSWERED, LATE, NARROWED
from toimenpiteet.selectors.rounds.rounds import Rounds, rounds
from toimenpiteet.selectors.waiting import waiting
from toimenpiteet.selectors.waiting.silence import silence
from toimenpiteet.selectors.waiting.waiting import ORDER, Choices, Decisions, Filters, Urgency
from toimenpiteet.web import lists
from toimenpiteet.web.history import news
from toimenpiteet.web.paging import neighbours, page_number
from toimenpiteet.web.plan import sheets
from toimenpiteet.web.request import RequestContext, request_context, signed_in, whole_number
from toimenpiteet.web.rounds.answers import answering
from toimenpiteet.workflow import OPEN_VALUES, Status

PAGE = 50
SHORT = 6
SILENT_SHORT = 5
COUNT_LIMIT = 1000
REMEMBERED = "waiting"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead a signed-in person to what waits for them, others to the published strategies."""
    return redirect("strategies" if request_context(request).scope.anonymous else "waiting")


@require_safe
@signed_in
def waiting_page(request: HttpRequest) -> HttpResponseBase:
    """Show what waits for the person's units, by urgency; to the director and to readers what they came for."""
    me = request_context(request)
    owns, directs = bool(me.scope.unit_roles), bool(access.where(me.scope, Verb.DIRECT))
    offered = waiting.choices(me.scope) if owns else Choices([], [])
    filters = _filters(request, offered)
    if not request.GET and (address := _remembered(request, offered)):
        return redirect(address)
    _remember(request)
    table = sheets.asked(request)
    if table.file:
        return lists.download(table, _sheet(me, filters), name=_("Waiting for you"), now=me.now)
    now = rounds_now(me.scope, me.now, SILENT_SHORT)
    there = rounds(me.scope, me.today) if owns or directs else Rounds({}, None)
    decisions = waiting.decisions(me.scope, me.today, COUNT_LIMIT + 1) if directs else Decisions([], [])
    # Who directs has the whole city on this page, and answers on the round's own.
    first = now.answering if owns and not directs else None
    queue = _queue(request, me, filters, there, first.pk if first else 0) if owns else Queue({}, {}, filters)
    rows = _rows(me, decisions, queue)
    context: dict[str, Any] = {
        "now": now,
        "owns_units": owns,
        "directs": directs,
        "filters": filters,
        "choices": offered,
        "bulk": True,
        "sheet": table,
    }
    above = {*decisions.approvals[:SHORT], *decisions.late[:SHORT]}
    context |= {"bulk_moves": moves_of(rows.values()), "above": above}
    context |= _directed(me, decisions, rows, there, now) if directs else {}
    context |= _mine(request, queue, rows) if owns else {}
    context["answering"] = first and answering(request, answers_page(me.scope, first.pk, me.today), request.path)
    context |= {"ended": ended_periods([*decisions.approvals, *decisions.late], me.today)}
    context |= {"proposed": changes_now(me.scope, me.now)} if owns or directs else {}
    context |= news(me) if directs or not owns else {}
    context |= {"progress": counts_of_strategies(me.scope, me.today)} if not owns and not directs else {}
    return render(request, "toimenpiteet/waiting/page.html", context)


def _sheet(me: RequestContext, filters: Filters) -> Iterator[SheetRow]:
    """Return all that waits: what the person decides on or sees late, then the plans of their units by urgency."""
    decided = waiting.decisions(me.scope, me.today, lists.FILE_LIMIT)
    there = rounds(me.scope, me.today)
    plans = waiting.narrowed(waiting.of_my_units(me.scope), filters)
    own = [pk for pk, at in waiting.by_urgency(plans, me.today, there.ends) if filters.urgency in {"", ORDER[at]}]
    return sheets.rows_of(me.scope, dict.fromkeys([*decided.approvals, *decided.late, *own]), me.today)


# Filters: in the address, and remembered for the next time


def _filters(request: HttpRequest, offered: Choices) -> Filters:
    """Read the filters; a unit or strategy that is not offered to the person is a 404, as everywhere."""
    query = request.GET
    status, urgency = query.get("status", ""), query.get("urgency", "")
    return Filters(
        unit=_one_of(query.get("unit"), {unit.pk for unit in offered.units}),
        strategy=_one_of(query.get("strategy"), {strategy.pk for strategy in offered.strategies}),
        status=status if status in OPEN_VALUES else "",
        text=query.get("q", "").strip()[:200].replace("\x00", ""),
        urgency=urgency if urgency in set(Urgency) else "",
    )


def _one_of(value: str | None, offered: set[int]) -> int:
    if value and whole_number(value) not in offered:
        raise Http404
    return whole_number(value)


def _remember(request: HttpRequest) -> None:
    names = ("unit", "strategy", "status", "q", "urgency")
    kept = {name: request.GET[name] for name in names if request.GET.get(name)}
    if any(name in request.GET for name in names) and request.session.get(REMEMBERED, {}) != kept:
        request.session[REMEMBERED] = kept


def _remembered(request: HttpRequest, offered: Choices) -> str:
    """Return the address with the filters of the last time; without those that are not offered any more."""
    kept: dict[str, str] = request.session.get(REMEMBERED, {})
    still = {"unit": offered.units, "strategy": offered.strategies}
    query = request.GET.copy()
    for name, value in kept.items():
        if name not in still or whole_number(value) in {one.pk for one in still[name]}:
            query[name] = value
    return f"{reverse('waiting')}?{query.urlencode()}" if query else ""


# What is on the page: first which plans, then all of their rows at once


@dataclass(frozen=True)
class Queue:
    """The plans of the person's units: the `places` in waiting.ORDER of those on this page, and all counts."""

    places: dict[int, int]
    counted: dict[Urgency, int]
    filters: Filters
    number: int = 1

    @property
    def total(self) -> int:
        """Return how many plans the pages hold."""
        return self.counted[Urgency(self.filters.urgency)] if self.filters.urgency else sum(self.counted.values())


def _queue(request: HttpRequest, me: RequestContext, filters: Filters, there: Rounds, besides: int) -> Queue:
    """Return the queue without what the round `besides` asks about, which stands on the page already; 0: all."""
    mine = waiting.of_my_units(me.scope)
    plans = waiting.narrowed(waiting.not_asked_in(besides, mine) if besides else mine, filters)
    ranked = waiting.by_urgency(plans, me.today, there.ends)
    wanted = [one for one in ranked if not filters.urgency or ORDER[one[1]] == filters.urgency]
    number = max(1, min(page_number(request), -(-len(wanted) // PAGE)))
    return Queue(dict(wanted[(number - 1) * PAGE : number * PAGE]), waiting.counts(ranked), filters, number)


def _rows(me: RequestContext, decisions: Decisions, queue: Queue) -> dict[int, PlanView]:
    keys = dict.fromkeys([*decisions.approvals[:SHORT], *decisions.late[:SHORT], *queue.places])
    return {row.pk: row for row in views(list(keys), me.today, CARD, me.scope)}


# The parts of the page


def _directed(
    me: RequestContext, decisions: Decisions, rows: dict[int, PlanView], there: Rounds, now: RoundsNow
) -> dict[str, Any]:
    # In a round silence is what its answers say; between rounds there are only signs.
    signs = None if now.silent else silence(me.scope, me.today, there.opened_on)
    return {
        "counters": _counters(now, decisions),
        "approvals": [rows[key] for key in decisions.approvals[:SHORT]],
        "approvals_count": len(decisions.approvals),
        "late": [rows[key] for key in decisions.late[:SHORT]],
        "late_count": len(decisions.late),
        "count_limit": COUNT_LIMIT,
        "silence": signs,
        "silent_short": SILENT_SHORT,
        "silent_rest": f"{SILENT_SHORT}:",
    }


@dataclass(frozen=True)
class Counter:
    """A number on top of the director's page, with where it leads; `of` is the whole that it is a part of."""

    key: str
    label: str
    count: int
    href: str
    of: int = 0


def _counters(now: RoundsNow, decisions: Decisions) -> list[Counter]:
    """Return how the answers of the rounds that ask stand, summed, and what waits or is late whatever they ask."""
    asked = sum(line.asked for line in now.reviewing)
    answers = [
        Counter(one, str(NARROWED[one]), sum(getattr(line, one) for line in now.reviewing), _leads(now, one), of)
        for one, of in ((ANSWERED, asked), ("silent", 0), ("returned", 0))
    ]
    return [
        *(answers if now.reviewing else []),
        Counter("approvals", _("awaiting your approval"), len(decisions.approvals), "#approvals"),
        Counter("late", str(NARROWED[LATE]), len(decisions.late), "#overdue-head"),
    ]


def _leads(now: RoundsNow, state: str) -> str:
    """Return where answers of a state are reviewed: their round, or its line on the page where several have some."""
    concerned = [line for line in now.reviewing if getattr(line, state)] or now.reviewing
    if len(concerned) == 1:
        return f"{reverse('review', args=[concerned[0].pk])}?tila={state}"
    return f"#katselmus-{concerned[0].pk}" if concerned else ""


def _mine(request: HttpRequest, queue: Queue, rows: dict[int, PlanView]) -> dict[str, Any]:
    placed = [(rows[key], place) for key, place in queue.places.items()]
    number = queue.number
    return {
        "groups": [
            {"group": group, "label": labels.URGENCY[group.urgency], "href": _of(request, group.urgency)}
            for group in waiting.groups(placed, queue.counted)
        ],
        "tally": [_tally(request, queue, urgency) for urgency, count in queue.counted.items() if count],
        "total": sum(queue.counted.values()),
        "statuses": [(status, labels.STATUS[Status(status)]) for status in OPEN_VALUES],
        "number": number,
        "pages": -(-queue.total // PAGE),
        **neighbours(request, number, more=number * PAGE < queue.total),
    }


def _tally(request: HttpRequest, queue: Queue, urgency: Urgency) -> dict[str, Any]:
    return {
        "urgency": urgency,
        "label": labels.URGENCY[urgency],
        "count": queue.counted[urgency],
        "href": _of(request, urgency),
        "current": queue.filters.urgency == urgency,
    }


def _of(request: HttpRequest, urgency: Urgency) -> str:
    return lists.address(request.GET, urgency=urgency, page=None)
