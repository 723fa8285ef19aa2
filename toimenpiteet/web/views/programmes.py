"""One programme."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from toimenpiteet.selectors.project_pages import programme_page
from toimenpiteet.web.crumbs import trail
from toimenpiteet.web.door import visit


@require_GET
def programme(request: HttpRequest, programme_id: int) -> HttpResponse:
    """Show one programme: who prepares and approves it, which strategies and themes it serves."""
    page = programme_page(visit(request).scope, programme_id)
    crumbs = trail("strategies", ("municipality", page.municipality), here=page.name)
    return render(request, "toimenpiteet/programme.html", {"programme": page, "crumbs": crumbs})
