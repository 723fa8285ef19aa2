"""Corrections beside locked answers, and the exceptions under which they are given."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.calendar import local_day
from toimenpiteet.dates import moment_words
from toimenpiteet.models import AnswerCorrection, Grant, GrantKind, ReportingRound, StatusReport
from toimenpiteet.selectors.history.answers import Sayer, who_corrected
from toimenpiteet.selectors.plan.view import ROW, PlanView, views
from toimenpiteet.selectors.rounds.answers import Words, words_of
from toimenpiteet.selectors.translated import Named, named_of


@dataclass(frozen=True)
class Correction:
    """What was said after the lock, when, by whom and why; the locked answer stands beside it."""

    words: Words
    why: str
    at: str
    by: Sayer | None


def standing(report: StatusReport) -> StatusReport | AnswerCorrection:
    """Return what is said of a plan after all: its latest correction, else the locked answer itself."""
    return report.corrections.order_by("at", "pk").last() or report


def _corrections(reports: Collection[int]) -> Mapping[int, list[Correction]]:
    """Return the corrections of answers by answer, the oldest first; two queries."""
    by, found = who_corrected(reports), defaultdict(list)
    for row in AnswerCorrection.objects.filter(report__in=reports).order_by("at", "pk"):
        found[row.report_id].append(Correction(words_of(row), row.why, moment_words(row.at), by.get(row.pk)))
    return found


@dataclass(frozen=True)
class Corrected:
    """A corrected answer: what was locked (None: nothing had been said), and what came since."""

    plan: PlanView
    locked: Words | None
    since: list[Correction]


def corrected(scope: Scope, round_id: int, today: date) -> list[Corrected]:
    """Return the answers of a round that were corrected after its lock; four queries and more for the plans."""
    found = access.visible(scope, StatusReport).filter(round=round_id, corrections__isnull=False).distinct()
    reports = {row.plan_id: row for row in found}
    since = _corrections([row.pk for row in reports.values()])
    return [
        Corrected(plan, _locked(reports[plan.pk]), since[reports[plan.pk].pk])
        for plan in views(list(reports), today, ROW)
    ]


def _locked(report: StatusReport) -> Words | None:
    return words_of(report) if report.answered_at else None


# Exceptions


@dataclass(frozen=True)
class Excepted:
    """An exception that holds: who may correct the answers of which plans, until when, and why."""

    pk: int
    version: int
    holder: str
    plans: list[Named]
    until: str
    why: str


def exceptions(scope: Scope, round_id: int, now: datetime) -> list[Excepted]:
    """Return the exceptions that hold at `now` for plans that the round asks; three queries."""
    rows = _holding(now).filter(plans__plan__reports__round=round_id, municipality__in=scope.municipalities)
    rows = rows.select_related("holder").prefetch_related("plans__plan__item").order_by("until_at", "pk").distinct()
    return [
        Excepted(
            pk=row.pk,
            version=row.version,
            holder=str(row.holder),
            plans=[named_of(link.plan.item) for link in row.plans.all()],
            until=_until(row),
            why=row.why,
        )
        for row in rows
    ]


def asked_plans(scope: Scope, round_id: int, today: date) -> list[PlanView]:
    """Return the plans that a round asks, by goal."""
    asked = access.visible(scope, StatusReport).filter(round=round_id).values_list("plan", flat=True)
    found = views(list(asked), today, ROW)
    return sorted(found, key=lambda plan: (plan.goal_number or 0, plan.item_name.text, plan.pk))


def find_exception(scope: Scope, pk: int) -> Grant:
    """Return an exception; raises Http404 when it does not exist for who asks."""
    return access.get(scope, access.visible(scope, Grant).filter(kind=GrantKind.EXCEPTION), pk=pk)


def _holding(now: datetime) -> "QuerySet[Grant]":
    return access.holding(local_day(now)).filter(kind=GrantKind.EXCEPTION, until_at__gt=now)


def _until(row: Grant) -> str:
    return moment_words(row.until_at) if row.until_at else ""


# What its holder sees


@dataclass(frozen=True)
class ToCorrect:
    """A locked answer that a person may correct until a moment: of which plan, in which round."""

    round: int
    round_name: str
    plan: int
    name: Named
    until: str
    why: str


def excepted_rounds(scope: Scope, now: datetime) -> Q:
    """Return which closed rounds have answers that exceptions let the person correct at `now`."""
    plans = _mine(scope, now).values("plans__plan")
    return Q(status__in=ReportingRound.CLOSED, pk__in=StatusReport.objects.filter(plan__in=plans).values("round"))


def to_correct(scope: Scope, rounds: Collection[int], now: datetime) -> list[ToCorrect]:
    """Return which answers of the newest of `rounds` exceptions let the person correct at `now`; three queries."""
    until: dict[int, Grant] = {}
    for grant in _mine(scope, now).prefetch_related("plans").order_by("until_at"):
        until |= {link.plan_id: grant for link in grant.plans.all()}
    rows = access.visible(scope, StatusReport).filter(plan__in=until, round__in=rounds)
    rows = rows.select_related("round", "plan__item").order_by("round__due_on", "pk")
    # The newest of each plan stands last.
    newest = {row.plan_id: row for row in rows}
    return [
        ToCorrect(
            round=row.round_id,
            round_name=row.round.occasion,
            plan=row.plan_id,
            name=named_of(row.plan.item),
            until=_until(until[row.plan_id]),
            why=until[row.plan_id].why,
        )
        for row in newest.values()
    ]


def _mine(scope: Scope, now: datetime) -> "QuerySet[Grant]":
    return _holding(now).filter(holder=scope.user.pk if scope.user else None)


@dataclass(frozen=True)
class CorrectionPage:
    """A locked answer with what was said since; `start` is what a correction begins with, `seen` the latest (0: none).

    `locked` is None where nothing was said before the lock.
    """

    round: int
    round_name: str
    strategy: Named
    plan: PlanView
    locked: Words | None
    since: list[Correction]
    start: Words
    seen: int


def correction_page(scope: Scope, round_id: int, plan_id: int, now: datetime) -> CorrectionPage:
    """Return the page of one locked answer; raises Http404. Who may correct it, access.excepted says."""
    reports = access.visible(scope, StatusReport).select_related("round__strategy__municipality")
    report = access.get(scope, reports.filter(round__status__in=ReportingRound.CLOSED), round=round_id, plan=plan_id)
    last, strategy = standing(report), report.round.strategy
    return CorrectionPage(
        round=round_id,
        round_name=report.round.occasion,
        strategy=named_of(strategy, strategy.municipality.language),
        plan=views([plan_id], local_day(now), ROW)[0],
        locked=_locked(report),
        since=_corrections([report.pk])[report.pk],
        start=words_of(last),
        seen=last.pk if isinstance(last, AnswerCorrection) else 0,
    )
