"""People of the municipality: found, invited, given and relieved of roles.

The director sees them, the administrator acts.
"""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from toimenpiteet import access, labels
from toimenpiteet.access import Scope, Verb
from toimenpiteet.dates import day_words
from toimenpiteet.models import Membership, MunicipalityRole, Stamp, Unit, User
from toimenpiteet.selectors.history.accounts import account_record
from toimenpiteet.selectors.people import mail_choices
from toimenpiteet.selectors.people.grants import ended_stand_ins_of, lends, stand_ins_of
from toimenpiteet.selectors.people.people import (
    PAGE,
    PeopleFilters,
    PersonRow,
    RoleRow,
    found_people,
    lookalike,
    person_rows,
    rows_of_file,
)
from toimenpiteet.selectors.translated import named_of
from toimenpiteet.selectors.units.units import units_by_name
from toimenpiteet.services import audited, text
from toimenpiteet.services.errors import DomainError
from toimenpiteet.services.people import people as service
from toimenpiteet.services.people import roles
from toimenpiteet.services.people.invitations import Invitation
from toimenpiteet.web import lists
from toimenpiteet.web.edit.context import keeper, keepers_scope
from toimenpiteet.web.edit.forms import WhyForm
from toimenpiteet.web.paging import page_of
from toimenpiteet.web.people import stand_ins
from toimenpiteet.web.people.forms import EndRoleForm, InviteForm, PersonForm, RoleForm
from toimenpiteet.web.request import GET_OR_POST, RequestContext, request_context, say_done, whole_number
from toimenpiteet.web.saying import about

_KINDS: dict[str, type[Any]] = {"unit": Membership, "municipality": MunicipalityRole}


def _seen(me: RequestContext) -> Scope:
    """Return the scope whose people the person may see; raises Forbidden when there is none."""
    return keepers_scope(me, Verb.SEE_PEOPLE)


def _kept(me: RequestContext) -> Scope:
    """Return the scope whose people the person keeps; raises Forbidden when there is none."""
    return keepers_scope(me, Verb.ADMINISTER)


def _person(me: RequestContext, pk: int) -> tuple[User, PersonRow]:
    """Return a person of those whom one sees; raises Http404, or Forbidden when one sees none."""
    scope = _seen(me)
    found = access.get(scope, access.people(scope), pk=pk)
    return found, person_rows([found], scope, me.today)[0]


def _stamp(me: RequestContext, form: WhyForm | PersonForm) -> Stamp:
    return audited.stamp(me.actor, text.reason_of(form.cleaned_data["reason"]), me.now)


# The list


_COLUMNS = (
    lists.Column("name", gettext_lazy("Name"), lambda row: row.name, sort=True, fixed=True),
    lists.Column("email", gettext_lazy("E-mail"), lambda row: row.email, sort=True),
    lists.Column("roles", gettext_lazy("Roles"), lambda row: "; ".join(map(_said, row.current))),
    lists.Column(
        "seen", gettext_lazy("Last signed in"), lambda row: row.last_seen, sort=True, in_file=lambda row: row.seen_at
    ),
)


def _said(role: RoleRow) -> str:
    return f"{role.role} ({role.where or role.municipality})"


@require_safe
@keeper
def people(request: HttpRequest) -> HttpResponseBase:
    """List the people of the municipality; columns, order, filters and page are in the address; also as a file."""
    me = request_context(request)
    scope = _seen(me)
    filters, table = _filters(scope, request.GET), lists.read(_COLUMNS, request, sort="name")
    found = found_people(scope, filters, me.today, table.sort)
    if table.file:
        return lists.download(table, rows_of_file(found, scope, me.today), name=_("People"), now=me.now)
    pages = page_of(request, found, PAGE)
    context = {
        "table": table,
        "people": person_rows(pages.rows, scope, me.today),
        "count": pages.count,
        "filters": filters,
        "units": [named_of(unit) for unit in units_by_name(scope)],
        "roles": labels.choices(labels.ROLE),
        "may_edit": bool(access.administered(me.scope).municipalities),
        "previous": pages.previous,
        "following": pages.following,
        "number": pages.number,
        "all": pages.all,
        "crumbs": [(_("Maintenance"), reverse("edit-index")), (_("People"), "")],
    }
    return render(request, "toimenpiteet/people/people.html", context)


def _filters(scope: Scope, query: QueryDict) -> PeopleFilters:
    unit = 0
    if query.get("unit"):
        unit = access.get(scope, access.visible(scope, Unit), pk=whole_number(query.get("unit"))).pk
    role, state = query.get("role", ""), query.get("state", "current")
    return PeopleFilters(
        words=query.get("q", "").replace("\x00", "").strip()[:100],
        unit=unit,
        role=role if role in dict(labels.choices(labels.ROLE)) else "",
        state=state if state in {"current", "former"} else "",
    )


# One person


@GET_OR_POST
@keeper
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a person with their roles here and the account's record; an administrator's POST changes the account."""
    me = request_context(request)
    found, row = _person(me, pk)
    keeps = bool(access.administered(me.scope).municipalities)
    form = PersonForm(found, request.POST or None) if keeps else None
    if request.method == "POST":
        kept = _kept(me)
        if form is not None and form.is_valid() and _edit(me, kept, form):
            say_done(request, about(_("Saved: “%(name)s”."), name=form.cleaned_data["name"]))
            return HttpResponseRedirect(reverse("person", args=[pk]), status=303)
    status = 200 if form is None or not form.is_bound else 409 if form.stale else 422
    homes = access.administered(me.scope).municipalities
    context = {
        "person": row,
        "record": account_record(found),
        "mail_trouble": mail_choices.of_address(found.email, me.now),
        "form": form,
        "may_edit": keeps,
        "crumbs": _crumbs(row),
        "stand_ins": stand_ins.kept(stand_ins_of(found, homes, me.today), pk),
        "ended_stand_ins": ended_stand_ins_of(found, homes, me.today),
        "may_lend": any(lends(found, home, me.today) for home in homes),
    }
    return render(request, "toimenpiteet/people/person.html", context, status=status)


def _edit(me: RequestContext, scope: Scope, form: PersonForm) -> bool:
    try:
        wanted = {name: form.cleaned_data[name] for name in form.initial}
        service.edit(form.person.pk, **wanted, scope=scope, stamp=_stamp(me, form), seen=form.seen)
    except service.AccountChanged as error:
        form.tell_current(error)
        return False
    except DomainError as error:
        form.refuse(error)
        return False
    return True


def _crumbs(row: PersonRow | None, *more: str) -> list[tuple[str, str]]:
    ways = [(_("Maintenance"), reverse("edit-index")), (_("People"), reverse("people"))]
    if row is not None:
        ways.append((row.name, reverse("person", args=[row.pk])))
    return [*ways, *((words, "") for words in more)]


# Acts


def _act(
    request: HttpRequest,
    form: WhyForm,
    do: Callable[[Any], str],
    words: dict[str, Any],
    place: Callable[[], str],
) -> HttpResponse:
    """Ask for what `form` asks, then do one thing; `do` returns what to tell, `place` where to go then."""
    said: list[str] = []
    if form.carried_out(lambda: said.append(do(form))):
        if said[0]:
            say_done(request, said[0])
        return HttpResponseRedirect(place(), status=303)
    return render(request, "toimenpiteet/edit/act.html", {"form": form, **words}, status=form.answer_status)


def _tell(invitation: Invitation) -> str:
    """Return what to tell of an invitation."""
    return invitation.told() if invitation.sent else pgettext("invitation", "A new link was made.")


@GET_OR_POST
@keeper
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody with a first role."""
    me = request_context(request)
    scope = _kept(me)
    made: list[int] = []

    def do(form: InviteForm) -> str:
        who = {name: form.cleaned_data[name] for name in ("email", "name", "language")}
        invitation = service.invite(**who, grants=[form.grant()], scope=scope, stamp=_stamp(me, form))
        made.append(invitation.user.pk)
        alike = "" if invitation.known else lookalike(scope, invitation.user)
        warned = _("Check the name: it looks like “%(other)s”.") % {"other": alike}
        return f"{_tell(invitation)} {warned}" if alike else _tell(invitation)

    words = {
        "title": _("Invite a person"),
        "lede": _("The person gets a mail with a link, sets a password and is at work at once."),
        "button": _("Send the invitation"),
        "crumbs": _crumbs(None, _("Invite a person")),
    }
    form = InviteForm(scope, request.POST or None)
    return _act(request, form, do, words, lambda: reverse("person", args=[made[0]]))


@GET_OR_POST
@keeper
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person a role."""
    me = request_context(request)
    found, row = _person(me, pk)
    scope = _kept(me)

    def do(form: RoleForm) -> str:
        roles.grant(found.pk, form.grant(), scope=scope, stamp=_stamp(me, form))
        return _("The role was given.")

    title = _("Give a role")
    words = {"title": title, "lede": row.name, "button": title, "crumbs": _crumbs(row, title)}
    return _act(request, RoleForm(scope, request.POST or None), do, words, lambda: reverse("person", args=[pk]))


@GET_OR_POST
@keeper
def end_role(request: HttpRequest, pk: int, kind: str, role: int) -> HttpResponse:
    """End a person's role at the end of a day."""
    me = request_context(request)
    _found, row = _person(me, pk)
    scope = _kept(me)
    if kind not in _KINDS:
        raise Http404
    right = access.get(scope, access.visible(scope, _KINDS[kind]), pk=role, user=pk)
    shown = next(one for one in row.roles if (one.kind, one.pk) == (kind, role))

    def do(form: EndRoleForm) -> str:
        day = form.cleaned_data["last_day"]
        if not roles.end_role(right, day, version=form.version, scope=scope, stamp=_stamp(me, form)):
            return _("The role was taken away: it would have begun on %(day)s.") % {"day": shown.since}
        ended = _("The role ended on %(day)s.") if day < me.today else _("The role ends on %(day)s.")
        return ended % {"day": day_words(day)}

    title = _("End the role")
    lede = " · ".join(part for part in (row.name, shown.role, str(shown.where), str(shown.municipality)) if part)
    words = {"title": title, "lede": lede, "button": title, "crumbs": _crumbs(row, title), "danger": True}
    form = EndRoleForm(right.version, request.POST or None, begins=shown.since if shown.state == "coming" else "")
    return _act(request, form, do, words, lambda: reverse("person", args=[pk]))


@GET_OR_POST
@keeper
def invite_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail a person a new link."""
    me = request_context(request)
    found, row = _person(me, pk)
    scope = _kept(me)

    def do(form: WhyForm) -> str:
        return _tell(service.invite_again(found.pk, scope=scope, stamp=_stamp(me, form)))

    title = _("Send the invitation again")
    words = {"title": title, "lede": f"{row.name}, {row.email}", "button": title, "crumbs": _crumbs(row, title)}
    return _act(request, WhyForm(request.POST or None), do, words, lambda: reverse("person", args=[pk]))


@GET_OR_POST
@keeper
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End the person's roles here, and the account when there are none elsewhere."""
    me = request_context(request)
    found, row = _person(me, pk)
    scope = _kept(me)

    def do(form: WhyForm) -> str:
        service.deactivate(found.pk, scope=scope, stamp=_stamp(me, form))
        return _("The person's roles have ended. The name stays in the record.")

    title = _("Close the account")
    lede = _("Every role of %(name)s here ends at once. The name stays in the record.") % {"name": row.name}
    words = {"title": title, "lede": lede, "button": title, "crumbs": _crumbs(row, title), "danger": True}
    return _act(request, WhyForm(request.POST or None), do, words, lambda: reverse("people"))
