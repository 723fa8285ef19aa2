"""Answers in rounds: what was said before, what a person still has to say, and what waits for the director's review."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from toimenpiteet import access, labels
from toimenpiteet.access import Scope
from toimenpiteet.answers import Light, Review, Said, Unknown, why_not_unchanged
from toimenpiteet.calendar import working_days_between
from toimenpiteet.change_requests import WAITING_VALUES
from toimenpiteet.dates import day_words, moment_words
from toimenpiteet.models import AnswerCorrection, AnswerDraft, ChangeRequest, ReportingRound, StatusReport
from toimenpiteet.models.reading import columns_of
from toimenpiteet.models.reporting import Unassessed
from toimenpiteet.round_moves import ANSWERABLE
from toimenpiteet.selectors.plan.light import LightView, light_of
from toimenpiteet.selectors.plan.view import ROW, Part, PlanView, views
from toimenpiteet.selectors.rounds.drafts import Ready, begun, is_own, is_silent, overtaken, ready
from toimenpiteet.selectors.rounds.evidence import counted
from toimenpiteet.selectors.translated import Named, named_of
from toimenpiteet.selectors.waiting.waiting import of_my_units
from toimenpiteet.workflow import Role


def said_before(asked: ReportingRound, plans: Collection[int]) -> dict[int, list[StatusReport]]:
    """Return, by plan, what was said of it in earlier rounds of the strategy, the newest first; one query."""
    earlier = StatusReport.objects.filter(
        plan__in=plans, round__strategy=asked.strategy_id, round__due_on__lt=asked.due_on
    )
    found: dict[int, list[StatusReport]] = defaultdict(list)
    for row in earlier.exclude(said=Said.NOTHING).select_related("round").order_by("-round__due_on", "-pk"):
        found[row.plan_id].append(row)
    return found


def last_lights(asked: ReportingRound) -> dict[int, Light]:
    """Return, by plan, the light that was said last in earlier rounds of the strategy; one query."""
    earlier = StatusReport.objects.filter(round__strategy=asked.strategy_id, round__due_on__lt=asked.due_on)
    rows = earlier.filter(plan__reports__round=asked).exclude(said=Said.NOTHING).order_by("round__due_on", "pk")
    return {plan: Light(light) for plan, light in columns_of(rows, ["plan_id", "light"])}


@dataclass(frozen=True)
class ReturnedAnswer:
    """An answer that was given back: of which plan, and the director's words."""

    plan: int
    item: Named
    words: str


@dataclass(frozen=True)
class RoundLine:
    """A round that asks now, in one line: what it is called, until when it is answered, and how far that has come.

    `closed` says how it stands where it takes no answers any more; `given_back` are the first of the answers that were
    returned, where they were asked for.
    """

    pk: int
    name: str
    due: str
    days: int
    over: bool
    asked: int
    answered: int
    returned: int
    unreviewed: int
    closed: str = ""
    given_back: list[ReturnedAnswer] = field(default_factory=list)

    @property
    def returned_rest(self) -> int:
        """Return how many more were returned than `given_back` tells."""
        return self.returned - len(self.given_back)

    @property
    def late(self) -> bool:
        """Tell whether its day has passed while an answer is missing."""
        return self.over and self.answered < self.asked

    @property
    def silent(self) -> int:
        """Return of how many nothing was said at all."""
        return self.asked - self.answered - self.returned


def mine(scope: Scope, today: date) -> "QuerySet[StatusReport]":
    """Return the answers that the person's units are asked for, and those `handed` on to the person."""
    handed = access.handed_on(scope.user.pk if scope.user else 0, today)
    here = handed.filter(plan=OuterRef("plan"), grant__round=OuterRef("round"))
    reports = access.visible(scope, StatusReport).annotate(handed=Exists(here))
    return reports.filter(Q(plan__in=of_my_units(scope).values("pk")) | Q(handed=True))


def line_of(asked: ReportingRound, rows: Collection[StatusReport], today: date) -> RoundLine:
    """Return a round in one line, counted over some of its answers."""
    return _line(
        asked,
        today,
        nothing=sum(row.said == Said.NOTHING for row in rows),
        returned=sum(row.review == Review.RETURNED for row in rows),
        unreviewed=sum(row.said != Said.NOTHING and row.review == Review.NONE for row in rows),
        all_of_them=len(rows),
    )


def lines_of(there: Iterable[ReportingRound], rows: "QuerySet[StatusReport]", today: date) -> list[RoundLine]:
    """Return those rounds in one line that have some of `rows`, which the database counts; one query."""
    nothing = Q(said=Said.NOTHING)
    tallies = {
        "nothing": Count("pk", filter=nothing),
        "returned": Count("pk", filter=Q(review=Review.RETURNED)),
        "unreviewed": Count("pk", filter=~nothing & Q(review=Review.NONE)),
        "all_of_them": Count("pk"),
    }
    rounds = {asked.pk: asked for asked in there}
    counted = rows.filter(round__in=rounds).order_by().values("round").annotate(**tallies)
    found = {pk: dict(zip(tallies, tally, strict=True)) for pk, *tally in columns_of(counted, ["round", *tallies])}
    return [_line(asked, today, **found[pk]) for pk, asked in rounds.items() if pk in found]


def _line(
    asked: ReportingRound, today: date, *, nothing: int, returned: int, unreviewed: int, all_of_them: int
) -> RoundLine:
    return RoundLine(
        pk=asked.pk,
        name=asked.occasion,
        due=day_words(asked.due_on),
        days=max(working_days_between(today, asked.due_on), 0),
        over=asked.due_on < today,
        asked=all_of_them,
        answered=all_of_them - nothing - returned,
        returned=returned,
        unreviewed=unreviewed,
        closed="" if asked.status in ANSWERABLE else asked.get_status_display(),
    )


@dataclass(frozen=True)
class Words:
    """What is said of a plan: a light with its word ("" in a draft without one), and three texts.

    Where it cannot be assessed, why and when it will be known: each as a form has it, and in words.
    """

    light: str = ""
    light_label: str = ""
    text: str = ""
    cause: str = ""
    next_step: str = ""
    unknown_because: str = ""
    unknown: str = ""
    known_on: str = ""
    known: str = ""


@dataclass(frozen=True)
class OtherDraft:
    """What somebody else has begun to write of the same plan."""

    who: str
    at: str
    words: Words


@dataclass(frozen=True)
class AnswerRow:
    """One expected answer: its plan, how it stands, and what its form begins with; `before` is the last round's.

    `computed` is the light of the facts beside the one that the form begins with, None where it has none. `kept` is
    when the draft that the form begins with was kept, as a program reads it, and `overtaken` tells that somebody has
    answered since; `other` is somebody else's draft; `evidence` counts what stands beside it; `proposed` tells that a
    change of the plan awaits a decision.
    """

    pk: int
    version: int
    plan: PlanView
    state: str
    state_label: str
    now: Words
    start: Words
    computed: LightView | None
    before: Words | None
    before_round: str
    draft_at: str
    draft_by: str
    kept: str
    overtaken: bool
    other: OtherDraft | None
    review_text: str
    answered_at: str
    evidence: int
    needs_words: str
    may_send: bool
    proposed: bool
    order: tuple[int, ...] = field(default=(), compare=False)

    @property
    def waits(self) -> bool:
        """Tell whether the answer itself is still to be given; the plan may be back where it is not."""
        return self.state in _WAITS

    @property
    def opened(self) -> bool:
        """Tell whether somebody has begun with it, or has answered: its words are in sight then."""
        return bool(self.kept or self.evidence or not self.waits)

    @property
    def goes_on(self) -> bool:
        """Tell whether somebody has begun to write after it was answered."""
        return not self.waits and bool(self.kept or self.other)

    @property
    def group(self) -> str:
        """Return where the row stands on the page, a key of ``GROUPS``: the answer, or the plan itself, may be back."""
        return "returned" if _is_back(self.plan, self.state) else _GROUP.get(self.state, "answered")


GROUPS = ("returned", "unanswered", "answered")
_WAITS = {"silent", "draft", "returned"}
_GROUP = {"silent": "unanswered", "draft": "unanswered"}


@dataclass(frozen=True)
class AnswersPage:
    """Every plan for which a person answers in one round, what is urgent first.

    `counts` are the states that there are with their words, `ready` which drafts are whole and theirs to send,
    `sends` that they send any of the answers, and do not only begin them.
    """

    round: RoundLine
    strategy: Named
    rows: list[AnswerRow]
    counts: list[tuple[str, str, int]]
    ready: list[Ready]
    sends: bool


def answers_page(scope: Scope, round_id: int, today: date, only: Collection[int] | None = None) -> AnswersPage:
    """Return the person's page of a round, or the rows of some of its plans; nine queries. Raises Http404."""
    rounds = access.visible(scope, ReportingRound).select_related("strategy__municipality")
    asked = access.get(scope, rounds, pk=round_id)
    proposed = ChangeRequest.objects.filter(plan=OuterRef("plan"), status__in=WAITING_VALUES)
    asks = mine(scope, today).filter(round=asked).annotate(pieces=counted(), proposed=Exists(proposed))
    reports: list[Any] = list(asks)
    shown = [row for row in reports if only is None or row.plan_id in only]
    plans = {view.pk: view for view in views([row.plan_id for row in shown], today, ROW | {Part.LAST})}
    before = said_before(asked, list(plans))
    drafts = begun(scope, reports)
    own = asked.strategy.municipality.language
    rows = [_row(row, plans[row.plan_id], before[row.plan_id], drafts[row.plan_id], scope) for row in shown]
    states = Counter(state_of(row, drafted=bool(drafts[row.plan_id])) for row in reports)
    return AnswersPage(
        line_of(asked, reports, today),
        named_of(asked.strategy, own),
        sorted(rows, key=lambda row: row.order),
        [(state, str(label), states[state]) for state, label in labels.ANSWER_STATE.items() if states[state]],
        ready(scope, reports, drafts, own, today) if asked.status in ANSWERABLE else [],
        bool(scope.units_as(Role.MANAGER)) or any(row.may_send for row in rows),
    )


def _row(report: Any, plan: PlanView, before: list[StatusReport], drafts: list[AnswerDraft], scope: Scope) -> AnswerRow:
    """Return one row; `report` is a StatusReport with `handed`, `pieces` and `proposed` beside its columns."""
    # What is said stays in the form until its own person goes on with it; what others have begun stands beside it.
    draft = next((one for one in drafts if is_silent(report) or is_own(one, scope)), None)
    other = next((one for one in drafts if one is not draft), None)
    state = state_of(report, drafted=draft is not None)
    last = words_of(before[0]) if before else None
    now = words_of(report)
    start = words_of(draft) if draft else now if report.said != Said.NOTHING else last or Words()
    return AnswerRow(
        pk=report.pk,
        version=report.version,
        plan=plan,
        state=state,
        state_label=str(labels.ANSWER_STATE[state]),
        now=now,
        start=start,
        computed=light_of(plan, start.light, silent=0) if start.light else None,
        before=last,
        before_round=before[0].round.occasion if before else "",
        draft_at=moment_words(draft.at) if draft else "",
        draft_by="" if draft is None or is_own(draft, scope) else str(draft.person),
        kept=draft.at.isoformat() if draft else "",
        overtaken=draft is not None and overtaken(draft, report),
        other=_other(other) if other else None,
        review_text=report.review_text if report.review == Review.RETURNED else "",
        answered_at=moment_words(report.answered_at) if report.answered_at else "",
        evidence=report.pieces,
        needs_words=needs_words(report, before, late=plan.deadline_on < plan.today),
        may_send=report.handed or scope.reaches(Role.MANAGER, frozenset(unit.pk for unit in plan.units)),
        proposed=report.proposed,
        order=(0 if _is_back(plan, state) else _PLACE[state], 0 if plan.late else 1, plan.goal_number or 0, plan.pk),
    )


def needs_words(report: StatusReport, before: Iterable[StatusReport], *, late: bool) -> str:
    """Return, in words, why *unchanged* does not do as an answer, "" where it does (``answers.why_not_unchanged``).

    `before` are the answers of the rounds before, the newest first; `late` tells that a day of the plan is past.
    """
    said = [(Said(one.said), Light(one.light)) for one in before]
    # The words of a return stay until the answer is accepted: they have asked for more, whatever was sent since.
    refusal = why_not_unchanged(said, late=late, returned=bool(report.review_text) and report.review != Review.ACCEPTED)
    return str(labels.NOT_UNCHANGED[refusal]) if refusal else ""


def _is_back(plan: PlanView, state: str) -> bool:
    # A plan that was sent back waits for words in this round; once they are sent, it is the director's turn.
    return state == Review.RETURNED or (state in _WAITS and bool(plan.last and plan.last.sent_back))


def _other(draft: AnswerDraft) -> OtherDraft:
    return OtherDraft(str(draft.person), moment_words(draft.at), words_of(draft))


_PLACE = {"silent": 1, "draft": 1, "unchanged": 2, "updated": 2, "accepted": 3}


def state_of(report: StatusReport, *, drafted: bool = False) -> str:
    """Return how an answer stands, a key of ``labels.ANSWER_STATE``; the six are different everywhere."""
    if report.review != Review.NONE:
        return str(report.review)
    if report.said == Said.NOTHING:
        return "draft" if drafted else "silent"
    return str(report.said)


def words_of(said: StatusReport | AnswerDraft | AnswerCorrection) -> Words:
    """Return what an answer, a draft or a correction says; of silence the words tell that nothing was reported."""
    silent = isinstance(said, StatusReport) and said.said == Said.NOTHING
    light = labels.SAID[Said.NOTHING] if silent else labels.LIGHT[Light(said.light)] if said.light else ""
    return Words(said.light, str(light), said.text, said.cause, said.next_step, *unknown_of(said))


def unknown_of(said: Unassessed) -> tuple[str, str, str, str]:
    """Return why something cannot be assessed and when it will be known: each as a form has it, and in words."""
    because, on = said.unknown_because, said.known_on
    words = str(labels.UNKNOWN[Unknown(because)]) if because else ""
    return because, words, on.isoformat() if on else "", day_words(on) if on else ""
