"""The pages of every kind of row: what one keeps, making, changing, moving, removing, putting in order."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from toimenpiteet import access, labels
from toimenpiteet.access import Verb
from toimenpiteet.selectors.edit import LIST, KeptRow, dependents, homes, listed, lookalike, names_of, rows_under, title
from toimenpiteet.selectors.units.successors import ends_later
from toimenpiteet.services import changing
from toimenpiteet.services.audited import By
from toimenpiteet.services.errors import DomainError, Forbidden, Stale
from toimenpiteet.web.edit.context import EditContext, edit_context, keeper, new_edit_context, require_open
from toimenpiteet.web.edit.editables import EDITABLES, NESTED, Editable
from toimenpiteet.web.edit.forms import EditForm, WhyForm
from toimenpiteet.web.request import GET_OR_POST, back_to, request_context, say_done
from toimenpiteet.web.saying import about

_SHORT = 12
# Where a row is read: the address of its own page.
_READ = {"unit", "strategy", "theme", "goal", "item", "programme", "project", "indicator"}


@dataclass(frozen=True)
class Part:
    """What stands under a row, as a list that can be opened, added to and put in order.

    `stays` says why none of that is possible now, where a rule keeps the list as it is; else it is empty.
    """

    editable: Editable
    rows: list[KeptRow]
    add: str
    order: str
    stays: str = ""

    @property
    def all_shown(self) -> bool:
        """Tell whether the list is whole."""
        return len(self.rows) < LIST

    @property
    def opened(self) -> bool:
        """Tell whether the list is short enough to be seen at once."""
        return len(self.rows) <= _SHORT


@require_safe
@keeper
def index(request: HttpRequest) -> HttpResponse:
    """Show what the person keeps."""
    me = request_context(request)
    found = homes(me.scope)
    if not found:
        raise Forbidden(labels.may_not(Verb.KEEP))
    return render(request, "toimenpiteet/edit/index.html", {"homes": found})


@GET_OR_POST
@keeper
def edit(request: HttpRequest, editable: Editable, pk: int) -> HttpResponse:
    """Show a row with what stands under it; a POST changes it."""
    at = edit_context(request, editable, pk)
    form = EditForm(at, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            after = _change(at, form)
        except DomainError as error:
            if not (isinstance(error, Stale) and form.same_as(error.current)):
                form.refuse(error)
                return _form_page(request, at, form)
            after = error.current
        given = names_of(after) != names_of(at.row)
        say_done(request, _named(_("Saved: “%(name)s”."), after, at, given=given))
        return _onward(request, at, at.row)
    return _form_page(request, at, form)


def _named(sentence: str, row: Any, at: EditContext, *, given: bool) -> str:
    """Tell what was done to a row, and of another whose name looks like the one that it was `given` now."""
    if given and (other := lookalike(row, at.own)):
        warned = f"{sentence} {_('Check the name: it looks like “%(other)s”.')}"
        return about(warned, name=title(row, at.own), other=other)
    return about(sentence, name=title(row, at.own))


def _change(at: EditContext, form: EditForm) -> Any:
    by: By = {"scope": at.me.scope, "stamp": at.stamp(form.cleaned_data["reason"])}
    return changing.change(at.editable.model, at.row.pk, form.written(), form.relinks(), version=form.version, **by)


@GET_OR_POST
@keeper
def add(request: HttpRequest, editable: Editable, above: int) -> HttpResponse:
    """Ask for a new row under another; a POST makes it."""
    at = new_edit_context(request, editable, above)
    form = EditForm(at, request.POST or None, wanted=request.GET)
    if request.method == "POST" and form.is_valid():
        try:
            made = _add(at, form)
        except DomainError as error:
            form.refuse(error)
            return _form_page(request, at, form)
        say_done(request, _named(_("Added: “%(name)s”."), made, at, given=True))
        return _onward(request, at, made)
    return _form_page(request, at, form)


def _add(at: EditContext, form: EditForm) -> Any:
    made: Any = at.editable.model(**{at.editable.parent: at.above})
    for name, value in form.values().items():
        setattr(made, name, value)
    stamp = at.stamp(form.cleaned_data["reason"])
    return changing.add(made, form.relinks(), scope=at.me.scope, stamp=stamp)


def _onward(request: HttpRequest, at: EditContext, row: Any) -> HttpResponse:
    """Lead back to where the person came from, else to the row, or from a leaf to what it stands under."""
    own = at.editable.parts or not at.editable.above
    place = reverse("edit", args=[at.editable, row.pk]) if own else above(at)
    return HttpResponseRedirect(back_to(request, place), status=303)


def above(at: EditContext) -> str:
    """Return the address of what the row stands under: a page, or for what the municipality holds the list."""
    if at.editable.name == "strategy":
        return reverse("edit-index")
    if at.editable.above == "municipality":
        return reverse("edit-order", args=[at.editable, at.above.pk])
    return f"{reverse('edit', args=[EDITABLES[at.editable.above], at.above.pk])}#{at.editable.name}"


def _form_page(request: HttpRequest, at: EditContext, form: EditForm) -> HttpResponse:
    context = {
        **around(at),
        "form": form,
        "next": request.POST.get("next", request.GET.get("next", "")),
        "parts": [] if at.row is None else _parts(at),
        "acts": [] if at.row is None else _acts(at),
        "reading": reverse(at.editable.name, args=[at.row.pk])
        if at.row is not None and at.editable.name in _READ
        else "",
    }
    return render(request, "toimenpiteet/edit/form.html", context, status=form.answer_status)


def around(at: EditContext) -> dict[str, Any]:
    """Return what every page of a row shows of it: what it is called and where it belongs."""
    ways: list[tuple[Any, str]] = [
        (title(row, at.own), reverse("edit", args=[editable, row.pk]))
        for editable, row in at.ancestors
        if editable.above
    ]
    if at.editable.above == "municipality" and at.editable.name != "strategy":
        ways = [(at.editable.plural[:1].upper() + at.editable.plural[1:], above(at))]
    words: Any = _("Add %(noun)s") % {"noun": at.editable.label} if at.row is None else title(at.row, at.own)
    return {
        "editable": at.editable,
        "row": at.row,
        "name": words,
        "crumbs": [(_("Maintenance"), reverse("edit-index")), *ways, (words, "")],
    }


def _acts(at: EditContext) -> list[tuple[str, str]]:
    args = [at.editable, at.row.pk]
    acts = []
    if at.editable.name == "municipality":
        acts += [(_("Logo"), reverse("edit-logo", args=[at.row.pk]))]
    if at.editable.name == "unit":
        acts += _acts_on_unit(at)
    if at.editable.moves:
        words = _("Move to another goal") if at.editable.moves == "goal" else _("Move to another theme")
        acts += [(words, reverse("edit-move", args=args))]
    if at.editable.above:
        acts += [(_("Remove"), reverse("edit-remove", args=args))]
    return acts


def _acts_on_unit(at: EditContext) -> list[tuple[str, str]]:
    acts = []
    if at.row.successor_id is None:
        acts += [(_("New name from a day on"), reverse("unit-rename", args=[at.row.pk]))]
    if ends_later(at.row, at.me.today):
        acts += [(_("Change or take back what is planned"), reverse("unit-end", args=[at.row.pk]))]
    elif at.row.successor_id is None:
        acts += [(_("End the unit"), reverse("unit-end", args=[at.row.pk]))]
    return acts


def _parts(at: EditContext) -> list[Part]:
    found = [
        _part(at, EDITABLES[name], at.row)
        for name in at.editable.parts
        if bool(access.may(at.me.scope, access.keeping(EDITABLES[name].model), at.municipality))
    ]
    if at.editable.name in NESTED:
        found.insert(0, _nested(at))
    return found


def _part(at: EditContext, editable: Editable, above: Any) -> Part:
    rows = siblings(editable, above)
    order = reverse("edit-order", args=[editable, above.pk])
    return Part(
        editable, listed(rows, at.own), reverse("edit-add", args=[editable, above.pk]), order, _stays(editable, above)
    )


def _stays(editable: Editable, above: Any) -> str:
    try:
        require_open(editable.model(**{editable.parent: above}))
    except Forbidden as error:
        return error.message
    return ""


def _nested(at: EditContext) -> Part:
    rows = siblings(at.editable, at.above, at.row.pk)
    add, order = (reverse(name, args=[at.editable, at.above.pk]) for name in ("edit-add", "edit-order"))
    return Part(at.editable, listed(rows, at.own), f"{add}?parent={at.row.pk}", f"{order}?under={at.row.pk}")


def siblings(editable: Editable, above: Any, under: int | None = None) -> Any:
    """Return the rows of one list: under one row, and of a tree those under one branch (the top where none)."""
    branch = {NESTED[editable.name]: under} if editable.name in NESTED else {}
    return rows_under(editable.model, **{editable.parent: above}, **branch)


# Moving and removing


@GET_OR_POST
@keeper
def move(request: HttpRequest, editable: Editable, pk: int) -> HttpResponse:
    """Move a row under another one of the same strategy; its history and what stands under it go with it."""
    at = edit_context(request, editable, pk)
    if not editable.moves:
        raise Http404
    form = EditForm(at, request.POST or None, columns=[editable.moves])
    if request.method == "POST" and form.is_valid():
        try:
            _change(at, form)
        except DomainError as error:
            if not (isinstance(error, Stale) and form.same_as(error.current)):
                form.refuse(error)
        if not form.errors:
            say_done(request, about(_("Moved: “%(name)s”. Its history went with it."), name=title(at.row, at.own)))
            return HttpResponseRedirect(back_to(request, reverse("edit", args=[editable, pk])), status=303)
    goes_along = dependents(at.row, ())
    context = {**around(at), "form": form, "goes_along": goes_along}
    return render(request, "toimenpiteet/edit/move.html", context, status=form.answer_status)


@GET_OR_POST
@keeper
def remove(request: HttpRequest, editable: Editable, pk: int) -> HttpResponse:
    """Ask once more, and why; a POST removes the row when nothing depends on it."""
    at = edit_context(request, editable, pk)
    if not editable.above:
        raise Http404  # a municipality is neither made nor removed on a page
    form = WhyForm(request.POST or None, initial={"seen_version": at.row.version})
    if form.carried_out(lambda: _remove(at, form)):
        say_done(request, about(_("Removed: “%(name)s”. The history keeps it."), name=title(at.row, at.own)))
        return HttpResponseRedirect(back_to(request, above(at)), status=303)
    depends = dependents(at.row, tuple(links.model for links in editable.owned()))
    context = {**around(at), "form": form, "depends": depends}
    return render(request, "toimenpiteet/edit/remove.html", context, status=form.answer_status)


def _remove(at: EditContext, form: WhyForm) -> None:
    by: By = {"scope": at.me.scope, "stamp": at.stamp(form.cleaned_data["reason"])}
    changing.remove(at.editable.model, at.row.pk, at.editable.owned(), version=form.version, **by)
