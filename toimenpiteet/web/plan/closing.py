"""The end of a plan period: its open plans, carried over, completed or discontinued, each or many at once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from toimenpiteet import access
from toimenpiteet.access import Verb
from toimenpiteet.selectors.plan.closing import closing_moves, closing_page, keys_of_period
from toimenpiteet.selectors.plan.view import CARD, views
from toimenpiteet.services.errors import need
from toimenpiteet.web.crumbs import trail
from toimenpiteet.web.paging import page_of
from toimenpiteet.web.request import request_context, signed_in
from toimenpiteet.workflow import OPEN_VALUES

PAGE = 50


@require_safe
@signed_in
def closing(request: HttpRequest, period_id: int) -> HttpResponse:
    """Show what is still open of a period, what waits for the director first, with the moves that close it."""
    me = request_context(request)
    asked = request.GET.get("tila", "")
    status = asked if asked in OPEN_VALUES else ""
    found = closing_page(me.scope, period_id, me.today, status)
    need(access.may(me.scope, Verb.DIRECT, found.municipality.pk))
    pages = page_of(request, keys_of_period(me.scope, period_id, status), PAGE)
    above = (("municipality", found.municipality), ("strategy", found.strategy))
    context = {
        "closing": found,
        "rows": views(pages.rows, me.today, CARD, me.scope),
        "pages": pages,
        "only": status,
        "bulk": True,
        "bulk_moves": closing_moves(),
        "bulk_action": reverse("bulk-preview"),
        "next": request.get_full_path(),
        "crumbs": trail("strategies", *above, here=_("Closing the period")),
    }
    return render(request, "toimenpiteet/plan/closing.html", context)
