"""Who I am, for which units, and in which language."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from toimenpiteet.selectors.people import my_roles
from toimenpiteet.web.accounts import remember_language
from toimenpiteet.web.door import back_to, visit


@require_GET
@login_required
def me(request: HttpRequest) -> HttpResponse:
    """Show my name, roles and language."""
    return render(request, "toimenpiteet/me.html", {"roles": my_roles(visit(request).scope, visit(request).today)})


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language chosen, in a cookie and, for a signed-in person, with them."""
    response = HttpResponseRedirect(back_to(request, "/"), status=303)
    wanted = request.POST.get("language", "")
    if wanted in dict(settings.LANGUAGES):
        remember_language(response, wanted)
        user = visit(request).scope.user
        if user is not None and user.language != wanted:
            user.language = wanted
            user.save(update_fields=["language"])
    return response
