"""The plan's and the item's own texts and links, kept by the strategy director and the administrator in place."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from toimenpiteet.selectors.words import text_of
from toimenpiteet.services import changing
from toimenpiteet.services.errors import DomainError, Forbidden, Stale
from toimenpiteet.web.door import GET_OR_POST, visit
from toimenpiteet.web.keeping.desk import Desk, desk, keeper
from toimenpiteet.web.keeping.forms import KeepForm
from toimenpiteet.web.keeping.nouns import NOUNS
from toimenpiteet.web.views import editing
from toimenpiteet.web.views.editing import Place


@GET_OR_POST
@keeper
def edit_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Ask what the plan is to say, when it is due and whose it is; a POST saves it with the reason."""
    at = desk(request, NOUNS["plan"], plan_id)
    item = at.row.item
    place = Place(
        _("Edit the plan"),
        text_of(item, "name", at.own),
        reverse("plan-edit", args=[plan_id]),
        item.pk,
        f"plan-{plan_id}",
    )
    return _edit(request, at, place, _("The plan was saved."))


@GET_OR_POST
@keeper
def edit_item(request: HttpRequest, item_id: int) -> HttpResponse:
    """Ask what the item is called, who leads it and which goals it serves; a POST saves it with the reason."""
    at = desk(request, NOUNS["item"], item_id)
    place = Place(
        _("Edit the action item"),
        text_of(at.row, "name", at.own),
        reverse("item-edit", args=[item_id]),
        item_id,
        "item-head",
    )
    return _edit(request, at, place, _("The action item was saved."))


def _edit(request: HttpRequest, at: Desk, place: Place, said: str) -> HttpResponse:
    form = KeepForm(at, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return editing.asked(request, place, form)
    by: Any = {"version": form.version, "scope": visit(request).scope, "stamp": at.stamp(form.cleaned_data["reason"])}
    try:
        changing.change(at.noun.model, at.row.pk, form.written(), form.relinks(), **by)
    except Forbidden:
        raise
    except DomainError as error:
        if not (isinstance(error, Stale) and form.same_as(error.current)):
            return editing.refused(request, place, form, error)
    return editing.saved(request, place, said)
