"""Who stands in: a person's own page of it, and the same for an administrator who keeps the person."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from toimenpiteet import access
from toimenpiteet.access import Verb
from toimenpiteet.models import Grant, User
from toimenpiteet.selectors.people.grants import StandIn, find_substitution, lends
from toimenpiteet.services import audited
from toimenpiteet.services.people import grants
from toimenpiteet.web.edit.context import keeper, keepers_scope
from toimenpiteet.web.edit.forms import WhyForm
from toimenpiteet.web.people.forms import StandInForm
from toimenpiteet.web.request import GET_OR_POST, RequestContext, request_context, say_done


@dataclass(frozen=True)
class Absent:
    """The person who is away, the municipalities in which somebody may stand in, and the page that leads here."""

    person: User
    homes: frozenset[int]
    page: str
    crumbs: list[tuple[str, str]]


@dataclass(frozen=True)
class Kept:
    """A substitution in a list, and where it is changed and ended."""

    row: StandIn
    edit: str
    end: str


def kept(rows: Iterable[StandIn], person: int | None = None) -> list[Kept]:
    """Return `rows` with their addresses: of one's own page, or of that of the `person` whom one keeps."""
    prefix, args = ("person-", [person]) if person else ("", [])
    return [
        Kept(
            row,
            reverse(f"{prefix}stand-in", args=[*args, row.pk]),
            reverse(f"{prefix}stand-in-end", args=[*args, row.pk]),
        )
        for row in rows
    ]


def _absent(me: RequestContext, pk: int | None) -> Absent:
    """Return oneself, or the person `pk` whom one keeps; raises Http404 or Forbidden."""
    if pk is None:
        assert me.scope.user is not None  # noqa: S101  # the door asks for a signed-in person first
        person, homes, page = me.scope.user, me.scope.municipalities, reverse("me")
        crumbs = [(_("My details"), page)]
    else:
        seen = keepers_scope(me, Verb.SEE_PEOPLE)
        person = access.get(seen, access.people(seen), pk=pk)
        homes, page = keepers_scope(me, Verb.ADMINISTER).municipalities, reverse("person", args=[pk])
        crumbs = [(_("Maintenance"), reverse("edit-index")), (_("People"), reverse("people")), (str(person), page)]
    return Absent(person, frozenset(home for home in homes if lends(person, home, me.today)), page, crumbs)


@GET_OR_POST
@keeper
def add(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Name somebody who stands in."""
    me = request_context(request)
    absent = _absent(me, pk)
    form = StandInForm(absent.person, absent.homes, me.today, request.POST or None)

    def do() -> None:
        stamp = audited.stamp(me.actor, form.cleaned_data["reason"], me.now)
        grants.stand_in(absent.person.pk, form.home, form.wanted(), scope=me.scope, stamp=stamp)

    return _answer(request, absent, form, do, pgettext("substitution", "Saved. It holds on these days by itself."))


@GET_OR_POST
@keeper
def edit(request: HttpRequest, grant: int, pk: int | None = None) -> HttpResponse:
    """Change who stands in and when."""
    me = request_context(request)
    absent = _absent(me, pk)
    row = find_substitution(me.scope, absent.person, grant)
    form = StandInForm(absent.person, frozenset({row.municipality_id}), me.today, request.POST or None, row=row)

    def do() -> None:
        stamp = audited.stamp(me.actor, form.cleaned_data["reason"], me.now)
        grants.change(row.pk, form.wanted(), version=form.version, scope=me.scope, stamp=stamp)

    return _answer(request, absent, form, do, _("Saved."))


@GET_OR_POST
@keeper
def end(request: HttpRequest, grant: int, pk: int | None = None) -> HttpResponse:
    """Ask why, then end it at once."""
    me = request_context(request)
    absent = _absent(me, pk)
    row = find_substitution(me.scope, absent.person, grant)
    form = WhyForm(request.POST or None, initial={"seen_version": row.version})

    def do() -> None:
        stamp = audited.stamp(me.actor, form.cleaned_data["reason"], me.now)
        grants.end(row.pk, version=form.version, scope=me.scope, stamp=stamp)

    said = _("The substitution has ended. Nobody acts in this person's place any more.")
    return _answer(request, absent, form, do, said, ending=row)


def _answer(
    request: HttpRequest, absent: Absent, form: WhyForm, do: Any, said: str, *, ending: Grant | None = None
) -> HttpResponse:
    """Ask for what the form asks, then do it; what is refused comes back with everything that was typed."""
    if form.carried_out(do):
        say_done(request, said)
        return HttpResponseRedirect(absent.page, status=303)
    title = _("End the substitution") if ending else _("Who stands in")
    crumbs = [*absent.crumbs, (title, "")]
    context = {"form": form, "person": absent.person, "ending": ending, "title": title, "crumbs": crumbs}
    return render(request, "toimenpiteet/people/stand_in.html", context, status=form.answer_status)
