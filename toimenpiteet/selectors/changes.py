"""What changed since a moment: moves, comments, steps and edits, by whom and when, grouped by action item."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from toimenpiteet import access, labels
from toimenpiteet.access import Scope
from toimenpiteet.dates import moment_words
from toimenpiteet.languages import CODES, columns_for, spoken
from toimenpiteet.models import ActionItem, Comment, Door, PeriodPlan, PlanUnit, StatusChange, Step
from toimenpiteet.models.prepared import columns_of
from toimenpiteet.selectors.words import Text, text_in
from toimenpiteet.workflow import Status

# What loads and jobs write is no news of anybody's doing.
_MACHINES = (Door.IMPORT.value, Door.COMMAND.value, Door.TASK.value)
_COLUMNS = ["c_at", "c_who", "c_item", "c_plan", "c_kind", "c_before", "c_after", "c_text"]


@dataclass(frozen=True)
class Change:
    """One change: who, when in words, what as a sentence, and the words that the person left with it."""

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
    """Return what others than the person changed after `since` and before `until`, at most `limit`; two queries."""
    sources = [_moves, _comments, _steps, _plans, _items, _units]
    first, *rest = (_newest(source(scope), scope, since, until, limit + 1) for source in sources)
    rows = list(first.union(*rest, all=True).order_by("-c_at")[: limit + 1])
    shown = rows[:limit]
    names = _names(scope, {row[2] for row in shown})
    items: dict[int, list[Change]] = {}
    for row in shown:
        if row[2] in names:
            items.setdefault(row[2], []).append(_change(row))
    return Changes(
        [ItemChanges(item, names[item], found) for item, found in items.items()],
        len(rows) > limit,
        shown[0][0] if shown else None,
        shown[-1][0] if shown else None,
    )


def _newest(
    rows: "QuerySet[Any]", scope: Scope, since: datetime, until: datetime | None, limit: int
) -> "QuerySet[Any]":
    """Return the newest of `rows` alone: what else there is need not be sorted with the other sources."""
    me = scope.user.pk if scope.user else None
    others = Q(c_by__isnull=True) | ~Q(c_by=me)
    within = rows.filter(others, c_at__gt=since, **({"c_at__lt": until} if until else {}))
    # SQLite takes no limit inside a union, but takes one inside a condition.
    newest = within.order_by("-c_at").values("pk")[:limit]
    return columns_of(rows.filter(pk__in=newest).order_by(), _COLUMNS)


def _names(scope: Scope, items: Iterable[int]) -> dict[int, Text]:
    rows = access.visible(scope, ActionItem).filter(pk__in=list(items)).order_by()
    return {pk: text_in(texts) for pk, *texts in columns_of(rows, ["pk", *columns_for("name")])}


# Where changes are found: each gives the same columns, so that one statement sorts them all


def _as(kind: str, rows: "QuerySet[Any]", **columns: Any) -> "QuerySet[Any]":
    """Return `rows` with the columns of a change; what is not given is a history row's own, or empty."""
    found = {
        "at": F("history_date"),
        "who": F("actor_name__text"),
        "by": F("history_user_id"),
        "item": Value(0),
        "plan": Value(0),
        "kind": Value(kind),
        "before": Value(""),
        "after": Value(""),
        "text": Value(""),
    } | columns
    # PostgreSQL wants the parts of a union to be of the same types.
    numbers = {"by", "item", "plan"}
    types = {name: BigIntegerField() if name in numbers else TextField() for name in found if name != "at"}
    cast = {f"c_{name}": Cast(found[name], output_field=type_) for name, type_ in types.items()}
    changes: QuerySet[Any] = rows.annotate(c_at=found["at"], **cast)
    return changes


def _moves(scope: Scope) -> "QuerySet[Any]":
    rows = access.visible(scope, StatusChange)
    who = {"at": F("at"), "by": F("actor_id"), "item": F("plan__item_id"), "plan": F("plan_id")}
    return _as("move", rows, **who, before=F("from_status"), after=F("to_status"), text=F("comment"))


def _comments(scope: Scope) -> "QuerySet[Any]":
    rows = access.visible(scope, Comment)
    who = {"at": F("at"), "who": F("author_name__text"), "by": F("author_id")}
    return _as("comment", rows, **who, item=F("plan__item_id"), plan=F("plan_id"), text=F("text"))


def _steps(scope: Scope) -> "QuerySet[Any]":
    past = Step.history.filter(id=OuterRef("id"), version=OuterRef("version") - 1)
    rows = _by_people(Step.history).filter(_seen(scope, PeriodPlan, "plan_id"))
    rows = rows.annotate(was_done=Subquery(past.values("done")[:1]))
    ticked = When(history_type="~", done=True, was_done=False, then=Value("done"))
    taken_back = When(history_type="~", done=False, was_done=True, then=Value("undone"))
    text, language = _words("text")
    what = Case(ticked, taken_back, default=_WHAT)
    return _as("step", rows, item=F("plan__item_id"), plan=F("plan_id"), before=language, after=what, text=text)


def _plans(scope: Scope) -> "QuerySet[Any]":
    # A move is told of by its own row.
    moved = StatusChange.objects.filter(plan=OuterRef("id"), plan_version=OuterRef("version"))
    rows = _by_people(PeriodPlan.history).filter(_seen(scope, ActionItem, "item_id"), ~Exists(moved))
    return _as("plan", rows, item=F("item_id"), plan=F("id"), after=_WHAT, text=F("history_change_reason"))


def _items(scope: Scope) -> "QuerySet[Any]":
    past = ActionItem.history.filter(id=OuterRef("id"), version=OuterRef("version") - 1)
    rows = _by_people(ActionItem.history).filter(_seen(scope, ActionItem, "id"))
    rows = rows.annotate(was_under=Subquery(past.values("goal_id")[:1]))
    moved = When(~Q(was_under=F("goal_id")), history_type="~", was_under__isnull=False, then=Value("moved"))
    goal, _language = _words("goal__name")
    what = Case(moved, default=_WHAT)
    return _as("item", rows, item=F("id"), before=goal, after=what, text=F("history_change_reason"))


def _units(scope: Scope) -> "QuerySet[Any]":
    # The units that came with a plan are no news beside the plan itself.
    born = PeriodPlan.history.filter(id=OuterRef("plan_id"), history_type="+", history_date=OuterRef("history_date"))
    rows = _by_people(PlanUnit.history).filter(_seen(scope, PeriodPlan, "plan_id"), ~Exists(born))
    text, language = _words("unit__name")
    return _as("unit", rows, item=F("plan__item_id"), plan=F("plan_id"), before=language, after=_WHAT, text=text)


_WHAT = Case(
    When(history_type="+", then=Value("added")), When(history_type="-", then=Value("removed")), default=Value("changed")
)


def _by_people(history: Any) -> "QuerySet[Any]":
    rows: QuerySet[Any] = history.exclude(door__in=_MACHINES)
    return rows


def _seen(scope: Scope, model: type[PeriodPlan | ActionItem], column: str) -> Exists:
    # Asked row by row, the newest first: a list of all that the person sees would be read whole before them.
    return Exists(access.visible(scope, model).filter(pk=OuterRef(column)))


def _words(field: str) -> tuple[Any, Any]:
    """Return a translated text in the active language or the next that has it, and which one that is if another."""
    active = spoken(get_language())
    order = list(dict.fromkeys((active, *CODES)))
    filled = [Cast(NullIf(F(f"{field}_{language}"), Value("")), TextField()) for language in order]
    there = [Q(**{f"{field}_{language}__gt": ""}) for language in order]
    which = (
        When(condition, then=Value("" if language == active else language))
        for language, condition in zip(order, there, strict=True)
    )
    return Coalesce(*filled, Value("")), Case(*which, default=Value(""))


# The words


_SENTENCES: dict[tuple[str, str], labels.Label] = {
    ("step", "done"): gettext_lazy("Step done"),
    ("step", "undone"): gettext_lazy("Step not done after all"),
    ("step", "added"): gettext_lazy("Step added"),
    ("step", "changed"): gettext_lazy("Step edited"),
    ("step", "removed"): gettext_lazy("Step removed"),
    ("plan", "added"): gettext_lazy("Plan added"),
    ("plan", "changed"): gettext_lazy("Plan edited"),
    ("plan", "removed"): gettext_lazy("Plan removed"),
    ("item", "added"): gettext_lazy("Action item added"),
    ("item", "changed"): gettext_lazy("Action item edited"),
    ("item", "moved"): gettext_lazy("Moved to the goal “%(goal)s”"),
    ("unit", "added"): gettext_lazy("Responsible unit added"),
    ("unit", "changed"): gettext_lazy("Order of the responsible units changed"),
    ("unit", "removed"): gettext_lazy("Responsible unit removed"),
}


def _change(row: Sequence[Any]) -> Change:
    at, who, _item, plan, kind, before, after, text = row
    language = before if kind in {"step", "unit"} else ""
    return Change(at, moment_words(at), who, _what(kind, before, after), Text(text or "", language), kind, plan)


def _what(kind: str, before: str, after: str) -> str:
    """Say what was done; `before` is the status that was, or the goal to which an item was moved."""
    if kind == "move":
        return f"{labels.STATUS[Status(before)]} → {labels.STATUS[Status(after)]}"
    if kind == "comment":
        return _("Comment")
    return str(_SENTENCES.get((kind, after), "")) % {"goal": before}
