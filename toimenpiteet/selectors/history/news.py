"""What changed since a moment: everything that people did to action items, grouped by item, the newest first."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.dates import moment_words
from toimenpiteet.models import (
    ActionItem,
    AnswerCorrection,
    Audited,
    ChangeRequest,
    Comment,
    Door,
    PeriodPlan,
    StatusReport,
    Step,
)
from toimenpiteet.models.reading import columns_of
from toimenpiteet.selectors.history import stream, words
from toimenpiteet.selectors.history.names import Names, names_of
from toimenpiteet.selectors.history.stream import Arm, Event, owned_models
from toimenpiteet.selectors.translated import Text

# What loads and jobs write is no news of anybody's doing.
_MACHINES = (Door.IMPORT.value, Door.COMMAND.value, Door.TASK.value)
_COLUMNS = ["c_at", "c_item", "c_kind", "c_row", "c_object", "c_version"]


@dataclass(frozen=True)
class Change:
    """One change: who, when in words, what as a few words, and the words that the person left with it."""

    at: datetime
    when: str
    who: str
    what: str
    words: Text
    kind: str
    plan_id: int


@dataclass(frozen=True)
class ItemChanges:
    """The changes of one action item, newest first."""

    item_id: int
    name: Text
    changes: list[Change]


@dataclass(frozen=True)
class Changes:
    """What changed, by item, the newest first; `more` tells whether older ones were left out."""

    items: list[ItemChanges]
    more: bool
    newest: datetime | None
    oldest: datetime | None

    @property
    def count(self) -> int:
        """Return how many changes there are here."""
        return sum(len(item.changes) for item in self.items)


def changes(scope: Scope, since: datetime, limit: int, until: datetime | None = None) -> Changes:
    """Return what others than the person changed after `since` and before `until`, at most `limit`; three queries.

    The first finds which rows they are, the second reads them with those before them, the third gives the names.
    """
    first, *rest = (_newest(model, scope, since, until, limit + 1) for model in owned_models())
    rows = list(first.union(*rest, all=True).order_by("-c_at")[: limit + 1])
    shown = rows[:limit]
    events = _read(shown)
    names = names_of(events.values(), [(ActionItem, row[1]) for row in shown])
    found: dict[int, list[Change]] = defaultdict(list)
    for _at, item, kind, row, *_rest in shown:
        found[item].append(_change(events[kind, row], names))
    return Changes(
        [ItemChanges(item, names[ActionItem, item], told) for item, told in found.items()],
        len(rows) > limit,
        shown[0][0] if shown else None,
        shown[-1][0] if shown else None,
    )


def _newest(model: type[Audited], scope: Scope, since: datetime, until: datetime | None, limit: int) -> "QuerySet[Any]":
    """Return the keys of the newest rows of `model` that others wrote in this time, of what the person may see."""
    column, owner = owned_models()[model]
    within: QuerySet[Any] = QuerySet(model.history.model).filter(
        Q(history_user_id__isnull=True) | ~Q(history_user_id=scope.user.pk if scope.user else None),
        # Asked row by row, the newest first: a list of all that the person sees would be read whole before them.
        Exists(access.visible(scope, owner).filter(pk=OuterRef(column))),
        history_date__gt=since,
        **({"history_date__lt": until} if until else {}),
    )
    told = _told(within.exclude(door__in=_MACHINES), model, since)
    # SQLite takes no limit inside a union, but takes one inside a condition.
    newest = told.order_by("-history_date").values("pk")[:limit]
    rows: QuerySet[Any] = QuerySet(model.history.model).filter(pk__in=newest)
    return columns_of(_keyed(rows, model, column, owner), _COLUMNS)


def _told(rows: "QuerySet[Any]", model: type[Audited], since: datetime) -> "QuerySet[Any]":
    column, owner = owned_models()[model]
    if owner is not PeriodPlan or model is PeriodPlan:
        return rows
    # What came with a plan is no news beside the plan itself. All rows are later than `since`: PostgreSQL reads the
    # whole history of plans where it is not told so.
    act = {name: OuterRef(name) for name in ("history_type", "history_date", "history_change_reason")}
    born = PeriodPlan.history.filter(id=OuterRef(column), history_date__gt=since, **act)
    return rows.exclude(Exists(born), history_type="+")


def _keyed(rows: "QuerySet[Any]", model: type[Audited], column: str, owner: type[Audited]) -> "QuerySet[Any]":
    through = "item_id" if model is PeriodPlan else f"{column.removesuffix('_id')}__item_id"
    number = models.BigIntegerField()
    keyed: QuerySet[Any] = rows.order_by().annotate(
        c_at=F("history_date"),
        c_item=Cast(F(column if owner is ActionItem else through), number),
        c_kind=Value(model._meta.label_lower, models.TextField()),
        c_row=Cast(F("history_id"), number),
        c_object=Cast(F("id"), number),
        c_version=Cast(F("version"), number),
    )
    return keyed


def _read(rows: Iterable[Any]) -> dict[tuple[str, int], Event]:
    """Return the events of the found rows, each with what the row held before it."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[2]].append(row)
    arms = list(_arms(found))
    moved = found.get(PeriodPlan._meta.label_lower, [])
    moves = Q(plan__in=[row[4] for row in moved], plan_version__in=[row[5] for row in moved])
    return {(event.model._meta.label_lower, event.row): event for event in stream.read(arms, moves)} if arms else {}


def _arms(found: dict[str, list[Any]]) -> Iterator[Arm]:
    for model in owned_models():
        rows = found.get(model._meta.label_lower, [])
        versions = {number for row in rows for number in (row[5], row[5] - 1)}
        if rows:
            yield Arm(model, Q(id__in={row[4] for row in rows}, version__in=versions))


def _change(event: Event, names: Names) -> Change:
    return Change(
        event.at,
        moment_words(event.at),
        words.who_words(event.who, event.on_behalf),
        words.heading(event, words.thing_of(event, names)),
        _words(event, names),
        "move" if event.move else words.kind_of(event),
        event.plan or 0,
    )


def _words(event: Event, names: Names) -> Text:
    """Return the words that go with a change: what the person wrote, or what the thing says or is called.

    What its heading says already is not said again.
    """
    if event.move or event.model in {Comment, PeriodPlan, ActionItem, ChangeRequest}:
        return Text(words.own_words(event))
    if event.model in {StatusReport, AnswerCorrection}:
        return Text(words.words_of_answer(event))
    thing = words.thing_of(event, names)
    said = thing.text == words.kind_words(event) or thing.text in words.heading(event, thing)
    return thing if event.model is Step or not said else Text("")
