"""Mails of invented things, for looking at: each kind, in each language."""

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_safe

from notifications import kinds, letter
from notifications.names import shown
from notifications.web.log import refused
from toimenpiteet import access, labels
from toimenpiteet.access import Verb, Verdict
from toimenpiteet.web.request import request_context


@require_safe
@login_required
def samples(request: HttpRequest) -> HttpResponse:
    """List the kinds of mails, each with its sample in each language."""
    me = request_context(request)
    if not access.where(me.scope, Verb.READ_MAILS):
        return refused(request, Verdict(why=labels.may_not(Verb.READ_MAILS)))
    found = [(kind.name, kind.label, kind.duty) for kind in kinds.KINDS]
    return render(request, "notifications/samples.html", {"kinds": found, "languages": settings.LANGUAGES})


@require_safe
@login_required
# The mail's own styles stand in its elements, as mail programs want them.
@csp_replace({"style-src": ["'unsafe-inline'"]})  # type: ignore[arg-type]  # typed for views without arguments
def sample(request: HttpRequest, kind: str, language: str, form: str) -> HttpResponse:
    """Show the sample of one kind as its reader would see it: as HTML, or as text."""
    me = request_context(request)
    if (
        not access.where(me.scope, Verb.READ_MAILS)
        or kind not in kinds.BY_NAME
        or language not in dict(settings.LANGUAGES)
    ):
        raise Http404
    with override(language):
        mail = letter.sampled([kinds.BY_NAME[kind].sample()], language)
    if form == "txt":
        return HttpResponse(f"{mail.subject}\n\n{shown(mail.text)}", content_type="text/plain; charset=utf-8")
    return HttpResponse(shown(mail.html))
