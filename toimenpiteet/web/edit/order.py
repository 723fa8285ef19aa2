"""Putting a list in order: by buttons, without JavaScript too, or by dragging (reorder.js)."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from toimenpiteet import access
from toimenpiteet.selectors.edit import KeptRow, listed, may_be_ordered, rows_under, title
from toimenpiteet.services import changing
from toimenpiteet.services.errors import DomainError, Invalid, OrderChanged
from toimenpiteet.web.edit.context import EditContext, keeper, new_edit_context
from toimenpiteet.web.edit.editables import NESTED, Editable
from toimenpiteet.web.edit.pages import around, siblings
from toimenpiteet.web.request import GET_OR_POST, is_fragment, say_done, whole_number

# More rows than this are not sent in one form; such a list is only read.
MOST = 500
Wanted = list[tuple[int, int]]


@GET_OR_POST
@keeper
def order(request: HttpRequest, editable: Editable, above: int) -> HttpResponse:
    """Show everything in one list; a POST puts it in the order that it names, or moves one row by a place."""
    at = new_edit_context(request, editable, above)
    under = _under(request, at)
    rows = siblings(editable, at.above, under)
    if request.method != "POST":
        return _page(request, at, rows, under)
    try:
        said = _order(request, at, rows)
    except DomainError as error:
        return _page(request, at, rows, under, refused=error)
    if is_fragment(request):
        return _page(request, at, rows, under, said=said)
    say_done(request, said)
    here = reverse("edit-order", args=[editable, above]) + (f"?under={under}" if under else "")
    return HttpResponseRedirect(here, status=303)


def _under(request: HttpRequest, at: EditContext) -> int | None:
    """Return the branch of a tree whose rows are meant; raises Http404 when it does not exist for the person."""
    wanted = request.POST.get("under") or request.GET.get("under")
    if at.editable.name not in NESTED or not wanted:
        return None
    rows = rows_under(at.editable.model, **{at.editable.parent: at.above})
    return int(access.get(at.scope, rows, pk=whole_number(wanted)).pk)


def _order(request: HttpRequest, at: EditContext, rows: Any) -> str:
    if not may_be_ordered(rows):
        raise Invalid(_("Years or numbers of the document decide the order of this list."))
    wanted = rows_seen(request)
    pk, place = moved_row(request, wanted)
    changing.order(rows, wanted, scope=at.me.scope, stamp=at.stamp(_("Put in order on the page")))
    if not pk:
        return _("The new order was saved.")
    name = title(rows.get(pk=pk), at.own).text
    return _("%(name)s is now number %(place)s of %(all)s.") % {"name": name, "place": place, "all": len(wanted)}


def rows_seen(request: HttpRequest) -> Wanted:
    """Return the ids of the rows in the order that was sent, each with the version that the person saw."""
    parts = (value.partition(":") for value in request.POST.getlist("row"))
    return [(whole_number(pk), whole_number(version)) for pk, _sep, version in parts]


def moved_row(request: HttpRequest, wanted: Wanted) -> tuple[int, int]:
    """Move in `wanted` the row whose button was pressed; return it and its place, from 1.

    A row that was dragged stands in its place already, and is only named.
    """
    name, _sep, how = request.POST.get("move", "").partition(":")
    at = next((at for at, (pk, _version) in enumerate(wanted) if pk == whole_number(name)), None)
    if at is None:
        return 0, 0
    to = min(max(at + {"up": -1, "down": 1}.get(how, 0), 0), len(wanted) - 1)
    wanted.insert(to, wanted.pop(at))
    return wanted[to][0], to + 1


def _page(
    request: HttpRequest,
    at: EditContext,
    rows: Any,
    under: int | None,
    *,
    said: str = "",
    refused: DomainError | None = None,
) -> HttpResponse:
    shown: list[KeptRow] = listed(rows, at.own, MOST)
    context = {
        **around(at),
        "name": at.editable.plural,
        "above": title(at.above, at.own),
        "rows": shown,
        "under": under or "",
        "may_order": 1 < len(shown) < MOST and may_be_ordered(rows),
        "refused": refused.message if refused else "",
        "live_message": said,
        "add": reverse("edit-add", args=[at.editable, at.above.pk]) + (f"?parent={under}" if under else ""),
        "here": reverse("edit-order", args=[at.editable, at.above.pk]),
    }
    here = at.editable.plural[:1].upper() + at.editable.plural[1:]
    context["crumbs"] = [*(crumb for crumb in context["crumbs"][:-1] if crumb[0] != here), (here, "")]
    template = "parts/order_list.html" if is_fragment(request) else "order.html"
    status = 200 if refused is None else 409 if isinstance(refused, OrderChanged) else 422
    return render(request, f"toimenpiteet/edit/{template}", context, status=status)
