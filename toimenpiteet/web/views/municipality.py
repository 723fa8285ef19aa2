"""One municipality."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from toimenpiteet.selectors.municipality_page import municipality_page
from toimenpiteet.web.crumbs import trail
from toimenpiteet.web.door import Visit, published
from toimenpiteet.web.keep_links import keep_links


@require_safe
@published
def municipality(request: HttpRequest, me: Visit, municipality: str) -> HttpResponse:
    """Show a municipality by its key or id: strategies, units, programmes and numbers."""
    page = municipality_page(me.scope, municipality, me.today)
    links = keep_links(request, me.scope, page.pk, "municipality", page.pk)
    context = {"municipality": page, "crumbs": trail("strategies", here=page.name), "keep_links": links}
    return render(request, "toimenpiteet/municipality.html", context)
