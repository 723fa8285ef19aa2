"""In which action items a plan goes on that is carried over, to be chosen: the move itself is made as all others."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from toimenpiteet import access
from toimenpiteet.selectors.plan.successors import choices
from toimenpiteet.selectors.plan.view import find_plan
from toimenpiteet.services.errors import need
from toimenpiteet.web.crumbs import Crumb
from toimenpiteet.web.plan.moves import row_of
from toimenpiteet.web.request import came_from, is_fragment, request_context, signed_in
from toimenpiteet.workflow import CARRY_OVER


@require_safe
@signed_in
def carry_over(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Give the items to choose from for the form of the move; without htmx as a page with the whole form.

    Where the move is not open it leads to the item's page, which says why.
    """
    me = request_context(request)
    need(access.may(me.scope, CARRY_OVER, find_plan(me.scope, plan_id)))
    row = row_of(me, plan_id)
    here = f"{reverse('item', args=[row.item_id])}#plan-{plan_id}"
    move = next((move for move in row.open_moves if move.name == CARRY_OVER), None)
    context = {"row": row, "move": move, "onward": choices(me.scope, row), "next": came_from(request)}
    if is_fragment(request):
        return render(request, "toimenpiteet/plan/parts/onward_items.html", context)
    if move is None:
        return HttpResponseRedirect(here)
    crumbs: list[Crumb] = [(row.item_name, here), (move.label, "")]
    return render(request, "toimenpiteet/plan/carry_over.html", {**context, "crumbs": crumbs})
