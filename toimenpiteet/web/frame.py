"""What belongs to every page: help, the page of components, and the worker that shows a page without a connection."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from toimenpiteet import labels
from toimenpiteet.web.toasts import Undo
from toimenpiteet.workflow import TAKE_BACK


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Tell shortly how things work here."""
    statuses = [(status.value, label, labels.STATUS_MEANS[status]) for status, label in labels.STATUS.items()]
    lights = [(light.value, label, labels.LIGHT_MEANS[light]) for light, label in labels.LIGHT.items()]
    return render(request, "toimenpiteet/frame/help.html", {"statuses": statuses, "lights": lights})


@require_safe
@cache_control(max_age=300)
def worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker. It keeps one page without anybody's data, and a new one when its style changes."""
    context = {"page": reverse("offline"), "style": static("toimenpiteet/site.css")}
    response = render(request, "worker.js", context, content_type="text/javascript; charset=utf-8")
    # A worker stands under the policy of its own answer, and has to fetch what it keeps.
    response["Content-Security-Policy"] = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"
    return response


class SampleForm(forms.Form):
    """A form with a field of each kind, some of them filled in wrongly."""

    title = forms.CharField(label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("In plain words."))
    text = forms.CharField(label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    day = forms.DateField(label=gettext_lazy("Due"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    status = forms.ChoiceField(label=gettext_lazy("Status"), choices=list(labels.STATUS.items()))
    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Columns"),
        choices=[("goal", gettext_lazy("Goal")), ("period", gettext_lazy("Period")), ("steps", gettext_lazy("Steps"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    mine = forms.BooleanField(label=gettext_lazy("Only my units"), required=False)


@dataclass(frozen=True)
class SamplePlan:
    """What the samples of a list say about one plan."""

    name: str
    status: str
    status_label: labels.Label
    done: int
    all: int


@require_safe
@login_required
def components(request: HttpRequest) -> HttpResponse:
    """Show every component in every state; the tests look at this page in both modes, narrow and wide."""
    return render(request, "toimenpiteet/frame/components.html", _samples())


def _samples() -> dict[str, Any]:
    empty, wrong = SampleForm(), SampleForm({"title": "", "day": "31.2.2027", "status": "?"}, prefix="wrong")
    wrong.data = {"wrong-title": "", "wrong-day": "31.2.2027", "wrong-status": "?"}
    statuses = list(labels.STATUS.items())
    return {
        "statuses": [(status.value, label) for status, label in statuses],
        "lights": labels.choices(labels.LIGHT),
        "empty_form": empty,
        "wrong_form": wrong,
        "plans": [
            SamplePlan(_("Action item"), status.value, label, n, 6) for n, (status, label) in enumerate(statuses)
        ],
        "crumbs": [(_("Strategies"), reverse("strategies")), (_("Goal"), "#"), (_("Action item"), "")],
        "undo": Undo("#", str(labels.MOVE[TAKE_BACK]), until=_("until %(time)s") % {"time": "12.30"}),
        "samples_typed": [_("In plain words.")],
    }
