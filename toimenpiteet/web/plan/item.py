"""One action item."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from toimenpiteet.selectors.history.timeline import KINDS, Asked
from toimenpiteet.selectors.plan.item import item_page
from toimenpiteet.web.plan.moves import ways_back
from toimenpiteet.web.request import RequestContext, published, whole_number


@require_safe
@published
def item(request: HttpRequest, me: RequestContext, item_id: int) -> HttpResponse:
    """Show the periods, why each move is or is not open to me, and the timeline."""
    return item_response(request, me, item_id, request.GET)


def item_response(request: HttpRequest, me: RequestContext, item_id: int, query: QueryDict) -> HttpResponse:
    """Return the page of an item; `query` says which events, and what is put in order or compared.

    Also the answer to a change of one of its parts: the form takes its own part from the page.
    """
    asked = Asked(query.get("kind", ""), whole_number(query.get("page"), 1), query.get("event", ""))
    found = item_page(me.scope, item_id, me.today, asked)
    context = {
        "item": found,
        "backs": ways_back(me, found.plans),
        "kinds": [("", ""), *KINDS.items()],
        "event": asked.slug,
        "arranged": whole_number(query.get("arrange")),
        "compare": query.get("compare") == "1",
        "next": reverse("item", args=[item_id]),
    }
    return render(request, "toimenpiteet/plan/item.html", context)
