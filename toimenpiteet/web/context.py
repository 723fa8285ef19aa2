"""What every page shows: who I am, where I may go, and whether the data is a demonstration."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from toimenpiteet.access import Scope
from toimenpiteet.models import Municipality
from toimenpiteet.web.door import visit
from toimenpiteet.workflow import Role


@dataclass(frozen=True)
class Link:
    """One entry of the main menu."""

    label: str
    href: str
    current: bool


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the values that base.html expects; nothing is read unless the template asks."""
    return {"page": SimpleLazyObject(lambda: _page(request)), "site_languages": settings.LANGUAGES}


def _page(request: HttpRequest) -> dict[str, Any]:
    scope = visit(request).scope
    homes = list(_homes(scope))
    return {
        "menu": _menu(request, scope),
        "municipality": homes[0] if len(homes) == 1 and not scope.anonymous else None,
        "demonstration": any(home.demonstration for home in homes),
        "user": scope.user,
    }


def _homes(scope: Scope) -> Any:
    if scope.anonymous:
        return Municipality.objects.filter(demonstration=True)[:1]
    return Municipality.objects.filter(pk__in=scope.municipalities)


def _menu(request: HttpRequest, scope: Scope) -> list[Link]:
    entries = [(_("Strategies"), reverse("strategies"))]
    if not scope.anonymous:
        entries = [(_("Waiting for you"), reverse("waiting")), *entries, (_("Overdue"), reverse("overdue"))]
    if scope.has(Role.DIRECTOR) or scope.has(Role.ADMIN):
        entries.append((_("Reminders"), reverse("reminder-log")))
    return [Link(label, href, request.path.startswith(href)) for label, href in entries]
