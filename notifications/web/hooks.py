"""A municipality's web hook: its address, kept by the administrator, and what was sent to it lately."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import hooks
from notifications.web.log import home_of, refused
from toimenpiteet import labels
from toimenpiteet.access import Verb, Verdict
from toimenpiteet.dates import moment_words
from toimenpiteet.models import Actor, Door
from toimenpiteet.selectors.translated import text_of
from toimenpiteet.services.errors import DomainError
from toimenpiteet.web.forms import in_our_words
from toimenpiteet.web.request import GET_OR_POST, request_context, say_done

_SHOWN = 20


class HookForm(forms.Form):
    """The address."""

    url = forms.URLField(label=gettext_lazy("Address"), max_length=500, assume_scheme="https")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_our_words(self.fields)


@GET_OR_POST
@login_required
def hook(request: HttpRequest) -> HttpResponse:
    """Show and keep the address to which the week's numbers are sent; the secret is shown once."""
    me = request_context(request)
    home = home_of(request, me, Verb.ADMINISTER)
    if home is None or me.scope.user is None:
        return refused(request, Verdict(why=labels.may_not(Verb.ADMINISTER)))
    actor, secret = Actor.person(me.scope.user, Door.PAGE), ""
    if request.POST.get("act") == "end":
        hooks.end(home, actor, me.now)
        say_done(request, _("Nothing is sent any more."))
        return redirect("web-hook")
    there = hooks.of(home)
    form = HookForm(request.POST if request.method == "POST" else None, initial={"url": there.url if there else ""})
    if request.method == "POST" and form.is_valid():
        try:
            secret = hooks.keep(home, form.cleaned_data["url"], actor, me.now)
            there = hooks.of(home)
        except DomainError as error:
            form.add_error("url", error.message)
    calls = there.calls.all()[:_SHOWN] if there else ()
    rows = [(one, moment_words(one.sent_at) if one.sent_at else "") for one in calls]
    name = text_of(home, "name", home.language)
    context = {"form": form, "home": name, "secret": secret, "there": there, "rows": rows}
    context["former"] = [(one, moment_words(one.ended_at)) for one in hooks.former(home) if one.ended_at]
    return render(request, "notifications/hook.html", context, status=422 if form.errors else 200)
