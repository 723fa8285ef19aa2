"""Who I am, what I may do and why, and in which language."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from toimenpiteet.selectors import mail_choices
from toimenpiteet.selectors.people import my_rights
from toimenpiteet.services import people
from toimenpiteet.web.accounts import remember_language
from toimenpiteet.web.door import back_to, signed_in, visit


@require_safe
@signed_in
def me(request: HttpRequest) -> HttpResponse:
    """Show my name, roles, what each lets me do and why, my language and my choice of mails."""
    here = visit(request)
    shown = {"rights": my_rights(here.scope, here.today), "mails": mail_choices.of(here.scope.user)}
    return render(request, "toimenpiteet/me.html", shown)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language chosen, in a cookie and, for a signed-in person, with them."""
    response = HttpResponseRedirect(back_to(request, "/"), status=303)
    wanted = request.POST.get("language", "")
    if wanted in dict(settings.LANGUAGES):
        remember_language(response, wanted)
        user = visit(request).scope.user
        if user is not None and user.language != wanted:
            people.set_language(user.pk, wanted)
    return response
