"""Changes of plans as shown: as it was, as proposed, by whom, in which words, and what was decided."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import get_language, pgettext

from toimenpiteet import access, labels
from toimenpiteet.access import Scope, Verb
from toimenpiteet.calendar import local_day, span_of_year
from toimenpiteet.change_requests import DECIDED_VALUES, WAITING, WAITING_VALUES, ChangeKind, ChangeStatus
from toimenpiteet.dates import day_words, due_or_end_words, due_words, moment_words
from toimenpiteet.languages import spoken
from toimenpiteet.models import ChangeRequest, PeriodPlan, PlanUnit
from toimenpiteet.selectors.history.answers import Sayer
from toimenpiteet.selectors.history.change_requests import Sides, who_changes
from toimenpiteet.selectors.history.wording import Piece, differences
from toimenpiteet.selectors.plan.parts import around_of
from toimenpiteet.selectors.strategies.strategy import find_strategy
from toimenpiteet.selectors.translated import Named, Text, named_of, text_of
from toimenpiteet.workflow import CLOSED, Status

RECENT = timedelta(days=60)
"""How long a decision stays among what a manager is told first."""


@dataclass(frozen=True)
class ChangeView:
    """A change request (`row`) in the reader's language; `pieces` marks what differs where a text changes.

    `decided_by` is who decided, referred or withdrew it; None while it is only proposed.
    """

    row: ChangeRequest
    pk: int
    version: int
    plan_id: int
    item: Named
    period: Text
    units: list[Named]
    kind: ChangeKind
    status: ChangeStatus
    was: Text
    proposed: Text
    pieces: list[Piece]
    cause: str
    effect: str
    proposed_by: Sayer
    proposed_at: str
    decided_by: Sayer | None
    decided_at: str
    decision: str
    body: str
    body_on: str
    section: str
    register_number: str
    may_decide: bool
    may_withdraw: bool

    @property
    def kind_label(self) -> str:
        """Return what is to change, in words."""
        return str(labels.CHANGE_KIND[self.kind])

    @property
    def status_label(self) -> str:
        """Return how far it is, in words."""
        return str(labels.CHANGE_STATUS[self.status])

    @property
    def waits(self) -> bool:
        """Tell whether a decision is waited for."""
        return self.status in WAITING

    @property
    def needs_body(self) -> bool:
        """Tell whether a body has to decide."""
        return self.status is ChangeStatus.NEEDS_BODY


def change_views(rows: "QuerySet[ChangeRequest]", scope: Scope) -> list[ChangeView]:
    """Return `rows`, which came out of ``access``, in their order; three queries, one where there are none."""
    along = ("plan__item", "plan__period", "plan__municipality", "unit", "was_unit")
    found = list(rows.select_related(*along))
    sides = who_changes([row.pk for row in found])
    own = {row.plan_id: row.plan.municipality.language for row in found}
    around = around_of(own, whole=False) if own else {}
    return [_view(row, sides[row.pk], around[row.plan_id].units, scope) for row in found]


def _view(row: ChangeRequest, sides: Sides, units: list[Named], scope: Scope) -> ChangeView:
    plan, own = row.plan, row.plan.municipality.language
    was, proposed = _said(row, own)
    waits = row.status in WAITING
    return ChangeView(
        row=row,
        pk=row.pk,
        version=row.version,
        plan_id=row.plan_id,
        item=named_of(plan.item, own),
        period=text_of(plan.period, "name", own),
        units=units,
        kind=ChangeKind(row.kind),
        status=ChangeStatus(row.status),
        was=was,
        proposed=proposed,
        pieces=differences(row.was_text, row.text) if row.kind == ChangeKind.SCOPE else [],
        cause=row.cause,
        effect=row.effect,
        proposed_by=sides.proposed,
        proposed_at=moment_words(row.proposed_at),
        decided_by=sides.decided,
        decided_at=moment_words(row.decided_at) if row.decided_at else "",
        decision=row.decision,
        body=row.body,
        body_on=day_words(row.body_on) if row.body_on else "",
        section=row.section,
        register_number=row.register_number,
        may_decide=waits and bool(access.may(scope, Verb.DIRECT, plan.municipality_id)),
        may_withdraw=row.status == ChangeStatus.PROPOSED
        and bool(access.may(scope, Verb.PROPOSE_CHANGE, plan, [unit.pk for unit in units])),
    )


def _said(row: ChangeRequest, own: str) -> tuple[Text, Text]:
    """Return what the plan said, and what is proposed, in words."""
    match ChangeKind(row.kind):
        case ChangeKind.DUE:
            new = due_words(row.due_on, row.due_precision) if row.due_on else ""
            return Text(due_or_end_words(row.was_due_on, row.was_due_precision, row.plan.period.end_year)), Text(new)
        case ChangeKind.SCOPE:
            lang = "" if spoken(get_language()) == own else own
            return Text(row.was_text or "–", lang), Text(row.text, lang)
        case ChangeKind.LEAD:
            units = (row.was_unit, row.unit)
            was, new_unit = (text_of(unit, "name", own) if unit else Text("–") for unit in units)
            return was, new_unit
    return Text(pgettext("change", "goes on")), Text(pgettext("change", "is discontinued"))


# Which ones


def visible_changes(scope: Scope, **only: int) -> "QuerySet[ChangeRequest]":
    """Return the change requests that exist for the person, the newest first; `only` one by its `pk`."""
    return access.visible(scope, ChangeRequest).filter(**only).order_by("-proposed_at", "-pk")


def proposed_in(rows: "QuerySet[ChangeRequest]", year: int) -> "QuerySet[ChangeRequest]":
    """Return those of `rows` that were proposed in a year (Europe/Helsinki)."""
    since, until = span_of_year(year)
    return rows.filter(proposed_at__gte=since, proposed_at__lt=until)


def changes_of_plans(scope: Scope, plans: Sequence[int]) -> list[ChangeView]:
    """Return the change requests of plans, the newest first; nothing for who has not signed in."""
    return [] if scope.anonymous else change_views(visible_changes(scope).filter(plan__in=plans), scope)


def change_view(scope: Scope, pk: int) -> ChangeView:
    """Return one change request; raises Http404 when it does not exist for the person."""
    row = access.get(scope, access.visible(scope, ChangeRequest), pk=pk)
    return change_views(visible_changes(scope).filter(pk=row.pk), scope)[0]


def awaiting_changes(scope: Scope, strategy: int | None = None) -> list[ChangeView]:
    """Return what awaits a decision where the person directs, what waits longest first."""
    rows = access.visible(access.narrowed(scope, Verb.DIRECT), ChangeRequest).filter(status__in=WAITING_VALUES)
    rows = rows.filter(plan__item__strategy=strategy) if strategy else rows
    # First what waits for the director, then what waits for a body.
    return change_views(rows.order_by("-status", "proposed_at", "pk"), scope)


@dataclass(frozen=True)
class ChangesNow:
    """What a person is told first: the changes on which they decide, and those of their own units' plans."""

    deciding: list[ChangeView]
    mine: list[ChangeView]


def changes_now(scope: Scope, now: datetime) -> ChangesNow:
    """Return the changes that wait, and of one's own units those that were decided a short time ago; as ``views``."""
    waits, recent = Q(status__in=WAITING_VALUES), Q(status__in=DECIDED_VALUES, decided_at__gte=now - RECENT)
    directed = Q(plan__municipality__in=access.where(scope, Verb.DIRECT))
    own = (
        Q(plan__in=PlanUnit.objects.filter(unit__in=scope.own_units).values("plan")) if scope.unit_roles else Q(pk=None)
    )
    views = change_views(visible_changes(scope).filter(waits & directed | (waits | recent) & own), scope)
    deciding = [view for view in views if view.may_decide]
    # First what waits for the director, then what waits for a body; what waits longest before the rest.
    deciding.sort(key=lambda view: (view.needs_body, view.pk))
    return ChangesNow(deciding, [view for view in views if not view.may_decide])


@dataclass(frozen=True)
class YearOfChanges:
    """The change requests of a strategy that were made in a year (Europe/Helsinki), and in which years there are any.

    `counts` is how many stand how: (status in words, number).
    """

    pk: int
    strategy: Text
    municipality: Named
    year: int
    years: list[int]
    rows: list[ChangeView] = field(default_factory=list)
    counts: list[tuple[str, int]] = field(default_factory=list)


def changes_of_year(scope: Scope, strategy_id: int, year: int, today: date) -> YearOfChanges:
    """Return the changes of a year, 0 for the newest with any; raises Http404 for a strategy of others."""
    strategy = find_strategy(scope, strategy_id)
    own = strategy.municipality.language
    requests = visible_changes(scope).filter(plan__item__strategy=strategy)
    years = sorted({local_day(at).year for at in requests.values_list("proposed_at", flat=True)}, reverse=True)
    year = year or next(iter(years), today.year)
    rows = change_views(proposed_in(requests, year), scope)
    return YearOfChanges(
        pk=strategy.pk,
        strategy=text_of(strategy, "name", own),
        municipality=named_of(strategy.municipality, own),
        year=year,
        years=years,
        rows=rows,
        counts=_counts(rows),
    )


def _counts(rows: Iterable[ChangeView]) -> list[tuple[str, int]]:
    tally = Counter(row.status for row in rows)
    return [(str(label), tally[status]) for status, label in labels.CHANGE_STATUS.items() if tally[status]]


# What is proposed from


@dataclass(frozen=True)
class Proposing:
    """A plan of which a change may be proposed: what it says now, its text in the municipality's own language."""

    plan_id: int
    version: int
    municipality: int
    item: Named
    period: Text
    own: str
    due: str
    text: str
    lead: Text


def proposing(scope: Scope, plan_id: int) -> Proposing:
    """Return what a change of a plan is proposed from, whether the person may or not; raises Http404."""
    along = ("item__lead_unit", "period", "municipality")
    plan = access.get(scope, access.visible(scope, PeriodPlan).select_related(*along), pk=plan_id)
    own = plan.municipality.language
    return Proposing(
        plan_id=plan.pk,
        version=plan.version,
        municipality=plan.municipality_id,
        item=named_of(plan.item, own),
        period=text_of(plan.period, "name", own),
        own=own,
        due=due_or_end_words(plan.due_on, plan.due_precision, plan.period.end_year),
        text=getattr(plan, f"text_{own}") or "",
        lead=text_of(plan.item.lead_unit, "name", own),
    )


def may_propose(scope: Scope, plan: PeriodPlan, units: Iterable[int] | None = None) -> bool:
    """Tell whether the person may propose a change of a plan; `units` are its responsible units when already read."""
    return Status(plan.status) not in CLOSED and bool(access.may(scope, Verb.PROPOSE_CHANGE, plan, units))
