"""A person's own choices about mails, and their calendar."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notifications import choices, feed, links
from notifications.models import NotificationPreference
from notifications.web.forms import PreferenceForm
from toimenpiteet.models import Actor, Door, User


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """Show and save when, in which language and of what the person is told."""
    assert isinstance(request.user, User)  # noqa: S101  # login_required
    person = request.user
    chosen = choices.of(person)
    form = PreferenceForm(request.POST if request.method == "POST" else None, initial=_before(chosen))
    if request.method == "POST" and form.is_valid():
        choices.choose(person, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("reminder-preferences")
    return _shown(request, person, form)


def _shown(request: HttpRequest, person: User, form: PreferenceForm, address: str = "") -> HttpResponse:
    duties = [kind.label for kind in choices.duties()]
    context = {"form": form, "duties": duties, "feed": feed.of(person), "address": address}
    return render(request, "notifications/preferences.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def revoke_links(request: HttpRequest) -> HttpResponse:
    """End the links for answering in all mails that the person has had so far."""
    assert isinstance(request.user, User)  # noqa: S101  # login_required
    actor = Actor.person(request.user, Door.PAGE)
    ended = links.revoke(links.of_person(request.user), actor, timezone.now())
    messages.success(request, links.revoked_words(ended))
    return redirect("reminder-preferences")


def _before(chosen: NotificationPreference) -> dict[str, Any]:
    return {
        "hour": chosen.hour,
        "wanted": [kind.name for kind in choices.optional() if kind.name not in chosen.muted],
        "language": chosen.language,
    }


@require_POST
@login_required
def feed_address(request: HttpRequest) -> HttpResponse:
    """Make the person's calendar feed and show its address, for the only time; or end it."""
    assert isinstance(request.user, User)  # noqa: S101  # login_required
    if request.POST.get("act") == "revoke":
        feed.revoke(request.user)
        messages.success(request, _("The calendar's address no longer opens anything."))
        return redirect("reminder-preferences")
    address = feed.make(request.user, timezone.now())
    form = PreferenceForm(initial=_before(choices.of(request.user)))
    return _shown(request, request.user, form, address)


@require_safe
@never_cache
def calendar(request: HttpRequest, key: str) -> HttpResponse:
    """Give the calendar of a key to whichever program asks."""
    found = feed.read(key, timezone.now())
    if found is None:
        return HttpResponse(status=404)
    return HttpResponse(found, content_type="text/calendar; charset=utf-8")
