"""What anybody may read, thing by thing: for who gathers it, such as a search engine."""

from typing import Any

from django.db.models import QuerySet

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.models import ActionItem, Goal, Indicator, Programme, Project, Strategy, Theme, Unit

PAGED: dict[str, Any] = {
    "strategy": Strategy,
    "theme": Theme,
    "goal": Goal,
    "item": ActionItem,
    "unit": Unit,
    "project": Project,
    "programme": Programme,
    "indicator": Indicator,
}
"""What has a page of its own, by the name of its route."""


def published_keys(route: str) -> "QuerySet[Any, int]":
    """Return the keys of the published things that have a page at a route, in order; one query."""
    keys: QuerySet[Any, int] = access.visible(Scope(), PAGED[route]).order_by("pk").values_list("pk", flat=True)
    return keys
