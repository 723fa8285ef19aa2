"""The plan's and the item's own texts and links, kept by the strategy director and the administrator in place."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from toimenpiteet.selectors.translated import text_of
from toimenpiteet.services import changing
from toimenpiteet.services.audited import By
from toimenpiteet.services.errors import DomainError, Forbidden, Stale
from toimenpiteet.web.edit.context import EditContext, edit_context, keeper
from toimenpiteet.web.edit.editables import EDITABLES
from toimenpiteet.web.edit.forms import EditForm
from toimenpiteet.web.plan import editing
from toimenpiteet.web.plan.editing import Place
from toimenpiteet.web.request import GET_OR_POST
from toimenpiteet.web.saying import about


@GET_OR_POST
@keeper
def edit_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Ask what the plan is to say, when it is due and whose it is; a POST saves it with the reason."""
    at = edit_context(request, EDITABLES["plan"], plan_id)
    item = at.row.item
    place = Place(
        _("Edit the plan"),
        text_of(item, "name", at.own),
        reverse("plan-edit", args=[plan_id]),
        item.pk,
        f"plan-{plan_id}",
    )
    return _edit(request, at, place, about(_("Saved in this period: “%(name)s”."), name=place.about))


@GET_OR_POST
@keeper
def edit_item(request: HttpRequest, item_id: int) -> HttpResponse:
    """Ask what the item is called, who leads it and which goals it serves; a POST saves it with the reason."""
    at = edit_context(request, EDITABLES["item"], item_id)
    place = Place(
        _("Edit the action item"),
        text_of(at.row, "name", at.own),
        reverse("item-edit", args=[item_id]),
        item_id,
        "item-head",
    )
    return _edit(request, at, place, about(_("Saved: “%(name)s”."), name=place.about))


def _edit(request: HttpRequest, at: EditContext, place: Place, said: str) -> HttpResponse:
    form = EditForm(at, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return editing.asked(request, place, form)
    by: By = {"scope": at.me.scope, "stamp": at.stamp(form.cleaned_data["reason"])}
    try:
        changing.change(at.editable.model, at.row.pk, form.written(), form.relinks(), version=form.version, **by)
    except Forbidden:
        raise
    except DomainError as error:
        if not (isinstance(error, Stale) and form.same_as(error.current)):
            return editing.refused(request, place, form, error)
    return editing.saved(request, place, said)
