"""A person's own choices about mails."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from notifications import choices, links
from notifications.web.forms import PreferenceForm
from toimenpiteet.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """Show and save when, in which language and of what the person is told."""
    assert isinstance(request.user, User)  # noqa: S101  # login_required
    person = request.user
    chosen = choices.of(person)
    before = {
        "hour": chosen.hour,
        "wanted": [kind.name for kind in choices.optional() if kind.name not in chosen.muted],
        "language": chosen.language,
    }
    form = PreferenceForm(request.POST if request.method == "POST" else None, initial=before)
    if request.method == "POST" and form.is_valid():
        choices.choose(person, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("reminder-preferences")
    context = {"form": form, "duties": [kind.label for kind in choices.duties()]}
    return render(request, "notifications/preferences.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def revoke_links(request: HttpRequest) -> HttpResponse:
    """End the links for answering in all mails that the person has had so far."""
    assert isinstance(request.user, User)  # noqa: S101  # login_required
    ended = links.revoke(request.user, timezone.now())
    words = ngettext("%(count)s link was revoked.", "%(count)s links were revoked.", ended) % {"count": ended}
    messages.success(request, words)
    return redirect("reminder-preferences")
