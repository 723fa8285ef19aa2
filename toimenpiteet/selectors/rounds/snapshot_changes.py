"""The changes of plans as a round's report says them: what awaits a decision, and what was decided in its year."""

from collections import defaultdict
from datetime import date

from django.db.models import Q

from toimenpiteet import snapshots
from toimenpiteet.calendar import local_day, span_of_year
from toimenpiteet.change_requests import DECIDED_VALUES, WAITING_VALUES
from toimenpiteet.models import ChangeRequest, PlanUnit, ReportingRound, Unit
from toimenpiteet.selectors.history.change_requests import Sides, who_changes
from toimenpiteet.selectors.rounds.snapshot_people import Act, units_of
from toimenpiteet.selectors.rounds.snapshot_values import day_text, instant_text, words_of


def changes_of_round(asked: ReportingRound) -> list[snapshots.Change]:
    """Return the changes that the report of a round tells, the oldest first; five queries."""
    since, until = span_of_year(asked.year)
    decided = Q(status__in=DECIDED_VALUES, decided_at__gte=since, decided_at__lt=until)
    told = Q(status__in=WAITING_VALUES) | decided
    rows = ChangeRequest.objects.filter(told, plan__item__strategy=asked.strategy_id).order_by("proposed_at", "pk")
    found = list(rows.select_related("plan__item", "plan__period", "unit", "was_unit"))
    sides = who_changes([row.pk for row in found])
    units: dict[int, list[int]] = defaultdict(list)
    for plan, unit in PlanUnit.objects.filter(plan__in={row.plan_id for row in found}).values_list("plan", "unit"):
        units[plan].append(unit)
    acts = {row.pk: Act(sides[row.pk].proposed, local_day(row.proposed_at), units[row.plan_id]) for row in found}
    named = units_of(acts, asked.strategy.municipality_id)
    return [_change(row, sides[row.pk], named.get(row.pk)) for row in found]


def _change(row: ChangeRequest, sides: Sides, unit: snapshots.Words | None) -> snapshots.Change:
    return {
        "item": row.plan.item.key,
        "period": row.plan.period.key,
        "kind": row.kind,
        "status": row.status,
        "was": _says(row.was_due_on, row.was_due_precision, row.was_text, row.was_unit),
        "proposed": _says(row.due_on, row.due_precision, row.text, row.unit),
        "cause": row.cause,
        "effect": row.effect,
        "proposed_at": instant_text(row.proposed_at),
        "role": sides.proposed.role,
        "unit": unit,
        "decided_at": instant_text(row.decided_at) if row.decided_at else None,
        "decision": row.decision,
        "body": row.body,
        "body_on": day_text(row.body_on),
        "section": row.section,
        "register_number": row.register_number,
    }


def _says(due_on: date | None, precision: str, text: str, unit: Unit | None) -> snapshots.ChangeSays:
    said = words_of(unit, "name") if unit else None
    return {"due_on": day_text(due_on), "due_precision": precision, "text": text, "unit": said}
