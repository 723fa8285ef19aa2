"""One action item."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from toimenpiteet.selectors.item_page import item_page
from toimenpiteet.web.door import visit


@require_GET
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """Show both periods, why each move is or is not open to me, and the timeline."""
    me = visit(request)
    return render(request, "toimenpiteet/item.html", {"item": item_page(me.scope, item_id, me.today)})
