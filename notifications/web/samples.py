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
from notifications.outbox import Mail
from notifications.web.log import refused
from toimenpiteet import access, labels
from toimenpiteet.access import Verb, Verdict
from toimenpiteet.services.people import invitations
from toimenpiteet.services.people.invitations import Written
from toimenpiteet.services.people.letters import LetterKind
from toimenpiteet.web.request import request_context


@require_safe
@login_required
def samples(request: HttpRequest) -> HttpResponse:
    """List the kinds of mails, each with its sample in each language."""
    me = request_context(request)
    if not access.where(me.scope, Verb.READ_MAILS):
        return refused(request, Verdict(why=labels.may_not(Verb.READ_MAILS)))
    found = [(kind.name, kind.label, kind.duty) for kind in kinds.KINDS]
    letters = [(kind.value, labels.LETTER[kind], False) for kind in LetterKind]
    context = {"kinds": found, "letters": letters, "languages": settings.LANGUAGES}
    return render(request, "notifications/samples.html", context)


@require_safe
@login_required
# The mail's own styles stand in its elements, as mail programs want them.
@csp_replace({"style-src": ["'unsafe-inline'"]})  # type: ignore[arg-type]  # typed for views without arguments
def sample(request: HttpRequest, kind: str, language: str, form: str) -> HttpResponse:
    """Show the sample of one kind as its reader would see it: as HTML, or as text."""
    me = request_context(request)
    if (
        not access.where(me.scope, Verb.READ_MAILS)
        or kind not in {*kinds.BY_NAME, *LetterKind}
        or language not in dict(settings.LANGUAGES)
    ):
        raise Http404
    with override(language):
        mail = _sampled(kind, language)
    # Most mails about an account are a few lines, without HTML.
    if form == "txt" or not mail.html:
        return HttpResponse(f"{mail.subject}\n\n{shown(mail.text)}", content_type="text/plain; charset=utf-8")
    return HttpResponse(shown(mail.html))


def _sampled(kind: str, language: str) -> Mail | Written:
    if kind in kinds.BY_NAME:
        return letter.sampled([kinds.BY_NAME[kind].sample()], language)
    return invitations.sample(LetterKind(kind))
