"""A period plan as every list and page shows it: finished values, read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any

from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery, Value

from toimenpiteet import access, labels
from toimenpiteet.access import Scope, Verb
from toimenpiteet.dates import day_words, distance_words, due_words
from toimenpiteet.languages import CODES, columns_for
from toimenpiteet.models import PeriodPlan, PlanBudgetLine, PlanPeriod, PlanProject, PlanUnit, Step
from toimenpiteet.models.prepared import GIVEN, Statement, columns_of
from toimenpiteet.selectors.plan.lateness import Lateness, lateness, step_lateness, with_lateness
from toimenpiteet.selectors.words import Text, text_in, text_of
from toimenpiteet.workflow import CLOSED, OPEN_VALUES, TRANSITIONS, Refusal, Role, Status, why_not


@dataclass(frozen=True)
class MoveRow:
    """One move of the workflow table, as it stands for one person on one plan."""

    name: str
    label: str
    target: Status
    target_label: str
    comment_required: bool
    comment_label: str
    open: bool
    why_not: str
    roles: str


@dataclass(frozen=True)
class StepRow:
    """One step."""

    pk: int
    version: int
    text: Text
    done: bool
    done_on: str
    due: str
    late: Lateness | None
    unit: Text
    doubt: str
    source: str
    may_tick: bool


@dataclass(frozen=True)
class Named:
    """A unit, project or budget line by name, with what the source leaves in doubt about it."""

    pk: int
    name: Text
    doubt: str = ""


@dataclass(frozen=True)
class PlanRow:
    """One plan with everything around it that a screen shows."""

    pk: int
    version: int
    item_id: int
    item_name: Text
    goal_id: int
    goal_number: int | None
    goal_name: Text
    strategy_id: int
    period_id: int
    period_name: Text
    period_years: tuple[int, int]
    text: Text
    status: Status
    status_label: str
    due: str
    deadline: str
    deadline_on: date
    distance: str
    late: Lateness | None
    units: list[Named]
    projects: list[Named]
    budget_lines: list[Named]
    steps: list[StepRow]
    steps_done: int
    moves: list[MoveRow]
    source: str
    doubt: str
    may_comment: bool
    may_edit: bool
    may_keep: bool

    @property
    def open_moves(self) -> list[MoveRow]:
        """Return the moves that are open to the person."""
        return [move for move in self.moves if move.open]

    @property
    def closed_moves(self) -> list[MoveRow]:
        """Return the moves that are not, each with its reason."""
        return [move for move in self.moves if not move.open]

    @property
    def steps_all(self) -> int:
        """Return how many steps there are."""
        return len(self.steps)

    @property
    def named_doubts(self) -> list[Named]:
        """Return the units, projects and budget lines about which the source leaves a doubt."""
        return [thing for thing in (*self.units, *self.projects, *self.budget_lines) if thing.doubt]

    @property
    def next_step(self) -> StepRow | None:
        """Return the first step that is not done."""
        return next((step for step in self.steps if not step.done), None)


_THINGS: tuple[tuple[str, Any], ...] = (("unit", PlanUnit), ("project", PlanProject), ("budget_line", PlanBudgetLine))
_LINK = ["of_plan", "at", "kind", "thing", *CODES, "unsure"]


def _links() -> "QuerySet[Any]":
    first, *others = (
        columns_of(
            model.objects.filter(plan__among=GIVEN)
            .order_by()
            .annotate(
                of_plan=F("plan_id"),
                at=F("order"),
                kind=Value(kind),
                thing=F(f"{kind}_id"),
                unsure=F(f"{kind}__doubt"),
                **dict(zip(CODES, map(F, columns_for(f"{kind}__name")), strict=True)),
            ),
            _LINK,
        )
        for kind, model in _THINGS
    )
    return first.union(*others, all=True)


# Three kinds of links in one round trip: every list and page reads them.
_LINKED = Statement(_links, _LINK)


@dataclass
class Around:
    """What is linked to a plan, in the document's order."""

    units: list[Named] = field(default_factory=list)
    projects: list[Named] = field(default_factory=list)
    budget_lines: list[Named] = field(default_factory=list)


def around(plans: Iterable[Any]) -> dict[int, Around]:
    """Return what is linked to each of the loaded `plans` (``item__strategy__municipality`` among it); one query."""
    own = {plan.pk: plan.item.strategy.municipality.language for plan in plans}
    found: dict[int, Around] = defaultdict(Around)
    if not own:
        return found
    rows: list[Any] = sorted(_LINKED.rows(given=list(own)), key=itemgetter(0, 1))
    for plan, _order, kind, pk, *names, doubt in rows:
        named = Named(pk, text_in(names, own[plan]), doubt)
        getattr(found[plan], f"{kind}s").append(named)
    return found


def with_all(plans: "QuerySet[PeriodPlan]", today: date) -> "QuerySet[Any]":
    """Return `plans` with everything that a row reads but the links, their lateness among it, in two queries.

    Each carries `last_start`, the start year of its strategy's last period.
    """
    last = PlanPeriod.objects.filter(strategy=OuterRef("item__strategy")).order_by("-start_year")
    steps: Any = Prefetch("steps", Step.objects.select_related("unit").order_by("order", "pk"))
    near = ("item__goal", "item__lead_unit", "item__strategy__municipality", "period")
    rows: QuerySet[Any] = plans.select_related(*near).prefetch_related(steps)
    rows = with_lateness(rows, today)
    annotated: QuerySet[Any] = rows.annotate(last_start=Subquery(last.values("start_year")[:1]))
    return annotated


def plan_rows(plans: "QuerySet[PeriodPlan]", scope: Scope, today: date) -> list[PlanRow]:
    """Return `plans` as rows for the person of `scope` on `today`; three queries, however many."""
    loaded = list(with_all(plans, today))
    linked = around(loaded)
    return [_plan_row(plan, linked[plan.pk], scope, today) for plan in loaded]


def _plan_row(plan: Any, linked: Around, scope: Scope, today: date) -> PlanRow:
    own = plan.item.strategy.municipality.language
    units = [unit.pk for unit in linked.units]
    roles, works = access.roles_on(scope, plan, units), bool(access.may(scope, Verb.WORK, plan, units))
    editable = works and plan.status in OPEN_VALUES
    steps = [_step_row(step, plan, today, editable=editable) for step in plan.steps.all()]
    status = Status(plan.status)
    return PlanRow(
        pk=plan.pk,
        version=plan.version,
        item_id=plan.item_id,
        item_name=text_of(plan.item, "name", own),
        goal_id=plan.item.goal_id,
        goal_number=plan.item.goal.number,
        goal_name=text_of(plan.item.goal, "name", own),
        strategy_id=plan.item.strategy_id,
        period_id=plan.period_id,
        period_name=text_of(plan.period, "name", own),
        period_years=(plan.period.start_year, plan.period.end_year),
        text=text_of(plan, "text", own),
        status=status,
        status_label=str(labels.STATUS[status]),
        due=due_words(plan.due_on, plan.due_precision) if plan.due_on else "",
        deadline=day_words(plan.next_deadline_on),
        deadline_on=plan.next_deadline_on,
        distance="" if status in CLOSED else distance_words(plan.late_since or plan.next_deadline_on, today),
        late=lateness(plan.late_because, plan.late_since, today),
        units=linked.units,
        projects=linked.projects,
        budget_lines=linked.budget_lines,
        steps=steps,
        steps_done=sum(step.done for step in steps),
        moves=move_rows(status, roles, later_period=plan.last_start > plan.period.end_year),
        source=plan.source,
        doubt=plan.doubt,
        may_comment=works,
        may_edit=editable,
        may_keep=bool(access.may(scope, Verb.KEEP, plan, units)),
    )


def _step_row(step: Step, plan: PeriodPlan, today: date, *, editable: bool) -> StepRow:
    own, shift = plan.item.strategy.municipality.language, plan.item.strategy.shift_deadlines
    waited_for = not step.done and plan.status in OPEN_VALUES
    return StepRow(
        pk=step.pk,
        version=step.version,
        text=text_of(step, "text", own),
        done=step.done,
        done_on=day_words(step.done_on) if step.done_on else "",
        due=due_words(step.due_on, step.due_precision) if step.due_on else "",
        late=step_lateness(step.due_on, today, waited_for=waited_for, shift=shift),
        unit=text_of(step.unit, "name", own) if step.unit else Text(""),
        doubt=step.doubt,
        source=step.source,
        may_tick=editable,
    )


def move_rows(status: Status, roles: frozenset[Role], *, later_period: bool) -> list[MoveRow]:
    """Return every move that starts from `status`, open or not, with the reason where it is not."""
    rows = []
    for move in TRANSITIONS:
        refusal = why_not(move.name, status, roles, later_period=later_period)
        if refusal is Refusal.WRONG_STATUS:
            continue
        rows.append(
            MoveRow(
                name=move.name,
                label=str(labels.MOVE[move.name]),
                target=move.target,
                target_label=str(labels.STATUS[move.target]),
                comment_required=move.comment_required,
                comment_label=str(labels.MOVE_COMMENT.get(move.name, "")),
                open=refusal is None,
                why_not=str(labels.REFUSAL[refusal]) if refusal else "",
                roles=", ".join(str(labels.ROLE[role]) for role in sorted(move.roles)),
            )
        )
    return rows
