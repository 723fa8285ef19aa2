"""What the record says of change requests: who proposed each, and who decided."""

from collections.abc import Collection
from typing import Any, NamedTuple

from django.db.models import QuerySet

from toimenpiteet.change_requests import FIRST
from toimenpiteet.models import ChangeRequest
from toimenpiteet.models.reading import columns_of
from toimenpiteet.selectors.history.answers import Sayer


class Sides(NamedTuple):
    """Who proposed a change, and who decided, referred or withdrew it last (None: nobody yet)."""

    proposed: Sayer
    decided: Sayer | None


def who_changes(requests: Collection[int]) -> dict[int, Sides]:
    """Return, by request, who proposed and who decided it; one query, none without requests."""
    if not requests:
        return {}
    rows: QuerySet[Any] = ChangeRequest.history.filter(id__in=requests).order_by("id", "version")
    found: dict[int, Sides] = {}
    for pk, status, *who in columns_of(rows, ["id", "status", *Sayer.COLUMNS]):
        sayer = Sayer.of(*who)
        found[pk] = Sides(found[pk].proposed if pk in found else sayer, None if status == FIRST else sayer)
    return found
