"""Whose rows are kept on a page: the row, what stands above it, and from what its fields may be chosen."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property, wraps
from typing import Any, ParamSpec

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from toimenpiteet import access, labels
from toimenpiteet.access import Scope, Verb
from toimenpiteet.models import Municipality, Stamp
from toimenpiteet.selectors.edit import choices, find_above, with_above
from toimenpiteet.services import audited, changing, rules, text
from toimenpiteet.services.errors import Forbidden, PlanClosed
from toimenpiteet.web.edit.editables import EDITABLES, Editable
from toimenpiteet.web.request import RequestContext, View, is_fragment, request_context, signed_in

P = ParamSpec("P")


@dataclass(frozen=True)
class EditContext:
    """One page of one row. `row` is None while it is being made; `above` is what it belongs to."""

    me: RequestContext
    editable: Editable
    row: Any
    above: Any

    @cached_property
    def ancestors(self) -> list[tuple[Editable, Any]]:
        """Return what stands above the row, from the municipality down."""
        found: list[tuple[Editable, Any]] = []
        editable, row = self.editable, self.above
        while row is not None:
            editable = EDITABLES[editable.above]
            found.append((editable, row))
            row = getattr(row, editable.parent) if editable.parent else None
        return found[::-1]

    @cached_property
    def municipality(self) -> Municipality:
        """Return the municipality of the row."""
        found: Municipality = self.ancestors[0][1] if self.ancestors else self.row
        return found

    @property
    def own(self) -> str:
        """Return the municipality's language."""
        return self.municipality.language

    @property
    def scope(self) -> Scope:
        """Return the person's scope narrowed to this municipality, which they keep."""
        return replace(self.me.scope, municipalities=frozenset({self.municipality.pk}), tree=None)

    def choices(self, model: type[Any], chosen: Collection[Any] = ()) -> Any:
        """Return what a field may be chosen from: of the same municipality, what is `chosen` already first."""
        return choices(self.scope, model, strategy=self.strategy, chosen=chosen, but=self.row)

    @property
    def strategy(self) -> Any:
        """Return the strategy that the row belongs to, or None."""
        return next((row for editable, row in self.ancestors if editable.name == "strategy"), None)

    def stamp(self, reason: str) -> Stamp:
        """Return who, why and when; raises Invalid without a reason."""
        return audited.stamp(self.me.actor, text.reason_of(reason), self.me.now)


def edit_context(request: HttpRequest, editable: Editable, pk: int) -> EditContext:
    """Return the context of a row that exists; raises Http404 or Forbidden."""
    me = request_context(request)
    row = changing.open_row(me.scope, with_above(editable.model, editable.path), pk)
    require_open(row)
    return EditContext(me, editable, row, getattr(row, editable.parent) if editable.parent else None)


def new_edit_context(request: HttpRequest, editable: Editable, above: int) -> EditContext:
    """Return the context of a row to be made under another; raises Http404 or Forbidden."""
    if not editable.above:
        raise Http404
    me, over = request_context(request), EDITABLES[editable.above]
    found = find_above(me.scope, over.model, over.path, above)
    changing.require_keeper(me.scope, access.municipality_of(found), editable.model)
    require_open(editable.model(**{editable.parent: found}))
    return EditContext(me, editable, None, found)


def require_open(row: Any) -> None:
    """Raise Forbidden, in the words of the rule, for what stays as it is: then no form is to be filled in."""
    try:
        rules.check_open(row)
    except PlanClosed as error:
        raise Forbidden(error.message, heading=_("The plan is closed")) from error


def keepers_scope(me: RequestContext, verb: Verb) -> Scope:
    """Return the scope narrowed to where the person may do `verb`; raises Forbidden when that is nowhere."""
    scope = access.narrowed(me.scope, verb)
    if not scope.municipalities:
        raise Forbidden(labels.may_not(verb))
    return scope


def keeper(view: View[P]) -> View[P]:
    """Let signed-in people through, and say why to those who do not keep what the page is about (403)."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Forbidden as error:
            if request.method == "POST" or is_fragment(request):
                raise  # answered with what was typed, and without replacing the form (errors.Refusals)
            told = {"why": error.message, "heading": error.heading}
            return render(request, "toimenpiteet/edit/forbidden.html", told, status=403)

    return signed_in(guarded)
