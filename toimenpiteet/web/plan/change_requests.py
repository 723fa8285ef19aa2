"""Changes of plans: proposed from the item page, decided on a page of their own, and listed by the year."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from toimenpiteet import access, labels
from toimenpiteet.access import Verb
from toimenpiteet.change_requests import ChangeKind, ChangeStatus
from toimenpiteet.selectors.plan import change_requests as selected
from toimenpiteet.selectors.plan.change_requests import ChangeView
from toimenpiteet.selectors.plan.view import find_plan
from toimenpiteet.selectors.translated import Named
from toimenpiteet.services.errors import DomainError, Forbidden, need
from toimenpiteet.services.plan import change_requests
from toimenpiteet.web.crumbs import Crumb, trail
from toimenpiteet.web.plan.change_forms import DecisionForm, ProposalForm
from toimenpiteet.web.request import (
    GET_OR_POST,
    RequestContext,
    back_to,
    request_context,
    say_done,
    signed_in,
    whole_number,
)
from toimenpiteet.web.saying import about


@GET_OR_POST
@signed_in
def propose(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Ask what of a plan is to change and why; a POST proposes it."""
    me = request_context(request)
    of = selected.proposing(me.scope, plan_id)
    need(access.may(me.scope, Verb.PROPOSE_CHANGE, find_plan(me.scope, plan_id)))
    kind = request.GET.get("laji", "")
    form = ProposalForm(me.scope, of, request.POST or None, kind if kind in set(ChangeKind) else "")
    if request.method == "POST" and form.is_valid():
        try:
            by = {"version": form.version, "scope": me.scope, "actor": me.actor, "now": me.now}
            made = change_requests.propose(plan_id, form.wanted(), **by)  # type: ignore[arg-type]  # each as it is named
        except Forbidden:
            raise
        except DomainError as error:
            form.refuse(error)
        else:
            said = _("A change to “%(name)s” was proposed. The strategy director sees it first.")
            say_done(request, about(said, name=of.item.name))
            return HttpResponseRedirect(back_to(request, _on_item(of.item.pk, made.pk)), status=303)
    crumbs: list[Crumb] = [(of.item.name, reverse("item", args=[of.item.pk])), (_("Propose a change"), "")]
    context = {"of": of, "form": form, "crumbs": crumbs, "next": request.GET.get("next", "")}
    return render(request, "toimenpiteet/plan/change_propose.html", context, status=form.answer_status)


def _on_item(item: int, request_id: int) -> str:
    return f"{reverse('item', args=[item])}#muutos-{request_id}"


# By the name of the button.
_ACTS: dict[str, ChangeStatus] = {
    "accept": ChangeStatus.ACCEPTED,
    "decline": ChangeStatus.DECLINED,
    "refer": ChangeStatus.NEEDS_BODY,
    "withdraw": ChangeStatus.WITHDRAWN,
}


@GET_OR_POST
@signed_in
def change(request: HttpRequest, request_id: int) -> HttpResponse:
    """Show a change with what was decided; a POST decides on it, refers it to a body, or withdraws it."""
    me = request_context(request)
    row = selected.change_view(me.scope, request_id)
    form = DecisionForm(row, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _act(request, me, request_id, form)
        except Forbidden:
            raise
        except DomainError as error:
            form.refuse(error)
        else:
            after = selected.change_view(me.scope, request_id)
            said = _("Done: the change to “%(name)s” is now “%(status)s”.")
            say_done(request, about(said, name=row.item.name, status=after.status_label))
            return HttpResponseRedirect(back_to(request, _on_item(row.item.pk, row.pk)), status=303)
    return _page(request, row, form)


def _act(request: HttpRequest, me: RequestContext, request_id: int, form: DecisionForm) -> None:
    by: Any = {"version": form.version, "scope": me.scope, "actor": me.actor, "now": me.now}
    decision = form.decision()
    match _ACTS.get(request.POST.get("act", "")):
        case ChangeStatus.ACCEPTED:
            change_requests.accept(request_id, decision, **by)
        case ChangeStatus.DECLINED:
            change_requests.decline(request_id, decision, **by)
        case ChangeStatus.NEEDS_BODY:
            change_requests.refer(request_id, decision.body, decision.words, **by)
        case ChangeStatus.WITHDRAWN:
            change_requests.withdraw(request_id, **by)
        case _:
            raise Http404


def _page(request: HttpRequest, row: ChangeView, form: DecisionForm) -> HttpResponse:
    crumbs: list[Crumb] = [(row.item.name, reverse("item", args=[row.item.pk])), (_("Change request"), "")]
    context = {
        "change": row,
        "form": form,
        "crumbs": crumbs,
        "title": f"{_('Change request')}: {labels.CHANGE_KIND[row.kind]}",
        "next": request.POST.get("next", "") or request.GET.get("next", ""),
    }
    return render(request, "toimenpiteet/plan/change.html", context, status=form.answer_status)


@require_safe
@signed_in
def changes_of_strategy(request: HttpRequest, strategy_id: int) -> HttpResponse:
    """Show what was proposed to change in a strategy's plans in a year, and what was decided."""
    me = request_context(request)
    year = whole_number(request.GET.get("vuosi"))
    if year and not 1900 <= year <= 2199:
        raise Http404
    page = selected.changes_of_year(me.scope, strategy_id, year, me.today)
    above = (("municipality", page.municipality), ("strategy", Named(page.pk, page.strategy)))
    context = {"listed": page, "crumbs": trail("strategies", *above, here=_("Changes of the plans"))}
    return render(request, "toimenpiteet/plan/changes.html", context)
