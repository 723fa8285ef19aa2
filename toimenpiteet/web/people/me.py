"""Who I am, what I may do and why, and in which language."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from toimenpiteet.selectors.people import mail_choices
from toimenpiteet.selectors.people.grants import ended_stand_ins_of, lends, stand_ins_of, stands_in_for
from toimenpiteet.selectors.people.people import my_rights
from toimenpiteet.services.people import people
from toimenpiteet.web.people import stand_ins
from toimenpiteet.web.people.accounts import remember_language
from toimenpiteet.web.request import back_to, request_context, signed_in


@require_safe
@signed_in
def me(request: HttpRequest) -> HttpResponse:
    """Show my name, roles, what each lets me do and why, my language and my choice of mails."""
    here = request_context(request)
    user, homes = here.scope.user, here.scope.municipalities
    assert user is not None  # noqa: S101  # the door asks for a signed-in person first
    shown = {
        "rights": my_rights(here.scope, here.today),
        "mails": mail_choices.of(user, here.now),
        "stand_ins": stand_ins.kept(stand_ins_of(user, homes, here.today)),
        "ended_stand_ins": ended_stand_ins_of(user, homes, here.today),
        "stands_in_for": stands_in_for(user, homes, here.today),
        "may_lend": any(lends(user, home, here.today) for home in homes),
    }
    return render(request, "toimenpiteet/people/me.html", shown)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language chosen, in a cookie and, for a signed-in person, with them."""
    response = HttpResponseRedirect(back_to(request, "/"), status=303)
    wanted = request.POST.get("language", "")
    if wanted in dict(settings.LANGUAGES):
        remember_language(response, wanted)
        me = request_context(request)
        if me.scope.user is not None and me.scope.user.language != wanted:
            people.set_language(wanted, actor=me.actor, now=me.now)
    return response
