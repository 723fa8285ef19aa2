"""Evidence of answers, read: beside an answer, beside the answers of a round, and what a round's report names."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from toimenpiteet import access, snapshots
from toimenpiteet.access import Scope
from toimenpiteet.answers import Review
from toimenpiteet.models import Evidence, PeriodPlan, ReportingRound, StatusReport
from toimenpiteet.round_moves import ANSWERABLE
from toimenpiteet.selectors.plan.view import ROW, PlanView, views
from toimenpiteet.selectors.translated import Named, Text, named_of, text_of


def of_round(scope: Scope, round_id: int, plans: Collection[int] | None = None) -> "QuerySet[Evidence]":
    """Return the evidence of a round, or of the answers of some plans, that exists for the person, as it was added."""
    rows = access.visible(scope, Evidence).filter(round=round_id).select_related("file").order_by("pk")
    return rows if plans is None else rows.filter(plan__in=plans)


def by_plan(rows: "QuerySet[Evidence]") -> Mapping[int, list[Evidence]]:
    """Return evidence by plan; one query."""
    found: dict[int, list[Evidence]] = defaultdict(list)
    for row in rows:
        found[row.plan_id].append(row)
    return found


def find(scope: Scope, pk: int, **only: Any) -> Evidence:
    """Return a piece of evidence that exists for the person, beside `only` one answer; raises Http404."""
    return access.get(scope, access.visible(scope, Evidence).select_related("file"), pk=pk, **only)


def counted() -> Coalesce:
    """Return, to annotate answers with, how many pieces of evidence each has."""
    rows = Evidence.objects.filter(round=OuterRef("round"), plan=OuterRef("plan")).order_by()
    return Coalesce(Subquery(rows.values("plan").annotate(n=Count("pk")).values("n")), 0, output_field=IntegerField())


def named_in(asked: ReportingRound) -> Mapping[int, list[snapshots.Evidence]]:
    """Return how a round's snapshot names the evidence of its answers, by plan; one query."""
    rows = by_plan(Evidence.objects.filter(round=asked).select_related("file").order_by("pk"))
    return {plan: [_named(row) for row in found] for plan, found in rows.items()}


def _named(row: Evidence) -> snapshots.Evidence:
    return {
        "name": row.name,
        "url": row.url,
        "file": row.file.name if row.file else "",
        "sha256": row.file.sha256 if row.file else "",
        "public": row.public,
    }


@dataclass(frozen=True)
class OfItem:
    """What stands beside the answer about an item's plan of one period."""

    item: Named
    period: Text
    rows: list[Evidence]


def beside_report(scope: Scope, asked: ReportingRound) -> list[OfItem]:
    """Return the evidence of a round that the person may read, by plan as the report has them; one query."""
    rows = of_round(scope, asked.pk).select_related("file", "plan__item", "plan__period")
    in_order = rows.order_by("plan__item__goal__number", "plan__item__order", "plan__item", "plan", "pk")
    own = asked.strategy.municipality.language
    return [_of_item(found, own) for found in by_plan(in_order).values()]


def _of_item(rows: list[Evidence], own: str) -> OfItem:
    plan = rows[0].plan
    name = text_of(plan.item, "name", own)
    return OfItem(Named(plan.item_id, name), text_of(plan.period, "name", own), rows)


@dataclass(frozen=True)
class EvidencePage:
    """The evidence of one answer; `of` is its plan, `plan` the same as it is shown.

    `open` tells that some may still be added and taken away.
    """

    round_pk: int
    round_name: str
    strategy: Named
    of: PeriodPlan
    plan: PlanView
    rows: list[Evidence]
    open: bool


def evidence_page(scope: Scope, round_id: int, plan: int, today: date) -> EvidencePage:
    """Return the evidence of a plan's answer; raises Http404 when it does not exist for the person."""
    reports = access.visible(scope, StatusReport).select_related("round__strategy__municipality", "plan")
    report = access.get(scope, reports, round=round_id, plan=plan)
    asked = report.round
    (shown,) = views([plan], today, ROW)
    return EvidencePage(
        asked.pk,
        asked.occasion,
        named_of(asked.strategy, asked.strategy.municipality.language),
        report.plan,
        shown,
        list(of_round(scope, round_id, [plan])),
        asked.status in ANSWERABLE and report.review != Review.ACCEPTED,
    )
