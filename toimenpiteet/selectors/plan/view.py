"""A plan as shown: the one shape that cards, rows, cells, pages, files, mails and the API take.

What stands in every place is read with the plan itself. What only some places show is a Part, asked for by them: each
costs one query at most, however many plans there are, and is empty where it was not asked for.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from toimenpiteet import access, labels
from toimenpiteet.access import Scope, Verb
from toimenpiteet.dates import day_words, distance_words, due_or_end_words, due_words
from toimenpiteet.languages import CODES, columns_for
from toimenpiteet.models import PeriodPlan, PlanPeriod, Step
from toimenpiteet.models.reading import GIVEN, Statement, columns_of
from toimenpiteet.selectors.history.last_moves import LastMove, last_moves
from toimenpiteet.selectors.plan.lateness import Lateness, lateness, with_lateness
from toimenpiteet.selectors.plan.moves import MoveView, move_views
from toimenpiteet.selectors.plan.parts import Around, MeansView, StepView, around_of, steps_of
from toimenpiteet.selectors.plan.periods import has_later
from toimenpiteet.selectors.translated import Named, Text, numbered, text_in
from toimenpiteet.workflow import CLOSED, OPEN_VALUES, Status

if TYPE_CHECKING:
    from toimenpiteet.selectors.rounds.newest import NewestAnswer


class Part(Enum):
    """What only some places show of a plan."""

    UNITS = "its responsible units"
    LINKS = "its responsible units, projects, budget lines and means, and in which items it goes on"
    STEP_COUNT = "how many steps it has, and how many are done"
    STEPS = "its steps"
    MOVES = "the moves from its status, and what the person may do; needs the units"
    LAST = "its last move, with who made it and their words"
    TEXT = "its text, key, source and doubt"


ROW = frozenset({Part.UNITS, Part.STEP_COUNT})
CARD = frozenset({Part.UNITS, Part.STEP_COUNT, Part.MOVES, Part.LAST})
WHOLE = frozenset({Part.LINKS, Part.STEPS, Part.MOVES, Part.TEXT})
_NOTHING = Text("")


@dataclass(frozen=True)
class PlanView:
    """One plan: finished values, texts in the active language. What no Part was asked for is empty.

    `answer` is there after ``rounds.newest.with_answers``.
    """

    pk: int
    version: int
    municipality_id: int
    item_id: int
    item_name: Text
    goal_id: int
    goal_number: int | None
    goal_name: Text
    strategy_id: int
    period_id: int
    period_name: Text
    period_years: tuple[int, int]
    status: Status
    due_on: date | None
    due_precision: str
    deadline_on: date
    late: Lateness | None
    today: date
    units: list[Named] = field(default_factory=list)
    projects: list[Named] = field(default_factory=list)
    budget_lines: list[Named] = field(default_factory=list)
    means: list[MeansView] = field(default_factory=list)
    continues_in: list[Named] = field(default_factory=list)
    steps: list[StepView] = field(default_factory=list)
    steps_done: int = 0
    steps_all: int = 0
    moves: list[MoveView] = field(default_factory=list)
    last: LastMove | None = None
    text: Text = _NOTHING
    key: str = ""
    source: str = ""
    doubt: str = ""
    may_comment: bool = False
    may_edit: bool = False
    may_keep: bool = False
    answer: "NewestAnswer | None" = None

    @property
    def item(self) -> Named:
        """Return the item by name."""
        return Named(self.item_id, self.item_name)

    @property
    def goal(self) -> Named:
        """Return the goal by name."""
        return Named(self.goal_id, self.goal_name)

    @property
    def goal_title(self) -> Text:
        """Return the goal's number, where it has one, and name."""
        return numbered(self.goal_number, self.goal_name)

    @property
    def status_label(self) -> str:
        """Return the status in words."""
        return str(labels.STATUS[self.status])

    @property
    def due(self) -> str:
        """Return the stated due date in words, '' where none is stated."""
        return due_words(self.due_on, self.due_precision) if self.due_on else ""

    @property
    def due_or_end(self) -> str:
        """Return the due date in words, or the end of the period where none is stated."""
        return due_or_end_words(self.due_on, self.due_precision, self.period_years[1])

    @property
    def deadline(self) -> str:
        """Return the earliest open deadline of the plan and its steps, moved to a working day, in words."""
        return day_words(self.deadline_on)

    @property
    def distance(self) -> str:
        """Return how late the plan is, or how far its deadline; '' where nothing is waited for."""
        if self.late:
            return self.late.distance
        return "" if self.status in CLOSED else distance_words(self.deadline_on, self.today)

    @property
    def is_open(self) -> bool:
        """Tell whether anything is still waited for."""
        return self.status not in CLOSED

    @property
    def open_moves(self) -> list[MoveView]:
        """Return the moves that are open to the person."""
        return [move for move in self.moves if move.open]

    @property
    def closed_moves(self) -> list[MoveView]:
        """Return the moves that are not, each with its reason."""
        return [move for move in self.moves if not move.open]

    @property
    def named_doubts(self) -> list[Named]:
        """Return the units, projects and budget lines about which the source leaves a doubt."""
        return [thing for thing in (*self.units, *self.projects, *self.budget_lines) if thing.doubt]

    @property
    def in_doubt(self) -> bool:
        """Tell whether the source leaves something in doubt about the plan, its steps or means."""
        parts: list[StepView | MeansView] = [*self.steps, *self.means]
        return bool(self.doubt) or any(part.doubt for part in parts)

    @property
    def cited(self) -> list[StepView | MeansView]:
        """Return the parts of the plan that stand in a place of their own in the source."""
        parts: list[StepView | MeansView] = [*self.steps, *self.means]
        return [part for part in parts if part.source]

    @property
    def next_step_due(self) -> str:
        """Return when the next step is due in words, where that comes before the plan's own due date; else ''."""
        step = min((step for step in self.steps if not step.done and step.due), key=StepView.by_day, default=None)
        own = self.due_on or self._end
        return step.due if step and step.due_on and step.due_on < own else ""

    @property
    def _end(self) -> date:
        return date(self.period_years[1], 12, 31)


def views_of(
    plans: "QuerySet[PeriodPlan]", today: date, parts: frozenset[Part] = frozenset(), scope: Scope | None = None
) -> list[PlanView]:
    """Return `plans`, which came out of ``access``, in their order; one query, and one for each part that has its own.

    `scope` is whose moves and rights are shown.
    """
    rows = columns_of(_annotated(plans, today, parts), _columns(parts))
    return _views(rows, today, parts, scope)


def views(
    keys: Sequence[int], today: date, parts: frozenset[Part] = frozenset(), scope: Scope | None = None
) -> list[PlanView]:
    """Return the plans of `keys`, which came out of ``access``, in that order; as ``views_of``, none without keys."""
    if not keys:
        return []
    found = {view.pk: view for view in _views(_among("pk", parts).rows(today, given=list(keys)), today, parts, scope)}
    return [found[key] for key in keys if key in found]


def views_of_items(
    items: Sequence[int], today: date, parts: frozenset[Part] = frozenset()
) -> dict[int, list[PlanView]]:
    """Return the plans of each of `items`, which came out of ``access``, in the order of periods; as ``views``."""
    found: dict[int, list[PlanView]] = {item: [] for item in items}
    if items:
        for view in _views(_among("item", parts).rows(today, given=list(items)), today, parts, None):
            found[view.item_id].append(view)
    return found


def current(plans: Iterable[PlanView], today: date) -> PlanView | None:
    """Return that of an item's plans where it stands: whose period holds today, else the last one (docs/domain.md)."""
    ordered = sorted(plans, key=lambda plan: (plan.period_years[0], plan.period_id), reverse=True)
    holding = (plan for plan in ordered if plan.period_years[0] <= today.year <= plan.period_years[1])
    return next(holding, next(iter(ordered), None))


def standing(today: date) -> Q:
    """Return the condition that a plan is the one that ``current`` gives of its item; reads the periods, one query.

    A strategy has a few periods, so their order is known before: a plan in the first of them is where its item stands,
    one in another only where its item has none in those before.
    """
    places: dict[int, list[int]] = defaultdict(list)
    ordered = sorted(_periods(), key=lambda row: (row[1] <= today.year <= row[2], row[1], row[3]), reverse=True)
    seen: Counter[int] = Counter()
    for strategy, _start, _end, period in ordered:
        places[seen[strategy]].append(period)
        seen[strategy] += 1
    found: Any = Q(pk__in=[])
    before: list[int] = []
    for place in sorted(places):
        earlier = PeriodPlan.objects.filter(item=OuterRef("item"), period__in=before).order_by().values("pk")
        # The first of each, looked up: for a "not exists" PostgreSQL reads the plans of all items first.
        here = Q(period__in=places[place])
        found |= here & Q(IsNull(Subquery(earlier[:1]), True)) if before else here  # noqa: FBT003  # Django's
        before = [*before, *places[place]]
    return Q(found)


def _periods() -> "QuerySet[Any]":
    return PlanPeriod.objects.order_by().values_list("strategy_id", "start_year", "end_year", "pk")


def in_plan_order(plans: "QuerySet[PeriodPlan]") -> "QuerySet[PeriodPlan]":
    """Return `plans` in the order of the document."""
    return plans.order_by("item__goal__number", "item__goal_id", "item__order", "item_id", "period__start_year")


def keys_in_plan_order(plans: "QuerySet[PeriodPlan]") -> "QuerySet[Any]":
    """Return the keys of `plans` in the order of the document."""
    return in_plan_order(plans).values_list("pk", flat=True)


def existing(scope: Scope, keys: Collection[int]) -> list[int]:
    """Return those of `keys` whose plans exist for the person, in the order given; one query."""
    there = set(access.visible(scope, PeriodPlan).filter(pk__in=keys).values_list("pk", flat=True))
    return [key for key in keys if key in there]


def find_plan(scope: Scope, pk: int) -> PeriodPlan:
    """Return a plan with its period; raises Http404 when it does not exist for the person."""
    return access.get(scope, access.visible(scope, PeriodPlan).select_related("period"), pk=pk)


# Reading

_PLAIN = [
    *("pk", "version", "municipality_id", "item_id", "item__goal_id", "item__goal__number", "item__strategy_id"),
    *("period_id", "period__start_year", "period__end_year", "status", "due_on", "due_precision", "next_deadline_on"),
    *("late_because", "late_since", "municipality__language", "item__strategy__shift_deadlines"),
]
_NAMES = ["item__name", "item__goal__name", "period__name"]
# Parts that are columns of the plan's own row.
_OF_PART = {
    Part.TEXT: [*columns_for("text"), "key", "source", "doubt"],
    Part.STEP_COUNT: ["steps_done", "steps_all"],
    Part.MOVES: ["has_later"],
}


@cache
def _columns(parts: frozenset[Part]) -> list[str]:
    names = [column for name in _NAMES for column in columns_for(name)]
    return [*_PLAIN, *names, *(column for part, columns in _OF_PART.items() if part in parts for column in columns)]


def _annotated(plans: "QuerySet[PeriodPlan]", today: date, parts: frozenset[Part]) -> "QuerySet[Any]":
    rows = with_lateness(plans, today)
    if Part.STEP_COUNT in parts:
        rows = with_step_count(rows)
    if Part.MOVES in parts:
        rows = rows.annotate(has_later=has_later())
    return rows


def with_step_count(plans: "QuerySet[Any]") -> "QuerySet[Any]":
    """Annotate `steps_done` and `steps_all` on `plans`; both None where there are no steps."""
    counted: QuerySet[Any] = plans.annotate(steps_done=_steps(done=True), steps_all=_steps())
    return counted


def _steps(**conditions: Any) -> Subquery:
    steps = Step.objects.filter(plan=OuterRef("pk")).order_by().values("plan")
    return Subquery(steps.annotate(count=Count("pk", filter=Q(**conditions))).values("count"))


@cache
def _among(column: str, parts: frozenset[Part]) -> Statement:
    # Every list reads these: see Statement.
    plans = PeriodPlan.objects.filter(**{f"{column}__among": GIVEN}).order_by("item_id", "period__start_year", "pk")
    return Statement(lambda today: _annotated(plans, today, parts), _columns(parts))


def _views(rows: Iterable[Sequence[Any]], today: date, parts: frozenset[Part], scope: Scope | None) -> list[PlanView]:
    columns = _columns(parts)
    read = [dict(zip(columns, row, strict=True)) for row in rows]
    own = {row["pk"]: row["municipality__language"] for row in read}
    linked = around_of(own, whole=Part.LINKS in parts) if parts & {Part.UNITS, Part.LINKS} else {}
    steps = steps_of(list(own), today) if Part.STEPS in parts else {}
    last = last_moves(list(own)) if Part.LAST in parts else {}
    found = [_view(row, today, linked.get(row["pk"]), steps.get(row["pk"], []), parts, scope) for row in read]
    return [replace(view, last=last.get(view.pk)) for view in found] if last else found


def _view(
    row: dict[str, Any],
    today: date,
    linked: Around | None,
    steps: list[StepView],
    parts: frozenset[Part],
    scope: Scope | None,
) -> PlanView:
    optional: dict[str, Any] = {}
    if linked:
        optional |= {"units": linked.units, "projects": linked.projects, "budget_lines": linked.budget_lines}
        optional |= {"means": linked.means, "continues_in": linked.continues_in}
    if Part.STEPS in parts:
        done = sum(step.done for step in steps)
        optional |= {"steps": steps, "steps_done": done, "steps_all": len(steps)}
    if Part.STEP_COUNT in parts:
        optional |= {name: row[name] or 0 for name in ("steps_done", "steps_all")}
    if Part.TEXT in parts:
        optional |= {"text": _text(row, "text"), **{name: row[name] for name in ("key", "source", "doubt")}}
    if Part.MOVES in parts and scope:
        optional |= _of_person(row, [unit.pk for unit in linked.units] if linked else [], scope)
    return PlanView(
        pk=row["pk"],
        version=row["version"],
        municipality_id=row["municipality_id"],
        item_id=row["item_id"],
        item_name=_text(row, "item__name"),
        goal_id=row["item__goal_id"],
        goal_number=row["item__goal__number"],
        goal_name=_text(row, "item__goal__name"),
        strategy_id=row["item__strategy_id"],
        period_id=row["period_id"],
        period_name=_text(row, "period__name"),
        period_years=(row["period__start_year"], row["period__end_year"]),
        status=Status(row["status"]),
        due_on=row["due_on"],
        due_precision=row["due_precision"],
        deadline_on=row["next_deadline_on"],
        late=lateness(row["late_because"], row["late_since"], today, row["due_on"], row["due_precision"]),
        today=today,
        **optional,
    )


def _text(row: dict[str, Any], name: str) -> Text:
    return text_in([row[f"{name}_{code}"] for code in CODES], row["municipality__language"])


def _of_person(row: dict[str, Any], units: list[int], scope: Scope) -> dict[str, Any]:
    """Return the moves and rights of the person of `scope`."""
    plan = PeriodPlan(pk=row["pk"], municipality_id=row["municipality_id"], status=row["status"])
    roles = access.roles_on(scope, plan, units)
    works = bool(access.may(scope, Verb.WORK, plan, units))
    return {
        "moves": move_views(
            Status(row["status"]),
            roles,
            later_period=row["has_later"],
            own_proposal=bool(scope.apart) and access.own_proposal(scope, plan),
        ),
        "may_comment": works,
        "may_edit": works and row["status"] in OPEN_VALUES,
        "may_keep": bool(access.may(scope, Verb.KEEP, plan, units)),
    }
