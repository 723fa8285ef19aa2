"""The strategies: what each municipality has decided, in its own words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from toimenpiteet import access
from toimenpiteet.models import Strategy
from toimenpiteet.selectors import strategy_page
from toimenpiteet.web.crumbs import trail
from toimenpiteet.web.door import Visit, published, visit
from toimenpiteet.web.keep_links import keep_links


@require_safe
def strategies(request: HttpRequest) -> HttpResponse:
    """List the strategies that exist for the person, by municipality."""
    me = visit(request)
    rows = strategy_page.strategy_rows(access.visible(me.scope, Strategy), me.today)
    return render(request, "toimenpiteet/strategies.html", {"strategies": rows})


@require_safe
@published
def strategy(request: HttpRequest, me: Visit, strategy_id: int) -> HttpResponse:
    """Show everything that one strategy says; its plan has a page of its own."""
    page = strategy_page.strategy_page(me.scope, strategy_id, me.today)
    crumbs = trail("strategies", ("municipality", page.municipality), here=page.name)
    links = keep_links(request, me.scope, page.municipality.pk, "strategy", page.pk, "theme")
    context = {"strategy": page, "crumbs": crumbs, "keep_links": links}
    return render(request, "toimenpiteet/strategy.html", context)
