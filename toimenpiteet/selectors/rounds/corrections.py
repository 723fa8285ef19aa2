"""Corrections beside locked answers, and the exceptions under which they are given."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.calendar import end_of_day, local_day
from toimenpiteet.dates import day_words, moment_words
from toimenpiteet.models import AnswerCorrection, Grant, GrantKind, ReportingRound, StatusReport
from toimenpiteet.selectors.history.answers import Sayer, who_corrected
from toimenpiteet.selectors.plan.view import ROW, PlanView, views
from toimenpiteet.selectors.rounds.answers import Words, words_of
from toimenpiteet.selectors.translated import Named, named_of


@dataclass(frozen=True)
class Correction:
    """What was said after the lock, when, by whom and why; the locked answer stands beside it.

    Everybody reads in which role, and people of the municipality the name too.
    """

    row: AnswerCorrection
    words: Words
    why: str
    at: str
    by: Sayer | None

    @property
    def who(self) -> str:
        """Return who it was as far as the reader may know, and by whose leave where it was by no role of their own."""
        named = str(self.by) if self.by else ""
        leave = "" if self.by and self.by.role else _("by leave of the strategy director")
        return ", ".join(part for part in (named, leave) if part)


def standing(report: StatusReport) -> StatusReport | AnswerCorrection:
    """Return what is said of a plan after all: its latest correction, else the locked answer itself."""
    return report.corrections.order_by("at", "pk").last() or report


def corrections_of(scope: Scope, reports: Collection[StatusReport]) -> Mapping[int, list[Correction]]:
    """Return the corrections of answers, with their rounds, by answer; two queries, none before the lock."""
    closed = [row.pk for row in reports if row.round.status in ReportingRound.CLOSED]
    return _by_report(scope, access.visible(scope, AnswerCorrection).filter(report__in=closed)) if closed else {}


def _by_report(scope: Scope, rows: "QuerySet[AnswerCorrection]") -> Mapping[int, list[Correction]]:
    """Return corrections by answer, the oldest first."""
    there = list(rows.order_by("at", "pk"))
    by = who_corrected({row.report_id for row in there}) if there else {}
    found: dict[int, list[Correction]] = defaultdict(list)
    for row in there:
        who = by.get(row.pk)
        said = who.unnamed() if who and scope.anonymous else who
        found[row.report_id].append(Correction(row, words_of(row), row.why, moment_words(row.at), said))
    return found


@dataclass(frozen=True)
class Corrected:
    """A corrected answer: what was locked (None: nothing had been said), and what came since."""

    plan: PlanView
    locked: Words | None
    since: list[Correction]


def corrected(scope: Scope, round_id: int, today: date) -> list[Corrected]:
    """Return the answers of a round that were corrected after its lock, by goal; one query where none was.

    They exist for people of the municipality, and once the round is published for everybody.
    """
    rows = access.visible(scope, AnswerCorrection).filter(report__round=round_id).select_related("report")
    since = _by_report(scope, rows)
    reports = {found[0].row.report.plan_id: found[0].row.report for found in since.values()}
    return [
        Corrected(plan, _locked(reports[plan.pk]), since[reports[plan.pk].pk]) for plan in _shown(list(reports), today)
    ]


def _shown(plans: list[int], today: date) -> list[PlanView]:
    """Return plans by goal."""
    found = views(plans, today, ROW) if plans else []
    return sorted(found, key=lambda plan: (plan.goal_number or 0, plan.item_name.text, plan.pk))


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
    """Return the exceptions that hold at `now` in a round; three queries."""
    rows = _holding(now).filter(round=round_id, municipality__in=scope.municipalities)
    rows = rows.select_related("holder").prefetch_related("plans__plan__item").order_by("until_at", "pk")
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
    return _shown(list(asked), today)


def find_exception(scope: Scope, pk: int) -> Grant:
    """Return an exception; raises Http404 when it does not exist for who asks."""
    return access.get(scope, access.visible(scope, Grant).filter(kind=GrantKind.EXCEPTION), pk=pk)


def _holding(now: datetime) -> "QuerySet[Grant]":
    return access.holding(local_day(now)).filter(kind=GrantKind.EXCEPTION, until_at__gt=now)


def _until(row: Grant) -> str:
    """Return the last day of an exception as the director chose it, or the very moment where it is within a day."""
    if row.until_at is None:
        return ""
    last_day = local_day(row.until_at - timedelta(microseconds=1))
    return day_words(last_day) if end_of_day(last_day) == row.until_at else moment_words(row.until_at)


# What its holder sees


@dataclass(frozen=True)
class ToCorrect:
    """A locked answer that a person may correct until a moment, and when it was corrected last, if it was."""

    round: int
    round_name: str
    plan: int
    name: Named
    until: str
    why: str
    done: str


def excepted_rounds(scope: Scope, now: datetime) -> Q:
    """Return which closed rounds have answers that exceptions let the person correct at `now`."""
    return Q(status__in=ReportingRound.CLOSED, pk__in=_mine(scope, now).values("round"))


def to_correct(scope: Scope, rounds: Collection[int], now: datetime) -> list[ToCorrect]:
    """Return which answers of `rounds` exceptions let the person correct at `now`; three queries."""
    until: dict[tuple[int | None, int], Grant] = {}
    for grant in _mine(scope, now).filter(round__in=rounds).prefetch_related("plans").order_by("until_at"):
        until |= {(grant.round_id, link.plan_id): grant for link in grant.plans.all()}
    rows = access.visible(scope, StatusReport).filter(plan__in={plan for _round, plan in until}, round__in=rounds)
    rows = rows.select_related("round", "plan__item").prefetch_related("corrections").order_by("round__due_on", "pk")
    return [_to_correct(row, until[row.round_id, row.plan_id]) for row in rows if (row.round_id, row.plan_id) in until]


def _to_correct(row: StatusReport, grant: Grant) -> ToCorrect:
    since = max((one.at for one in row.corrections.all()), default=None)
    return ToCorrect(
        round=row.round_id,
        round_name=row.round.occasion,
        plan=row.plan_id,
        name=named_of(row.plan.item),
        until=_until(grant),
        why=grant.why,
        done=moment_words(since) if since else "",
    )


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
        since=corrections_of(scope, [report]).get(report.pk, []),
        start=words_of(last) if isinstance(last, AnswerCorrection) or report.answered_at else Words(),
        seen=last.pk if isinstance(last, AnswerCorrection) else 0,
    )
