"""A person's own choices about mails."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notifications import choices
from notifications.web.forms import PreferenceForm
from toimenpiteet.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """Show and save how often and in which language the person is reminded."""
    assert isinstance(request.user, User)  # noqa: S101  # login_required
    person = request.user
    form = PreferenceForm(request.POST if request.method == "POST" else None, instance=choices.of(person))
    if request.method == "POST" and form.is_valid():
        choices.choose(person, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("reminder-preferences")
    return render(request, "notifications/preferences.html", {"form": form}, status=422 if form.errors else 200)
