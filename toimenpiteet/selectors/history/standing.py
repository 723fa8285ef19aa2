"""What the record says of how things stand now: who wrote last, what somebody saw, what a load made."""

from typing import Any

from django.db.models import QuerySet

from toimenpiteet.models import Audited, Door, Municipality, PeriodPlan, StatusChange
from toimenpiteet.selectors.history import stream
from toimenpiteet.selectors.history.stream import Event


def last_event(obj: Audited) -> Event:
    """Return the newest event of a row, which is what it is now."""
    return stream.of_row(type(obj), obj.pk)[-1]


def last_move(plan: PeriodPlan) -> StatusChange | None:
    """Return the last move of a plan's status, with the name of who made it."""
    rows = StatusChange.objects.filter(plan=plan).select_related("actor_name", "on_behalf_name")
    return rows.order_by("plan_version").last()


def as_seen(obj: Audited, version: int | None) -> Any:
    """Return what a row held at `version`, as an object with its columns; None where there was none such."""
    return type(obj).history.filter(id=obj.pk, version=version).first()


def loads(model: type[Audited], program: str) -> "QuerySet[Any]":
    """Return what `program` wrote of a model when it loaded documents, as history rows."""
    rows: QuerySet[Any] = model.history.filter(door=Door.IMPORT, actor_name__text=program)
    return rows


def removed_by_others(model: type[Audited], program: str) -> "QuerySet[Any]":
    """Return the last history rows of what others than the loads of `program` have removed."""
    rows: QuerySet[Any] = model.history.filter(history_type="-")
    return rows.exclude(door=Door.IMPORT, actor_name__text=program)


def anything_moved(municipality: Municipality) -> bool:
    """Tell whether any plan of a municipality was ever moved."""
    return StatusChange.objects.filter(plan__municipality=municipality).exists()
