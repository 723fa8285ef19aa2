"""What belongs to plans and only some places show: what they are linked to, means and steps, each in one query."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any

from django.db.models import F, QuerySet, Value

from toimenpiteet.dates import dated_words, day_words, due_words
from toimenpiteet.languages import CODES, columns_for
from toimenpiteet.models import DateKind, PlanBudgetLine, PlanMeans, PlanProject, PlanSuccessor, PlanUnit, Step
from toimenpiteet.models.reading import GIVEN, Statement, columns_of
from toimenpiteet.selectors.plan.lateness import Lateness, step_lateness
from toimenpiteet.selectors.translated import Named, Text, text_in
from toimenpiteet.workflow import OPEN_VALUES


@dataclass
class Around:
    """What is linked to a plan, in the document's order."""

    units: list[Named] = field(default_factory=list)
    projects: list[Named] = field(default_factory=list)
    budget_lines: list[Named] = field(default_factory=list)
    means: list["MeansView"] = field(default_factory=list)
    continues_in: list[Named] = field(default_factory=list)


@dataclass(frozen=True)
class MeansView:
    """What a plan uses and nobody can do."""

    pk: int
    key: str
    text: Text
    doubt: str
    source: str


_LINK = ["of_plan", "at", "kind", "thing", *CODES, "unsure", "its_key", "from_"]


def _links(*kinds: tuple[str, Any, str, str]) -> "QuerySet[Any]":
    first, *others = (
        columns_of(
            model.objects.filter(plan__among=GIVEN)
            .order_by()
            .annotate(
                of_plan=F("plan_id"),
                at=F("order"),
                kind=Value(kind),
                thing=F(f"{path}pk"),
                unsure=F(f"{path}doubt"),
                its_key=F(f"{path}key"),
                from_=F(f"{path}source"),
                **dict(zip(CODES, map(F, columns_for(f"{path}{name}")), strict=True)),
            ),
            _LINK,
        )
        for kind, model, path, name in kinds
    )
    return first.union(*others, all=True) if others else first


# Each list of a plan: its rows, the way to what they name, and the name's column.
_UNIT = ("units", PlanUnit, "unit__", "name")
_OTHERS = (
    ("projects", PlanProject, "project__", "name"),
    ("budget_lines", PlanBudgetLine, "budget_line__", "name"),
    ("means", PlanMeans, "", "text"),
    ("continues_in", PlanSuccessor, "item__", "name"),
)
_UNITS = Statement(lambda: _links(_UNIT), _LINK)
# All kinds in one round trip.
_LINKED = Statement(lambda: _links(_UNIT, *_OTHERS), _LINK)


def around_of(own: Mapping[int, str], *, whole: bool) -> dict[int, Around]:
    """Return what is linked to each plan: its units, or the `whole`; one query.

    `own` has the language of the municipality of each plan, by the plan's key.
    """
    found: dict[int, Around] = defaultdict(Around)
    if not own:
        return found
    rows = sorted((_LINKED if whole else _UNITS).rows(given=list(own)), key=itemgetter(0, 1))
    for plan, _order, kind, pk, *names, doubt, key, source in rows:
        text = text_in(names, own[plan])
        thing = MeansView(pk, key, text, doubt, source) if kind == "means" else Named(pk, text, doubt)
        getattr(found[plan], kind).append(thing)
    return found


@dataclass(frozen=True)
class StepView:
    """One step; `waited_for` tells that it is due, not done, and its plan open."""

    pk: int
    plan_id: int
    version: int
    key: str
    text: Text
    done: bool
    done_day: date | None
    due_on: date | None
    due_precision: str
    date_kind: str
    late: Lateness | None
    unit: Named | None
    doubt: str
    source: str
    waited_for: bool

    @property
    def due(self) -> str:
        """Return the due date in words, at its precision; '' where there is none."""
        return due_words(self.due_on, self.due_precision) if self.due_on and self.date_kind == DateKind.DUE else ""

    @property
    def dated(self) -> str:
        """Return its date in words, with what it means; '' where there is none."""
        return dated_words(self.date_kind, self.due_on, self.due_precision) if self.due_on else ""

    @property
    def done_on(self) -> str:
        """Return the day on which it was done in words."""
        return day_words(self.done_day) if self.done_day else ""

    def by_day(self) -> tuple[date, int]:
        """Return by what steps are put in order that have a due date."""
        return self.due_on or date.max, self.pk


_STEP = [
    *("plan_id", "pk", "version", "key", "done", "done_on", "due_on", "due_precision", "date_kind", "doubt", "source"),
    *("unit_id", "plan__status", "plan__municipality__language", "plan__item__strategy__shift_deadlines"),
    *columns_for("text"),
    *columns_for("unit__name"),
]


def steps_of(plans: Sequence[int], today: date) -> dict[int, list[StepView]]:
    """Return the steps of each of `plans` in their order; one query, none without plans."""
    found: dict[int, list[StepView]] = defaultdict(list)
    rows = Step.objects.filter(plan__in=plans).order_by("plan_id", "order", "pk")
    for step in step_views(rows, today):
        found[step.plan_id].append(step)
    return found


def step_views(steps: "QuerySet[Step]", today: date) -> list[StepView]:
    """Return `steps`, which came out of ``access``, in their order; one query."""
    return [_step(row, today) for row in columns_of(steps, _STEP)]


def _step(values: Sequence[Any], today: date) -> StepView:
    row = dict(zip(_STEP, values, strict=True))
    own, shift = row["plan__municipality__language"], row["plan__item__strategy__shift_deadlines"]
    waited_for = not row["done"] and row["date_kind"] == DateKind.DUE and row["plan__status"] in OPEN_VALUES
    unit = text_in([row[column] for column in columns_for("unit__name")], own)
    return StepView(
        pk=row["pk"],
        plan_id=row["plan_id"],
        version=row["version"],
        key=row["key"],
        text=text_in([row[column] for column in columns_for("text")], own),
        done=row["done"],
        done_day=row["done_on"],
        due_on=row["due_on"],
        due_precision=row["due_precision"],
        date_kind=row["date_kind"],
        late=step_lateness(row["due_on"], today, waited_for=waited_for, shift=shift),
        unit=Named(row["unit_id"], unit) if row["unit_id"] else None,
        doubt=row["doubt"],
        source=row["source"],
        waited_for=waited_for,
    )
