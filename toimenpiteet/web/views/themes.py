"""One theme."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from toimenpiteet.selectors.theme_pages import theme_page
from toimenpiteet.web.crumbs import trail
from toimenpiteet.web.door import visit
from toimenpiteet.web.keep_links import keep_links


@require_safe
def theme(request: HttpRequest, theme_id: int) -> HttpResponse:
    """Show one theme: its success factors, its goals, what serves it."""
    me = visit(request)
    page = theme_page(me.scope, theme_id, me.today)
    above = (("municipality", page.municipality), ("strategy", page.strategy), *(("theme", one) for one in page.above))
    links = keep_links(request, me.scope, page.municipality.pk, "theme", page.pk, "goal")
    context = {"theme": page, "crumbs": trail("strategies", *above, here=page.name), "keep_links": links}
    return render(request, "toimenpiteet/theme.html", context)
