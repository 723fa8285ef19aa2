"""One programme."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from toimenpiteet.selectors.project_pages import programme_page
from toimenpiteet.web.crumbs import trail
from toimenpiteet.web.door import Visit, published
from toimenpiteet.web.keep_links import keep_links


@require_safe
@published
def programme(request: HttpRequest, me: Visit, programme_id: int) -> HttpResponse:
    """Show one programme: who prepares and approves it, which strategies and themes it serves."""
    page = programme_page(me.scope, programme_id)
    crumbs = trail("strategies", ("municipality", page.municipality), here=page.name)
    links = keep_links(request, me.scope, page.municipality.pk, "programme", page.pk)
    context = {"programme": page, "crumbs": crumbs, "keep_links": links}
    return render(request, "toimenpiteet/programme.html", context)
