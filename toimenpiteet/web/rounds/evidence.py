"""Evidence beside an answer or a goal's assessment: read by the municipality, added and taken away by who may.

Beside these it is a fold that is fetched when it is opened; without a script it is a page of its own.
"""

from typing import Any

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from toimenpiteet import access
from toimenpiteet.access import Verb, Verdict
from toimenpiteet.models import PeriodPlan
from toimenpiteet.selectors.rounds.evidence import Beside, EvidencePage, evidence_page, find
from toimenpiteet.services import files
from toimenpiteet.services.errors import DomainError
from toimenpiteet.services.rounds import evidence as services
from toimenpiteet.services.rounds.evidence import Given
from toimenpiteet.web.crumbs import trail
from toimenpiteet.web.downloads import download
from toimenpiteet.web.forms import place_of
from toimenpiteet.web.request import (
    GET_OR_POST,
    RequestContext,
    is_fragment,
    published,
    request_context,
    say_done,
    signed_in,
    whole_number,
)


class EvidenceForm(forms.Form):
    """A link or a file, and who may read it. What is wrong is said by the service."""

    use_required_attribute = False
    name = forms.CharField(label=pgettext_lazy("evidence", "Title"), required=False)
    url = forms.CharField(
        label=pgettext_lazy("evidence", "Address of a page"),
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file"),
        help_text=gettext_lazy("PDF, picture, Word, Excel, OpenDocument or text; at most 10 MB."),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ",".join(files.TYPES)}),
    )
    public = forms.BooleanField(label=gettext_lazy("Public: for everybody once the round is published"), required=False)

    def __init__(self, beside: Beside, data: Any = None, sent: Any = None) -> None:
        super().__init__(data, sent, auto_id=f"naytto-{beside.plan or beside.goal}-%s")

    def given(self) -> Given:
        """Return what was given; raises nothing: the service judges it."""
        said, file = self.cleaned_data, self.cleaned_data["file"]
        words = {"name": said["name"], "url": said["url"], "public": said["public"]}
        return Given(**words, file_name=file.name, data=file.read()) if file else Given(**words)

    def refuse(self, error: DomainError) -> None:
        """Put what the service refused where it belongs; a chosen file that is not at fault stays chosen."""
        place = place_of(error, self.fields)
        self.add_error(place, error.message)
        if place != "file":
            self.fields["file"].widget.attrs["hx-preserve"] = "true"


@GET_OR_POST
@signed_in
def evidence(request: HttpRequest, round_id: int, plan: int | None = None, goal: int | None = None) -> HttpResponse:
    """Show what stands beside an answer (`plan`) or an assessment (`goal`); a POST adds a link or a file to it."""
    me, place = request_context(request), Beside(round_id, plan, goal)
    if request.method != "POST":
        return _shown(request, me, place, EvidenceForm(place))
    form = EvidenceForm(place, request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, me, place, form, status=422)
    try:
        services.add(place, form.given(), scope=me.scope, actor=me.actor, now=me.now)
    except DomainError as error:
        form.refuse(error)
        return _shown(request, me, place, form, status=_status(error))
    return _done(request, me, place, _("The evidence was added."))


@require_POST
@signed_in
def remove(
    request: HttpRequest, round_id: int, evidence_id: int, plan: int | None = None, goal: int | None = None
) -> HttpResponse:
    """Take a piece of evidence away."""
    me, place = request_context(request), Beside(round_id, plan, goal)
    version = whole_number(request.POST.get("version"))
    services.remove(place, evidence_id, version=version, scope=me.scope, actor=me.actor, now=me.now)
    return _done(request, me, place, _("The evidence was taken away. The record keeps what it was."))


def _there(place: Beside) -> str:
    """Return the address of what stands beside an answer or an assessment."""
    name, of = ("evidence", "plan") if place.goal is None else ("goal-evidence", "goal")
    return reverse(name, kwargs={"round_id": place.round, of: getattr(place, of)})


def _status(error: DomainError) -> int:
    return error.http_status if error.http_status in {403, 409} else 422


def _done(request: HttpRequest, me: RequestContext, place: Beside, said: str) -> HttpResponse:
    if is_fragment(request):
        return _shown(request, me, place, EvidenceForm(place), said=said)
    say_done(request, said)
    return HttpResponseRedirect(_there(place), status=303)


def _shown(
    request: HttpRequest, me: RequestContext, place: Beside, form: EvidenceForm, *, said: str = "", status: int = 200
) -> HttpResponse:
    """Answer with the page; to htmx with the inside of the fold, or after a POST with the whole of it, open."""
    page = evidence_page(me.scope, place, me.today)
    context = {
        "evidence": page,
        "there": _there(place),
        "form": form if page.open and _may_add(me, page) else None,
        "live_message": said,
        "crumbs": trail("strategies", ("strategy", page.strategy), here=_("Evidence")),
    }
    part = "parts/evidence_changed.html" if request.method == "POST" else "parts/evidence.html"
    template = part if is_fragment(request) else "evidence.html"
    return render(request, f"toimenpiteet/rounds/{template}", context, status=status)


def _may_add(me: RequestContext, page: EvidencePage) -> Verdict:
    if isinstance(page.may_of, PeriodPlan):
        return access.may_answer(me.scope, page.may_of, page.place.round, me.now, Verb.ANSWER)
    return access.may(me.scope, Verb.DIRECT, page.may_of)


@require_safe
@published
def evidence_file(request: HttpRequest, me: RequestContext, evidence_id: int) -> HttpResponseBase:
    """Give a file to whoever may read it; where signing in might help, ask for that."""
    try:
        row = find(me.scope, evidence_id)
    except Http404:
        if request_context(request).scope.anonymous:
            return redirect_to_login(request.get_full_path())
        raise
    if row.file_id is None:
        raise Http404
    kept, data = files.read(me.scope, row.file_id)
    return download(data, kept.name)
