"""Evidence, read: beside an answer or the assessment of a goal, of a whole round, and what its report names."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from toimenpiteet import access, snapshots
from toimenpiteet.access import Scope
from toimenpiteet.answers import Review
from toimenpiteet.models import Evidence, Goal, PeriodPlan, ReportingRound, StatusReport
from toimenpiteet.round_moves import ANSWERABLE
from toimenpiteet.selectors.plan.view import ROW, views
from toimenpiteet.selectors.rounds.rounds import find_round, goal_of
from toimenpiteet.selectors.translated import Named, Text, named_of, text_of


@dataclass(frozen=True)
class Beside:
    """What evidence stands beside in a round, by its id: the answer of a `plan`, or the assessment of a `goal`."""

    round: int
    plan: int | None = None
    goal: int | None = None

    @property
    def columns(self) -> dict[str, int | None]:
        """Return the columns of ``Evidence`` that say so."""
        return {"round_id": self.round, "plan_id": self.plan, "goal_id": self.goal}


def beside(scope: Scope, place: Beside) -> "QuerySet[Evidence]":
    """Return what stands beside an answer or an assessment and exists for the person, as it was added."""
    return access.visible(scope, Evidence).filter(**place.columns).select_related("file").order_by("pk")


def of_answers(scope: Scope, round_id: int, plans: Collection[int]) -> Mapping[int, list[Evidence]]:
    """Return the evidence beside what is said of `plans` in a round, as far as it exists for the person; one query."""
    rows = access.visible(scope, Evidence).filter(round=round_id, plan__in=plans)
    found: dict[int, list[Evidence]] = defaultdict(list)
    for row in rows.select_related("file").order_by("pk"):
        found[row.plan_id or 0].append(row)
    return found


def find(scope: Scope, pk: int, place: Beside | None = None) -> Evidence:
    """Return a piece of evidence that exists for the person, beside `place` where given; raises Http404."""
    rows = access.visible(scope, Evidence).select_related("file") if place is None else beside(scope, place)
    return access.get(scope, rows, pk=pk)


def counted() -> Coalesce:
    """Return, to annotate answers with, how many pieces of evidence each has."""
    rows = Evidence.objects.filter(round=OuterRef("round"), plan=OuterRef("plan")).order_by()
    return Coalesce(Subquery(rows.values("plan").annotate(n=Count("pk")).values("n")), 0, output_field=IntegerField())


def named_in(asked: ReportingRound, by: str) -> Mapping[int, list[snapshots.Evidence]]:
    """Return how a round's snapshot names the evidence beside answers (`by` "plan") or goals ("goal"); one query."""
    found: dict[int, list[snapshots.Evidence]] = defaultdict(list)
    rows = Evidence.objects.filter(round=asked, **{f"{by}__isnull": False}).select_related("file")
    for row in rows.order_by("pk"):
        found[getattr(row, f"{by}_id")].append(_named(row))
    return found


def _named(row: Evidence) -> snapshots.Evidence:
    return {
        "name": row.name,
        "url": row.url,
        "file": row.file.name if row.file else "",
        "sha256": row.file.sha256 if row.file else "",
        "public": row.public,
    }


@dataclass(frozen=True)
class Proved:
    """What a round's evidence proves, an item's plan of a `period` or a goal (a `kind` of page), with that evidence."""

    kind: str
    of: Named
    period: Text
    rows: list[Evidence]


def beside_report(scope: Scope, asked: ReportingRound) -> list[Proved]:
    """Return the evidence of a round that the person may read, of the items and then of the goals; one query."""
    rows = access.visible(scope, Evidence).filter(round=asked.pk).select_related("file", "plan__item", "plan__period")
    items = ("plan__item__goal__number", "plan__item__order", "plan__item", "plan")
    found: dict[Beside, list[Evidence]] = defaultdict(list)
    for row in rows.select_related("goal").order_by("goal__number", "goal__order", "goal_id", *items, "pk"):
        found[Beside(row.round_id, row.plan_id, row.goal_id)].append(row)
    own = asked.strategy.municipality.language
    return sorted((_proved(each, own) for each in found.values()), key=lambda one: one.kind == "goal")


def _proved(rows: list[Evidence], own: str) -> Proved:
    plan, goal = rows[0].plan, rows[0].goal
    if plan is not None:
        return Proved("item", named_of(plan.item, own), text_of(plan.period, "name", own), rows)
    assert goal is not None  # noqa: S101  # as the table says
    return Proved("goal", named_of(goal, own), Text(""), rows)


@dataclass(frozen=True)
class EvidencePage:
    """The evidence beside an answer about an item's plan, or the assessment of a goal: `kind` of page and `of` which.

    `open` tells that some may still be added and taken away by who may: `may_of` is what that is asked of.
    """

    place: Beside
    round_name: str
    strategy: Named
    kind: str
    of: Named
    period: Text
    rows: list[Evidence]
    may_of: PeriodPlan | Goal
    open: bool

    @property
    def pk(self) -> int:
        """Return the id of the plan or goal."""
        return self.place.plan or self.place.goal or 0


def evidence_page(scope: Scope, place: Beside, today: date) -> EvidencePage:
    """Return the evidence beside an answer or an assessment; raises Http404 when that does not exist for the person."""
    return _beside_answer(scope, place, today) if place.goal is None else _beside_goal(scope, place, place.goal)


def _beside_answer(scope: Scope, place: Beside, today: date) -> EvidencePage:
    reports = access.visible(scope, StatusReport).select_related("round__strategy__municipality", "plan")
    report = access.get(scope, reports, round=place.round, plan=place.plan)
    (shown,) = views([report.plan_id], today, ROW)
    return EvidencePage(
        place=place,
        round_name=report.round.occasion,
        strategy=named_of(report.round.strategy, report.round.strategy.municipality.language),
        kind="item",
        of=Named(shown.item_id, shown.item_name),
        period=shown.period_name,
        rows=list(beside(scope, place)),
        may_of=report.plan,
        open=report.round.status in ANSWERABLE and report.review != Review.ACCEPTED,
    )


def _beside_goal(scope: Scope, place: Beside, pk: int) -> EvidencePage:
    asked = find_round(scope, place.round)
    goal = goal_of(scope, asked, pk)
    own = asked.strategy.municipality.language
    return EvidencePage(
        place=place,
        round_name=asked.occasion,
        strategy=named_of(asked.strategy, own),
        kind="goal",
        of=named_of(goal, own),
        period=Text(""),
        rows=list(beside(scope, place)),
        may_of=goal,
        open=asked.status in ANSWERABLE,
    )
