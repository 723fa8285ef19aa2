"""The steps of a plan: adding, rewording, putting in order, taking away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from toimenpiteet import access, labels
from toimenpiteet.access import Verb
from toimenpiteet.languages import columns_for
from toimenpiteet.models import PeriodPlan, Stamp, Step
from toimenpiteet.selectors.edit import find, rows_under
from toimenpiteet.selectors.translated import Text, text_of
from toimenpiteet.services import audited, changing, text
from toimenpiteet.services.audited import By
from toimenpiteet.services.errors import DomainError, Invalid, OrderChanged, Stale, need
from toimenpiteet.web.edit.context import EditContext, keeper, require_open
from toimenpiteet.web.edit.editables import EDITABLES
from toimenpiteet.web.edit.forms import EditForm
from toimenpiteet.web.edit.order import moved_row, rows_seen
from toimenpiteet.web.plan import editing
from toimenpiteet.web.plan.editing import Place
from toimenpiteet.web.request import GET_OR_POST, RequestContext, request_context, whole_number
from toimenpiteet.web.saying import about

_STEP = EDITABLES["step"]
_COLUMNS = [*columns_for("text"), "due_on", "due_precision", "date_kind", "unit"]


@GET_OR_POST
@keeper
def add(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Ask for a new step; a POST adds it after the others. The same form sent twice makes one step."""
    me, plan = request_context(request), _plan(request, plan_id)
    place = Place(
        _("Add a step"), _about(plan), reverse("step-add", args=[plan_id]), plan.item_id, f"plan-{plan_id}-add"
    )
    form = _form(EditContext(me, _STEP, None, plan), request)
    if request.method != "POST" or not form.is_valid():
        return editing.asked(request, place, form)
    try:
        made = changing.add(Step(plan=plan, **form.values()), scope=me.scope, stamp=_stamp(me, "add"))
    except Invalid as error:
        return editing.refused(request, place, form, error)
    return editing.saved(request, _list_of(plan), _said(_("A step was added: “%(name)s”."), made, plan))


@GET_OR_POST
@keeper
def edit(request: HttpRequest, step_id: int) -> HttpResponse:
    """Ask what the step is to say; a POST saves it, unless somebody else did meanwhile."""
    me, step = request_context(request), _step(request, step_id)
    place = _place(step, _("Edit the step"), reverse("step-edit", args=[step_id]))
    form = _form(EditContext(me, _STEP, step, step.plan), request)
    if request.method != "POST" or not form.is_valid():
        return editing.asked(request, place, form, step=step)
    try:
        by: By = {"scope": me.scope, "stamp": _stamp(me, "edit")}
        after = changing.change(Step, step_id, form.written(), version=form.version, **by)
    except (Invalid, Stale) as error:
        if not (isinstance(error, Stale) and form.same_as(error.current)):
            return editing.refused(request, place, form, error, step=step)
        after = error.current  # type: ignore[assignment]  # a step it is
    return editing.saved(request, place, _said(_("The step was saved: “%(name)s”."), after, step.plan))


@require_POST
@keeper
def remove(request: HttpRequest, step_id: int) -> HttpResponse:
    """Take the step away; the history keeps it."""
    me, step = request_context(request), _step(request, step_id)
    place = _place(step, _("Edit the step"), reverse("step-edit", args=[step_id]))
    version = whole_number(request.POST.get("seen_version"))
    try:
        stamp = _stamp(me, "remove", request.POST.get("reason", ""))
        changing.remove(Step, step_id, version=version, scope=me.scope, stamp=stamp)
    except (Invalid, Stale) as error:
        return _changed(request, place, error)
    said = _said(_("A step was removed: “%(name)s”. The history keeps it."), step, step.plan)
    return editing.saved(request, _list_of(step.plan), said)


@require_POST
@keeper
def order(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Move the step that is named by one place, or to where it was dragged in the list that is sent."""
    me, plan = request_context(request), _plan(request, plan_id)
    wanted, rows = rows_seen(request), rows_under(Step, plan=plan)
    pk, place = moved_row(request, wanted)
    access.get(me.scope, rows, pk=pk)
    try:
        changing.order(rows, wanted, scope=me.scope, stamp=_stamp(me, "place"))
    except (Invalid, OrderChanged) as error:
        return _changed(request, _list_of(plan, arranging=True), error)
    said = _("The step is now number %(place)s of %(all)s.") % {"place": place, "all": len(wanted)}
    return editing.saved(request, _list_of(plan, arranging=True), said)


def _stamp(me: RequestContext, act: str, reason: str = "") -> Stamp:
    # Those who do the work need not say why; the history says what they did.
    return audited.stamp(me.actor, text.reason_of(reason, str(labels.STEP_REASON[act])), me.now)


def _changed(request: HttpRequest, at: Place, error: DomainError) -> HttpResponse:
    """Answer a button on something that has changed: the steps as they are now, and why nothing was done."""
    messages.error(request, error.message)
    return editing.part_of_page(request, at, 409 if isinstance(error, Stale | OrderChanged) else 422)


def _form(at: EditContext, request: HttpRequest) -> EditForm:
    form = EditForm(at, request.POST if request.method == "POST" else None, columns=_COLUMNS)
    form.fields.pop("reason")
    return form


def _plan(request: HttpRequest, plan_id: int) -> PeriodPlan:
    """Return a plan on which the person works; raises Http404 or Forbidden."""
    me = request_context(request)
    plan = find(me.scope, PeriodPlan, plan_id, EDITABLES["plan"].path)
    _need_editor(me, plan)
    return plan


def _step(request: HttpRequest, step_id: int) -> Step:
    """Return a step of a plan on which the person works; raises Http404 or Forbidden."""
    me = request_context(request)
    step = find(me.scope, Step, step_id, _STEP.path, "unit")
    _need_editor(me, step.plan)
    return step


def _need_editor(me: RequestContext, plan: PeriodPlan) -> None:
    need(access.may(me.scope, Verb.WORK, plan))
    require_open(Step(plan=plan))


def _about(plan: PeriodPlan) -> Text:
    return text_of(plan.item, "name", _own(plan))


def _said(sentence: str, step: Step, plan: PeriodPlan) -> str:
    return about(sentence, name=text_of(step, "text", _own(plan)))


def _own(plan: PeriodPlan) -> str:
    return plan.item.strategy.municipality.language


def _place(step: Step, title: str, action: str) -> Place:
    return Place(title, _about(step.plan), action, step.plan.item_id, f"step-{step.pk}", "li")


def _list_of(plan: PeriodPlan, *, arranging: bool = False) -> Place:
    query = f"arrange={plan.pk}" if arranging else ""
    return Place(_("Steps"), _about(plan), "", plan.item_id, f"plan-{plan.pk}-steps", query=query)
