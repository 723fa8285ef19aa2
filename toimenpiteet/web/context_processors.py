"""What every page shows: who I am, where I may go, and whether the data is a demonstration."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from toimenpiteet import access
from toimenpiteet.access import Scope, Verb
from toimenpiteet.selectors.strategies.municipality import own_municipalities
from toimenpiteet.selectors.translated import text_of
from toimenpiteet.web import session
from toimenpiteet.web.request import as_anybody, request_context
from toimenpiteet.web.toasts import shown

# It is written into a style sheet, where nothing but a colour may stand.
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
# Pages that an entry of the menu leads to, though their addresses begin otherwise.
_UNDER = {
    "strategies": ("/teemat/", "/tavoitteet/", "/toimenpiteet/", "/mittarit/", "/ohjelmat/", "/hankkeet/", "/kunnat/"),
}


@dataclass(frozen=True)
class Link:
    """One entry of the main menu; `current` is "page" on the page itself and "true" on those under it."""

    label: str
    href: str
    current: str


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the values that base.html expects; nothing is read unless the template asks."""
    return {
        "page": SimpleLazyObject(lambda: _page(request)),
        "toasts": SimpleLazyObject(lambda: shown(request)),
        "site_languages": settings.LANGUAGES,
    }


def _page(request: HttpRequest) -> dict[str, Any]:
    me = request_context(request)
    homes = list(own_municipalities(me.scope))
    own = homes[0] if len(homes) == 1 and not me.scope.anonymous else None
    shown_of = own_municipalities(Scope()) if as_anybody(request) and not me.scope.anonymous else homes
    return {
        "menu": _menu(request, me.scope),
        "municipality": text_of(own, "name", own.language) if own else None,
        "colour": own.colour if own and _COLOUR.fullmatch(own.colour) else "",
        "demonstration": any(home.demonstration for home in shown_of),
        "as_anybody": as_anybody(request),
        "user": me.scope.user,
        "sign_in": sign_in_address(request) if me.scope.anonymous else "",
        "session_left": 0 if me.scope.anonymous else session.seconds_left(request, me.now),
    }


def sign_in_address(request: HttpRequest) -> str:
    """Return where to sign in, and come back to this page; from the list of strategies one comes to what waits."""
    login = reverse("account_login")
    back = request.get_full_path()
    elsewhere = request.method != "GET" or back.startswith("/tunnus/") or request.path == reverse("strategies")
    return login if elsewhere else f"{login}?{urlencode({'next': back})}"


def _menu(request: HttpRequest, scope: Scope) -> list[Link]:
    entries = [(_("Strategies"), "strategies")]
    if not scope.anonymous:
        entries = [(_("Waiting for you"), "waiting"), *entries, (_("Overdue"), "overdue")]
        entries.append((_("Responsible units"), "units"))
    if access.where(scope, Verb.READ_MAILS):
        entries.append((_("Reminders"), "reminder-log"))
    if access.where(scope, Verb.KEEP):
        entries.append((_("Maintenance"), "edit-index"))
    return [link for label, name in entries for link in _link(request, label, name)]


def _link(request: HttpRequest, label: str, name: str) -> list[Link]:
    """Return the entry, or nothing in an installation whose addresses leave the page out."""
    try:
        href = reverse(name)
    except NoReverseMatch:
        return []
    here = request.path.startswith((href, *_UNDER.get(name, ())))
    return [Link(label, href, "page" if request.path == href else "true" if here else "")]
