"""Answers in rounds: what was said before, what a person still has to say, and what waits for the director's review."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet

from toimenpiteet import access, labels
from toimenpiteet.access import Scope, Verb
from toimenpiteet.answers import Light, NotUnchanged, Review, Said, why_not_unchanged
from toimenpiteet.calendar import working_days_between
from toimenpiteet.dates import day_words, moment_words
from toimenpiteet.models import AnswerDraft, ReportingRound, StatusReport
from toimenpiteet.round_moves import ANSWERABLE
from toimenpiteet.selectors.history.wording import Piece, differences
from toimenpiteet.selectors.plan.view import ROW, PlanView, views
from toimenpiteet.selectors.translated import Named, text_of
from toimenpiteet.selectors.waiting.waiting import of_my_units
from toimenpiteet.workflow import Role

_RISK = {Light.OFF_TRACK: 0, Light.AT_RISK: 1, Light.NOT_ASSESSED: 2, Light.ON_TRACK: 3}


def said_before(asked: ReportingRound, plans: Collection[int]) -> dict[int, list[StatusReport]]:
    """Return, by plan, what was said of it in earlier rounds of the strategy, the newest first; one query."""
    earlier = StatusReport.objects.filter(
        plan__in=plans, round__strategy=asked.strategy_id, round__due_on__lt=asked.due_on
    )
    found: dict[int, list[StatusReport]] = defaultdict(list)
    for row in earlier.exclude(said=Said.NOTHING).select_related("round").order_by("-round__due_on", "-pk"):
        found[row.plan_id].append(row)
    return found


@dataclass(frozen=True)
class RoundLine:
    """A round that asks now, in one line: what it is called, until when it is answered, and how far that has come."""

    pk: int
    name: str
    due: str
    days: int
    over: bool
    asked: int
    answered: int
    returned: int


@dataclass(frozen=True)
class RoundsNow:
    """The rounds that ask now: those in which the person's units answer, and those that the person reviews."""

    asking: list[RoundLine]
    reviewing: list[RoundLine]


def rounds_now(scope: Scope, today: date) -> RoundsNow:
    """Return the rounds that ask the person, by their days of answers; one query, and one more for each list."""
    visible = access.visible(scope, ReportingRound).filter(status__in=ANSWERABLE)
    there = list(visible.order_by("due_on", "pk"))
    directed = access.visible(access.narrowed(scope, Verb.DIRECT), StatusReport)
    return RoundsNow(
        _lines(there, _mine(scope), today) if scope.unit_roles else [],
        _lines(there, directed, today) if access.where(scope, Verb.DIRECT) else [],
    )


def _lines(there: list[ReportingRound], rows: "QuerySet[StatusReport]", today: date) -> list[RoundLine]:
    found: dict[int, list[StatusReport]] = defaultdict(list)
    for row in rows.filter(round__in=there) if there else []:
        found[row.round_id].append(row)
    return [_line(asked, found[asked.pk], today) for asked in there if asked.pk in found]


def _mine(scope: Scope) -> "QuerySet[StatusReport]":
    return access.visible(scope, StatusReport).filter(plan__in=of_my_units(scope).values("pk"))


def _line(asked: ReportingRound, rows: Collection[StatusReport], today: date) -> RoundLine:
    silent = [row for row in rows if row.said == Said.NOTHING or row.review == Review.RETURNED]
    return RoundLine(
        pk=asked.pk,
        name=asked.occasion,
        due=day_words(asked.due_on),
        days=max(working_days_between(today, asked.due_on), 0),
        over=asked.due_on < today,
        asked=len(rows),
        answered=len(rows) - len(silent),
        returned=sum(row.review == Review.RETURNED for row in rows),
    )


@dataclass(frozen=True)
class Words:
    """What is said of a plan: a light with its word, and three texts."""

    light: str = Light.NOT_ASSESSED.value
    light_label: str = ""
    text: str = ""
    cause: str = ""
    next_step: str = ""


@dataclass(frozen=True)
class AnswerRow:
    """One expected answer: its plan, how it stands, and what its form begins with; `before` is the last round's."""

    pk: int
    version: int
    plan: PlanView
    state: str
    state_label: str
    now: Words
    start: Words
    before: Words | None
    before_round: str
    draft_at: str
    review_text: str
    answered_at: str
    needs_words: str
    may_send: bool
    order: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class AnswersPage:
    """Every plan for which a person answers in one round, what is urgent first."""

    round: RoundLine
    strategy: Named
    rows: list[AnswerRow]


def answers_page(scope: Scope, round_id: int, today: date, only: int | None = None) -> AnswersPage:
    """Return the person's page of a round, or one row of it; seven queries. Raises Http404 when it is not theirs."""
    rounds = access.visible(scope, ReportingRound).select_related("strategy__municipality")
    asked = access.get(scope, rounds, pk=round_id)
    reports = list(_mine(scope).filter(round=asked))
    shown = [row for row in reports if only in {None, row.plan_id}]
    plans = {view.pk: view for view in views([row.plan_id for row in shown], today, ROW)}
    before = said_before(asked, list(plans))
    drafts = drafts_of(scope, asked.pk, list(plans))
    found = [_row(row, plans[row.plan_id], before[row.plan_id], drafts.get(row.plan_id), scope) for row in shown]
    own = asked.strategy.municipality.language
    return AnswersPage(
        _line(asked, reports, today),
        Named(asked.strategy_id, text_of(asked.strategy, "name", own)),
        sorted(found, key=lambda row: row.order),
    )


def drafts_of(scope: Scope, round_id: int, plans: Collection[int]) -> dict[int, AnswerDraft]:
    """Return the newest draft of each plan that the person may read, their own before others'; one query."""
    rows = access.drafts(scope).filter(round=round_id, plan__in=plans).order_by("at")
    own = {row.plan_id: row for row in rows if scope.user is not None and row.person_id == scope.user.pk}
    return {row.plan_id: row for row in rows} | own


def _row(
    report: StatusReport, plan: PlanView, before: list[StatusReport], draft: AnswerDraft | None, scope: Scope
) -> AnswerRow:
    state = state_of(report, drafted=draft is not None)
    late = plan.deadline_on < plan.today
    refusal = why_not_unchanged([(Said(one.said), Light(one.light)) for one in before], late=late)
    last = _words(before[0]) if before else None
    now = _words(report)
    start = _words(draft) if draft else now if report.said != Said.NOTHING else last or Words()
    return AnswerRow(
        pk=report.pk,
        version=report.version,
        plan=plan,
        state=state,
        state_label=str(labels.ANSWER_STATE[state]),
        now=now,
        start=start,
        before=last,
        before_round=before[0].round.occasion if before else "",
        draft_at=moment_words(draft.at) if draft else "",
        review_text=report.review_text if report.review == Review.RETURNED else "",
        answered_at=moment_words(report.answered_at) if report.answered_at else "",
        needs_words=str(labels.NOT_UNCHANGED[NotUnchanged(refusal)]) if refusal else "",
        may_send=scope.reaches(Role.MANAGER, frozenset(unit.pk for unit in plan.units)),
        order=(_PLACE[state], 0 if plan.late else 1, plan.goal_number or 0, plan.pk),
    )


_PLACE = {"returned": 0, "silent": 1, "draft": 1, "unchanged": 2, "updated": 2, "accepted": 3}


def state_of(report: StatusReport, *, drafted: bool = False) -> str:
    """Return how an answer stands, a key of ``labels.ANSWER_STATE``; the six are different everywhere."""
    if report.review != Review.NONE:
        return str(report.review)
    if report.said == Said.NOTHING:
        return "draft" if drafted else "silent"
    return str(report.said)


def _words(said: StatusReport | AnswerDraft) -> Words:
    return Words(said.light, str(labels.LIGHT[Light(said.light)]), said.text, said.cause, said.next_step)


# The director's review


@dataclass(frozen=True)
class ReviewRow:
    """An answer as the director reviews it; `changes` marks what differs from the last round's text."""

    pk: int
    version: int
    plan: PlanView
    state: str
    state_label: str
    now: Words
    before: Words | None
    changes: list[Piece]
    answered_at: str
    review_text: str
    worse: bool
    calm: bool


@dataclass(frozen=True)
class ReviewPage:
    """A round under review: how many answers stand how, what waits for a decision, and who is silent."""

    pk: int
    name: str
    version: int
    status: str
    status_label: str
    municipality: int
    strategy: Named
    counts: list[tuple[str, str, int]]
    asked: int
    queue: list[ReviewRow]
    done: list[ReviewRow]
    silent: list[PlanView]


def review_page(scope: Scope, round_id: int, today: date) -> ReviewPage:
    """Return the review of a round, what is at risk first. Raises Http404, Forbidden is the door's to raise."""
    rounds = access.visible(scope, ReportingRound).select_related("strategy__municipality")
    asked = access.get(scope, rounds, pk=round_id)
    reports = list(StatusReport.objects.filter(round=asked))
    plans = {view.pk: view for view in views([row.plan_id for row in reports], today, ROW)}
    before = said_before(asked, list(plans))
    rows = [_review_row(row, plans[row.plan_id], before[row.plan_id]) for row in reports if row.said != Said.NOTHING]
    rows.sort(key=lambda row: (_RISK[Light(row.now.light)], not row.worse, row.plan.goal_number or 0, row.plan.pk))
    tally = Counter(state_of(row) for row in reports)
    own = asked.strategy.municipality.language
    return ReviewPage(
        pk=asked.pk,
        name=asked.occasion,
        version=asked.version,
        status=asked.status,
        status_label=asked.get_status_display(),
        municipality=asked.strategy.municipality_id,
        strategy=Named(asked.strategy_id, text_of(asked.strategy, "name", own)),
        counts=[(state, str(label), tally[state]) for state, label in labels.ANSWER_STATE.items() if tally[state]],
        asked=len(reports),
        queue=[row for row in rows if row.state in {Said.UNCHANGED, Said.UPDATED}],
        done=[row for row in rows if row.state in {Review.RETURNED, Review.ACCEPTED}],
        silent=[plans[row.plan_id] for row in reports if row.said == Said.NOTHING],
    )


def _review_row(report: StatusReport, plan: PlanView, before: list[StatusReport]) -> ReviewRow:
    now, last = _words(report), _words(before[0]) if before else None
    worse = last is not None and _RISK[Light(now.light)] < _RISK[Light(last.light)]
    state = state_of(report)
    return ReviewRow(
        pk=report.pk,
        version=report.version,
        plan=plan,
        state=state,
        state_label=str(labels.ANSWER_STATE[state]),
        now=now,
        before=last,
        changes=differences(last.text, now.text) if last and last.text != now.text else [],
        answered_at=moment_words(report.answered_at) if report.answered_at else "",
        review_text=report.review_text,
        worse=worse,
        calm=state == Said.UNCHANGED and now.light == Light.ON_TRACK,
    )
