"""The pages of every noun: what one keeps, making, changing, moving, removing, putting in order."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from toimenpiteet import access, labels
from toimenpiteet.access import Verb
from toimenpiteet.selectors.keeping import LIST, KeptRow, dependents, homes, listed, title
from toimenpiteet.selectors.successors import ends_later
from toimenpiteet.services import changing
from toimenpiteet.services.errors import DomainError, Forbidden, Stale
from toimenpiteet.web.door import GET_OR_POST, back_to, say_done, visit
from toimenpiteet.web.keeping.desk import Desk, desk, keeper, new_desk, require_open
from toimenpiteet.web.keeping.forms import KeepForm, WhyForm
from toimenpiteet.web.keeping.nouns import NESTED, NOUNS, Noun

_SHORT = 12
# Where a row is read: the address of its own page.
_READ = {"unit", "strategy", "theme", "goal", "item", "programme", "project", "indicator"}


@dataclass(frozen=True)
class Part:
    """What stands under a row, as a list that can be opened, added to and put in order.

    `stays` says why none of that is possible now, where a rule keeps the list as it is; else it is empty.
    """

    noun: Noun
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
    me = visit(request)
    found = homes(me.scope)
    if not found:
        raise Forbidden(labels.may_not(Verb.KEEP))
    return render(request, "toimenpiteet/keeping/index.html", {"homes": found})


@GET_OR_POST
@keeper
def edit(request: HttpRequest, noun: Noun, pk: int) -> HttpResponse:
    """Show a row with what stands under it; a POST changes it."""
    at = desk(request, noun, pk)
    form = KeepForm(at, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _change(at, form)
        except DomainError as error:
            if not (isinstance(error, Stale) and form.same_as(error.current)):
                form.refuse(error)
                return _form_page(request, at, form)
        say_done(request, _("Saved."))
        return _onward(request, at, at.row)
    return _form_page(request, at, form)


def _change(at: Desk, form: KeepForm) -> None:
    stamp = at.stamp(form.cleaned_data["reason"])
    by: Any = {"version": form.version, "scope": at.me.scope, "stamp": stamp}
    changing.change(at.noun.model, at.row.pk, form.written(), form.relinks(), **by)


@GET_OR_POST
@keeper
def add(request: HttpRequest, noun: Noun, above: int) -> HttpResponse:
    """Ask for a new row under another; a POST makes it."""
    at = new_desk(request, noun, above)
    form = KeepForm(at, request.POST or None, wanted=request.GET)
    if request.method == "POST" and form.is_valid():
        try:
            made = _add(at, form)
        except DomainError as error:
            form.refuse(error)
            return _form_page(request, at, form)
        say_done(request, _("Added."))
        return _onward(request, at, made)
    return _form_page(request, at, form)


def _add(at: Desk, form: KeepForm) -> Any:
    made: Any = at.noun.model(**{at.noun.parent: at.above})
    for name, value in form.values().items():
        setattr(made, name, value)
    stamp = at.stamp(form.cleaned_data["reason"])
    return changing.add(made, form.relinks(), scope=at.me.scope, stamp=stamp)


def _onward(request: HttpRequest, at: Desk, row: Any) -> HttpResponse:
    """Lead back to where the person came from, else to the row, or from a leaf to what it stands under."""
    own = at.noun.parts or not at.noun.above
    place = reverse("keep", args=[at.noun, row.pk]) if own else above(at)
    return HttpResponseRedirect(back_to(request, place), status=303)


def above(at: Desk) -> str:
    """Return the address of what the row stands under: a page, or for what the municipality holds the list."""
    if at.noun.name == "strategy":
        return reverse("keeping")
    if at.noun.above == "municipality":
        return reverse("keep-order", args=[at.noun, at.above.pk])
    return f"{reverse('keep', args=[NOUNS[at.noun.above], at.above.pk])}#{at.noun.name}"


def _form_page(request: HttpRequest, at: Desk, form: KeepForm) -> HttpResponse:
    context = {
        **around(at),
        "form": form,
        "next": request.POST.get("next", request.GET.get("next", "")),
        "parts": [] if at.row is None else _parts(at),
        "acts": [] if at.row is None else _acts(at),
        "reading": reverse(at.noun.name, args=[at.row.pk]) if at.row is not None and at.noun.name in _READ else "",
    }
    return render(request, "toimenpiteet/keeping/edit.html", context, status=_status(form))


def around(at: Desk) -> dict[str, Any]:
    """Return what every page of a row shows of it: what it is called and where it belongs."""
    ways: list[tuple[Any, str]] = [
        (title(row, at.own), reverse("keep", args=[noun, row.pk])) for noun, row in at.ancestors if noun.above
    ]
    if at.noun.above == "municipality" and at.noun.name != "strategy":
        ways = [(at.noun.plural[:1].upper() + at.noun.plural[1:], above(at))]
    words: Any = _("Add %(noun)s") % {"noun": at.noun.label} if at.row is None else title(at.row, at.own)
    return {
        "noun": at.noun,
        "row": at.row,
        "name": words,
        "crumbs": [(_("Maintenance"), reverse("keeping")), *ways, (words, "")],
    }


def _acts(at: Desk) -> list[tuple[str, str]]:
    args = [at.noun, at.row.pk]
    acts = []
    if at.noun.name == "unit":
        acts += _acts_on_unit(at)
    if at.noun.moves:
        words = _("Move to another goal") if at.noun.moves == "goal" else _("Move to another theme")
        acts += [(words, reverse("keep-move", args=args))]
    if at.noun.above:
        acts += [(_("Remove"), reverse("keep-remove", args=args))]
    return acts


def _acts_on_unit(at: Desk) -> list[tuple[str, str]]:
    acts = []
    if at.row.successor_id is None:
        acts += [(_("New name from a day on"), reverse("unit-rename", args=[at.row.pk]))]
    if ends_later(at.row, at.me.today):
        acts += [(_("Change or take back what is planned"), reverse("unit-end", args=[at.row.pk]))]
    elif at.row.successor_id is None:
        acts += [(_("End the unit"), reverse("unit-end", args=[at.row.pk]))]
    return acts


def _parts(at: Desk) -> list[Part]:
    found = [_part(at, NOUNS[name], at.row) for name in at.noun.parts if _keeps(at, NOUNS[name])]
    if at.noun.name in NESTED:
        found.insert(0, _nested(at))
    return found


def _keeps(at: Desk, noun: Noun) -> bool:
    """Tell whether the person keeps what stands under the row: units and people are for administrators."""
    return bool(access.may(at.me.scope, access.keeping(noun.model), at.municipality))


def _part(at: Desk, noun: Noun, above: Any) -> Part:
    rows = siblings(noun, above)
    order = reverse("keep-order", args=[noun, above.pk])
    return Part(noun, listed(rows, at.own), reverse("keep-add", args=[noun, above.pk]), order, _stays(noun, above))


def _stays(noun: Noun, above: Any) -> str:
    try:
        require_open(noun.model(**{noun.parent: above}))
    except Forbidden as error:
        return error.message
    return ""


def _nested(at: Desk) -> Part:
    rows = siblings(at.noun, at.above, at.row.pk)
    add, order = (reverse(name, args=[at.noun, at.above.pk]) for name in ("keep-add", "keep-order"))
    return Part(at.noun, listed(rows, at.own), f"{add}?parent={at.row.pk}", f"{order}?under={at.row.pk}")


def siblings(noun: Noun, above: Any, under: int | None = None) -> "QuerySet[Any]":
    """Return the rows of one list: under one row, and of a tree those under one branch (the top where none)."""
    rows = noun.model._default_manager.filter(**{noun.parent: above})
    return rows.filter(**{NESTED[noun.name]: under}) if noun.name in NESTED else rows


# Moving and removing


@GET_OR_POST
@keeper
def move(request: HttpRequest, noun: Noun, pk: int) -> HttpResponse:
    """Move a row under another one of the same strategy; its history and what stands under it go with it."""
    at = desk(request, noun, pk)
    if not noun.moves:
        raise Http404
    form = KeepForm(at, request.POST or None, columns=[noun.moves])
    if request.method == "POST" and form.is_valid():
        try:
            _change(at, form)
        except DomainError as error:
            if not (isinstance(error, Stale) and form.same_as(error.current)):
                form.refuse(error)
        if not form.errors:
            say_done(request, _("Moved. Its history went with it."))
            return HttpResponseRedirect(back_to(request, reverse("keep", args=[noun, pk])), status=303)
    goes_along = dependents(at.row, ())
    context = {**around(at), "form": form, "goes_along": goes_along}
    return render(request, "toimenpiteet/keeping/move.html", context, status=_status(form))


@GET_OR_POST
@keeper
def remove(request: HttpRequest, noun: Noun, pk: int) -> HttpResponse:
    """Ask once more, and why; a POST removes the row when nothing depends on it."""
    at = desk(request, noun, pk)
    if not noun.above:
        raise Http404  # a municipality is neither made nor removed on a page
    form = WhyForm(request.POST or None, initial={"seen_version": at.row.version})
    if request.method == "POST" and form.is_valid():
        try:
            _remove(at, form)
        except DomainError as error:
            form.refuse(error)
        else:
            say_done(request, _("Removed. What it was stays in the history."))
            return HttpResponseRedirect(back_to(request, above(at)), status=303)
    depends = dependents(at.row, tuple(links.model for links in noun.owned()))
    context = {**around(at), "form": form, "depends": depends}
    return render(request, "toimenpiteet/keeping/remove.html", context, status=_status(form))


def _remove(at: Desk, form: WhyForm) -> None:
    by: Any = {"version": form.version, "scope": at.me.scope, "stamp": at.stamp(form.cleaned_data["reason"])}
    changing.remove(at.noun.model, at.row.pk, at.noun.owned(), **by)


def _status(form: WhyForm) -> int:
    if not form.is_bound:
        return 200
    return 409 if form.stale else 422
