"""The plan: theme → goal → item, the periods side by side; a goal's rows come when it is opened."""

import sys
from collections.abc import Collection
from contextlib import nullcontext
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from toimenpiteet import access, labels
from toimenpiteet.access import Scope
from toimenpiteet.answers import Light
from toimenpiteet.dates import day_words
from toimenpiteet.models import Goal, Strategy
from toimenpiteet.selectors.history.past import NoSuchDay, as_of
from toimenpiteet.selectors.plan.page import MINE, MOST, PAST, Plan, Rows, Wanted, items_gone
from toimenpiteet.selectors.plan.view import WHOLE, Part
from toimenpiteet.selectors.strategies.strategy import find_strategy
from toimenpiteet.selectors.translated import text_of
from toimenpiteet.selectors.units.units import find_unit
from toimenpiteet.web import lists
from toimenpiteet.web.history import in_the_past, published_or_past
from toimenpiteet.web.plan import sheets
from toimenpiteet.web.request import RequestContext, is_fragment, whole_number
from toimenpiteet.workflow import STATUS_VALUES

ALL = "all"
_PAPER = {"most": sys.maxsize, "at_once": sys.maxsize - 1}
_FARTHEST = 1_000_000
_OF_TODAY = ("unit", "status", "late", "period", "goal", "compare", "answer", "light")
_FILTERS = (*_OF_TODAY, "as_of")


@require_safe
@published_or_past
def plan(request: HttpRequest, me: RequestContext, strategy_id: int) -> HttpResponseBase:
    """Show the plan of a strategy, now or as of a day; what is open and what is left out is in the address."""
    strategy = find_strategy(me.scope, strategy_id)
    try:
        then = in_the_past(request, me, pk=strategy_id)
    except NoSuchDay as error:
        wrong = {"wrong_day": str(error), "day": request.GET["as_of"], "today": me.today.isoformat()}
        return render(request, "toimenpiteet/plan/no_day.html", {**_of_strategy(strategy), **wrong}, status=422)
    table = sheets.asked(request)
    if table.file:
        return _file(request, table, me, then, strategy_id)
    if then is None:
        context = _page(request, me, strategy, WHOLE)
    else:
        with as_of(then.today):
            context = _page(request, then, find_strategy(then.scope, strategy_id), PAST)
        shown = [row.pk for theme in context["plan"].themes for row in theme.all_rows]
        context |= {"past": day_words(then.today), "gone": items_gone(me.scope, shown)}
    return render(request, "toimenpiteet/plan/page.html", {**context, "sheet": table, "today": me.today.isoformat()})


def _file(
    request: HttpRequest, table: lists.Table, me: RequestContext, then: RequestContext | None, strategy_id: int
) -> HttpResponseBase:
    of = then or me
    with as_of(of.today) if then else nullcontext():
        strategy = find_strategy(of.scope, strategy_id)
        wanted = _wanted(of.scope, strategy, request.GET, past=bool(then))
        rows = Plan(of.scope, strategy, wanted, of.today, PAST if then else WHOLE).sheet()
        name = text_of(strategy, "name", strategy.municipality.language).text
        # Of a past day all is read here: what is read later would be read as it is now.
        return lists.download(table, list(rows) if then else rows, name=name, now=me.now)


def _of_strategy(strategy: Strategy) -> dict[str, Any]:
    own = strategy.municipality.language
    return {
        "strategy": strategy,
        "name": text_of(strategy, "name", own),
        "factors_called": text_of(strategy, "success_factors_called", own),
        "municipality": text_of(strategy.municipality, "name", own),
    }


def _page(request: HttpRequest, me: RequestContext, strategy: Strategy, parts: frozenset[Part]) -> dict[str, Any]:
    asked = Plan(me.scope, strategy, _wanted(me.scope, strategy, request.GET, past=parts == PAST), me.today, parts)
    printed = request.GET.get("print") == "1"
    opened = request.GET.getlist("open")
    wanted = None if printed or ALL in opened else {whole_number(goal) for goal in opened}
    return {
        **_of_strategy(strategy),
        "plan": asked.page(wanted, start=_start(request), **_PAPER if printed else {"most": MOST}),
        "wanted": asked.wanted,
        "printed": printed,
        "statuses": labels.choices(labels.STATUS),
        "states": labels.choices(labels.ANSWER_STATE),
        "lights": labels.choices(labels.LIGHT),
        "mine": bool(me.scope.unit_roles),
        "query": _query(request.GET),
        "query_today": _query(request.GET, filters=_OF_TODAY),
        "next": request.get_full_path(),
        "day": request.GET.get("as_of", ""),
    }


@require_safe
@published_or_past
def goal_rows(request: HttpRequest, me: RequestContext, goal_id: int) -> HttpResponse:
    """Give the rows of one goal to the page that opens it; anybody else is led to the plan with the goal open."""
    try:
        then = in_the_past(request, me)
    except NoSuchDay as error:
        raise Http404 from error
    with as_of(then.today) if then else nullcontext():
        found = _goal(request, then or me, goal_id, PAST if then else WHOLE)
    if isinstance(found, HttpResponse):
        return found
    gone = items_gone(me.scope, [row.pk for row in found["part"].rows]) if then else frozenset()
    return render(request, "toimenpiteet/plan/parts/table.html", {**found, "gone": gone})


def _goal(
    request: HttpRequest, me: RequestContext, goal_id: int, parts: frozenset[Part]
) -> HttpResponse | dict[str, Any]:
    goal = access.get(me.scope, access.visible(me.scope, Goal), pk=goal_id)
    if not is_fragment(request):
        start = f"from={_start(request)}" if _start(request) else ""
        query = "&".join(part for part in (_query(request.GET), f"open={goal_id}", start) if part)
        return HttpResponseRedirect(f"{reverse('plan', args=[goal.strategy_id])}?{query}#goal-{goal_id}")
    strategy = find_strategy(me.scope, pk=goal.strategy_id)
    asked = Plan(me.scope, strategy, _wanted(me.scope, strategy, request.GET, past=parts == PAST), me.today, parts)
    back = f"{reverse('plan', args=[goal.strategy_id])}?{_query(request.GET)}&open={goal_id}".replace("?&", "?")
    found = asked.rows([goal_id], _start(request))
    return {
        "part": found.get(goal_id, Rows()),
        "goal": goal_id,
        "query": _query(request.GET),
        "periods": asked.shown_periods,
        "goal_name": text_of(goal, "name", asked.own),
        "wanted": asked.wanted,
        "next": back,
    }


def _wanted(scope: Scope, strategy: Strategy, query: QueryDict, *, past: bool) -> Wanted:
    """Read the filters; an id that does not exist for the person is a 404, as everywhere.

    Answers are asked for by people of the municipality, as they are today: whoever else follows such an address reads
    the plan.
    """
    unit, period = query.get("unit", ""), query.get("period", "")
    if unit and unit != MINE:
        unit = str(find_unit(scope, strategy.municipality_id, whole_number(unit)).pk)
    if unit == MINE and not scope.unit_roles:
        raise Http404
    if period and not whole_number(period):
        raise Http404
    goal = whole_number(query.get("goal"))
    if goal:
        access.get(scope, access.visible(scope, Goal), pk=goal)
    status = query.get("status", "")
    answer, light = ("", "") if past or scope.anonymous else (query.get("answer", ""), query.get("light", ""))
    return Wanted(
        unit=unit,
        status=status if status in STATUS_VALUES else "",
        late=query.get("late") == "1",
        period=whole_number(period),
        goal=goal,
        compare=query.get("compare") == "1",
        answer=answer if answer in labels.ANSWER_STATE else "",
        light=light if light in set(Light) else "",
    )


def _start(request: HttpRequest) -> int:
    """Return the place from which on the rows of an opened goal are asked for."""
    return min(whole_number(request.GET.get("from")), _FARTHEST)


def _query(query: QueryDict, *, filters: Collection[str] = _FILTERS) -> str:
    """Return the `filters` of an address, for links that keep them."""
    kept = QueryDict(mutable=True)
    for name in filters:
        if value := query.get(name):
            kept[name] = value
    return kept.urlencode()
