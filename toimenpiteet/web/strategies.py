"""What each municipality has decided, in its own words: strategies, their themes and goals; and the municipality."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from toimenpiteet import access
from toimenpiteet.models import FollowedDecision
from toimenpiteet.selectors.strategies.decisions import decisions_page
from toimenpiteet.selectors.strategies.logos import find_logo
from toimenpiteet.selectors.strategies.matrix import matrix
from toimenpiteet.selectors.strategies.municipality import municipality_page
from toimenpiteet.selectors.strategies.overview import overview
from toimenpiteet.selectors.strategies.strategy import find_strategy, strategy_page, strategy_rows
from toimenpiteet.selectors.strategies.themes import find_goal, goal_page, items_of, theme_page
from toimenpiteet.selectors.translated import Named
from toimenpiteet.services import files
from toimenpiteet.web.crumbs import trail
from toimenpiteet.web.downloads import download
from toimenpiteet.web.edit.links import edit_links
from toimenpiteet.web.paging import page_of
from toimenpiteet.web.request import RequestContext, published, request_context

PAGE = 40


@require_safe
def strategies(request: HttpRequest) -> HttpResponse:
    """List the strategies that exist for the person, by municipality."""
    me = request_context(request)
    rows = strategy_rows(me.scope, me.today)
    return render(request, "toimenpiteet/strategies/strategies.html", {"strategies": rows})


@require_safe
@published
def strategy(request: HttpRequest, me: RequestContext, strategy_id: int) -> HttpResponse:
    """Show a strategy at a glance: where its goals stand, what changed, what comes next."""
    page = overview(me.scope, find_strategy(me.scope, strategy_id), me.today)
    crumbs = trail("strategies", ("municipality", page.municipality), here=page.name)
    links = edit_links(request, me.scope, page.municipality.pk, "strategy", page.pk, "theme")
    context = {"strategy": page, "crumbs": crumbs, "edit_links": links}
    return render(request, "toimenpiteet/strategies/strategy.html", context)


@require_safe
@published
def whole(request: HttpRequest, me: RequestContext, strategy_id: int) -> HttpResponse:
    """Show everything that one strategy says; its plan has a page of its own."""
    page = strategy_page(me.scope, strategy_id, me.today)
    above = (("municipality", page.municipality), ("strategy", Named(page.pk, page.name)))
    context = {"strategy": page, "crumbs": trail("strategies", *above, here=_("The whole strategy"))}
    return render(request, "toimenpiteet/strategies/whole.html", context)


@require_safe
@published
def responsibilities(request: HttpRequest, me: RequestContext, strategy_id: int) -> HttpResponse:
    """Show which unit answers for what, by goal."""
    found = matrix(me.scope, find_strategy(me.scope, strategy_id))
    above = (("municipality", found.municipality), ("strategy", found.strategy))
    context = {"matrix": found, "crumbs": trail("strategies", *above, here=_("Who answers for what"))}
    return render(request, "toimenpiteet/strategies/matrix.html", context)


@require_safe
@published
def decisions(request: HttpRequest, me: RequestContext, strategy_id: int) -> HttpResponse:
    """Show the decisions and recommendations that the strategy's reports follow up."""
    page = decisions_page(me.scope, strategy_id)
    crumbs = trail("strategies", ("strategy", page.strategy), here=_("Followed decisions"))
    keeps = access.may(me.scope, access.keeping(FollowedDecision), page.municipality.pk)
    context = {"decisions": page, "crumbs": crumbs, "keeps": keeps}
    return render(request, "toimenpiteet/strategies/decisions.html", context)


@require_safe
@published
def theme(request: HttpRequest, me: RequestContext, theme_id: int) -> HttpResponse:
    """Show one theme: its success factors, its goals, what serves it."""
    page = theme_page(me.scope, theme_id, me.today)
    above = (("municipality", page.municipality), ("strategy", page.strategy), *(("theme", one) for one in page.above))
    links = edit_links(request, me.scope, page.municipality.pk, "theme", page.pk, "goal")
    context = {"theme": page, "crumbs": trail("strategies", *above, here=page.name), "edit_links": links}
    return render(request, "toimenpiteet/strategies/theme.html", context)


@require_safe
@published
def goal(request: HttpRequest, me: RequestContext, goal_id: int) -> HttpResponse:
    """Show one goal: its action items with where they stand, its projects and its indicators."""
    found = find_goal(me.scope, goal_id)
    pages = page_of(request, items_of(me.scope, found), PAGE)
    page = goal_page(me.scope, found, pages.rows, me.today)
    themes = [("theme", theme) for theme in page.above]
    above = (("municipality", page.municipality), ("strategy", page.strategy), *themes)
    context = {"goal": page, "pages": pages, "crumbs": trail("strategies", *above, here=page.name)}
    context["edit_links"] = edit_links(request, me.scope, page.municipality.pk, "goal", page.pk, "item")
    return render(request, "toimenpiteet/strategies/goal.html", context)


@require_safe
@published
def municipality(request: HttpRequest, me: RequestContext, municipality: str) -> HttpResponse:
    """Show a municipality by its key or id: strategies, units, programmes and numbers."""
    page = municipality_page(me.scope, municipality, me.today)
    links = edit_links(request, me.scope, page.pk, "municipality", page.pk)
    context = {"municipality": page, "crumbs": trail("strategies", here=page.name), "edit_links": links}
    return render(request, "toimenpiteet/strategies/municipality.html", context)


@require_safe
@published
def logo(request: HttpRequest, me: RequestContext, municipality: str, sha256: str) -> HttpResponse:
    """Give a logo that a municipality has or had; at its address it never changes."""
    kept, data = files.read(me.scope, find_logo(me.scope, municipality, sha256).pk)
    response = download(data, kept.name)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
