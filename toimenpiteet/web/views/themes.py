"""One theme."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from toimenpiteet.selectors.theme_pages import theme_page
from toimenpiteet.web.crumbs import trail
from toimenpiteet.web.door import Visit, published
from toimenpiteet.web.keep_links import keep_links


@require_safe
@published
def theme(request: HttpRequest, me: Visit, theme_id: int) -> HttpResponse:
    """Show one theme: its success factors, its goals, what serves it."""
    page = theme_page(me.scope, theme_id, me.today)
    above = (("municipality", page.municipality), ("strategy", page.strategy), *(("theme", one) for one in page.above))
    links = keep_links(request, me.scope, page.municipality.pk, "theme", page.pk, "goal")
    context = {"theme": page, "crumbs": trail("strategies", *above, here=page.name), "keep_links": links}
    return render(request, "toimenpiteet/theme.html", context)
