"""The steps of a plan: adding, rewording, putting in order, taking away."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.validators import validate_slug
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from toimenpiteet import access
from toimenpiteet.access import Verb
from toimenpiteet.languages import columns_for
from toimenpiteet.models import PeriodPlan, Step
from toimenpiteet.selectors.words import Text, text_of
from toimenpiteet.services import plans, steps
from toimenpiteet.services.errors import DomainError, Forbidden, Invalid, Stale, need
from toimenpiteet.web.door import GET_OR_POST, Visit, visit, whole_number
from toimenpiteet.web.keeping.desk import Desk, keeper
from toimenpiteet.web.keeping.forms import KeepForm
from toimenpiteet.web.keeping.nouns import NOUNS
from toimenpiteet.web.views import editing
from toimenpiteet.web.views.editing import Place

_STEP = NOUNS["step"]
_COLUMNS = [*columns_for("text"), "due_on", "due_precision", "unit"]
_WAYS = {"up": -1, "down": 1, "here": 0}


@GET_OR_POST
@keeper
def add(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Ask for a new step; a POST adds it after the others. The same form sent twice makes one step."""
    me, plan = visit(request), _plan(request, plan_id)
    place = Place(
        _("Add a step"), _about(plan), reverse("step-add", args=[plan_id]), plan.item_id, f"plan-{plan_id}-add"
    )
    form = _form(Desk(me, _STEP, None, plan), request)
    form.fields["key"] = forms.CharField(
        max_length=80, validators=[validate_slug], widget=forms.HiddenInput, initial=f"step-{uuid4().hex}"
    )
    if request.method != "POST" or not form.is_valid():
        return editing.asked(request, place, form)
    try:
        key = form.cleaned_data["key"]
        steps.add(plan_id, _wanted(form), scope=me.scope, actor=me.actor, now=me.now, key=key)
    except Invalid as error:
        return editing.refused(request, place, form, error)
    return editing.saved(request, _list_of(plan), _("The step was added."))


@GET_OR_POST
@keeper
def edit(request: HttpRequest, step_id: int) -> HttpResponse:
    """Ask what the step is to say; a POST saves it, unless somebody else did meanwhile."""
    me, step = visit(request), _step(request, step_id)
    place = _place(step, _("Edit the step"), reverse("step-edit", args=[step_id]))
    form = _form(Desk(me, _STEP, step, step.plan), request)
    if request.method != "POST" or not form.is_valid():
        return editing.asked(request, place, form, step=step)
    try:
        steps.edit(step_id, _wanted(form), scope=me.scope, actor=me.actor, now=me.now, version=form.version)
    except (Invalid, Stale) as error:
        if not (isinstance(error, Stale) and form.same_as(error.current)):
            return editing.refused(request, place, form, error, step=step)
    return editing.saved(request, place, _("The step was saved."))


@require_POST
@keeper
def remove(request: HttpRequest, step_id: int) -> HttpResponse:
    """Take the step away; the history keeps it."""
    me, step = visit(request), _step(request, step_id)
    place = _place(step, _("Edit the step"), reverse("step-edit", args=[step_id]))
    version, reason = whole_number(request.POST.get("seen_version")), request.POST.get("reason", "")
    try:
        steps.remove(step_id, scope=me.scope, actor=me.actor, now=me.now, version=version, reason=reason)
    except (Invalid, Stale) as error:
        return _changed(request, place, error)
    return editing.saved(request, _list_of(step.plan), _("The step was removed. The history keeps it."))


@require_POST
@keeper
def order(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Move the step that is named by one place, or to where it was dragged in the list that is sent."""
    me, plan = visit(request), _plan(request, plan_id)
    seen = dict(_seen(value) for value in request.POST.getlist("row"))
    named, _sep, way = request.POST.get("move", "").partition(":")
    step = access.get(me.scope, Step.objects.filter(plan=plan, pk__in=seen), pk=whole_number(named))
    to = max(0, min(list(seen).index(step.pk) + _WAYS.get(way, 0), len(seen) - 1))
    try:
        steps.place(step.pk, to, scope=me.scope, actor=me.actor, now=me.now, version=seen[step.pk])
    except (Invalid, Stale) as error:
        return _changed(request, _list_of(plan, arranging=True), error)
    said = _("The step is now number %(place)s of %(all)s.") % {"place": to + 1, "all": len(seen)}
    return editing.saved(request, _list_of(plan, arranging=True), said)


def _seen(value: str) -> tuple[int, int]:
    pk, _sep, version = value.partition(":")
    return whole_number(pk), whole_number(version)


def _changed(request: HttpRequest, at: Place, error: DomainError) -> HttpResponse:
    """Answer a button on something that has changed: the steps as they are now, and why nothing was done."""
    messages.error(request, error.message)
    return editing.part_of_page(request, at, 409 if isinstance(error, Stale) else 422)


def _form(desk: Desk, request: HttpRequest) -> KeepForm:
    form = KeepForm(desk, request.POST if request.method == "POST" else None, columns=_COLUMNS)
    # Those who do the work need not say why a step is worded better; the history says what they did.
    form.fields.pop("reason")
    return form


def _wanted(form: KeepForm) -> steps.Wanted:
    values: dict[str, Any] = form.values()
    unit = values["unit"]
    texts = {name: value or "" for name, value in values.items() if name.startswith("text_")}
    return steps.Wanted(texts, values["due_on"], values["due_precision"] or "", unit.pk if unit else None)


def _plan(request: HttpRequest, plan_id: int) -> PeriodPlan:
    """Return a plan on which the person works; raises Http404 or Forbidden."""
    me = visit(request)
    rows = access.visible(me.scope, PeriodPlan).select_related(NOUNS["plan"].path)
    plan = access.get(me.scope, rows, pk=plan_id)
    _need_editor(me, plan)
    return plan


def _step(request: HttpRequest, step_id: int) -> Step:
    """Return a step of a plan on which the person works; raises Http404 or Forbidden."""
    me = visit(request)
    rows = access.visible(me.scope, Step).select_related(_STEP.path, "unit")
    step = access.get(me.scope, rows, pk=step_id)
    _need_editor(me, step.plan)
    return step


def _need_editor(me: Visit, plan: PeriodPlan) -> None:
    need(access.may(me.scope, Verb.WORK, plan))
    try:
        plans.need_open(plan)
    except Invalid as error:
        raise Forbidden(error.message) from error


def _about(plan: PeriodPlan) -> Text:
    return text_of(plan.item, "name", plan.item.strategy.municipality.language)


def _place(step: Step, title: str, action: str) -> Place:
    return Place(title, _about(step.plan), action, step.plan.item_id, f"step-{step.pk}", "li")


def _list_of(plan: PeriodPlan, *, arranging: bool = False) -> Place:
    query = f"arrange={plan.pk}" if arranging else ""
    return Place(_("Steps"), _about(plan), "", plan.item_id, f"plan-{plan.pk}-steps", query=query)
