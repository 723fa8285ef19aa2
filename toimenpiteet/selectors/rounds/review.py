"""The director's review of a round: what waits for a decision by its risk, where lights disagree, and who is silent."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest

from django.http import Http404

from toimenpiteet import access, labels
from toimenpiteet.access import Scope
from toimenpiteet.answers import Light, Review, Said
from toimenpiteet.computed_light import disagrees
from toimenpiteet.dates import moment_words
from toimenpiteet.models import Evidence, PeriodPlan, ReportingRound, StatusReport
from toimenpiteet.selectors.history.answers import Sayer, who_said
from toimenpiteet.selectors.history.wording import Piece, differences
from toimenpiteet.selectors.plan.change_requests import ChangeView, awaiting_changes
from toimenpiteet.selectors.plan.light import InShort, LightView, in_short, light_of
from toimenpiteet.selectors.plan.view import ROW, PlanView, views
from toimenpiteet.selectors.rounds.answers import Words, last_lights, said_before, state_of, words_of
from toimenpiteet.selectors.rounds.evidence import of_answers
from toimenpiteet.selectors.rounds.review_units import (
    ANSWERED,
    DISAGREES,
    NARROWED,
    Responsible,
    UnitRow,
    responsible,
    standing,
    unit_rows,
)
from toimenpiteet.selectors.rounds.rounds import find_round
from toimenpiteet.selectors.rounds.silent import SilentUnit, silent_units
from toimenpiteet.selectors.translated import Named, named_of

_RISK = {Light.OFF_TRACK: 0, Light.AT_RISK: 1, Light.NOT_ASSESSED: 2, Light.ON_TRACK: 3}


@dataclass(frozen=True)
class ReviewRow:
    """An answer in short, as its place among all is found.

    `disagrees` tells that the light of the facts is another one, `worse` that the manager's own is worse than last
    time, `onward` which answer comes next (0: none).
    """

    pk: int
    version: int
    plan: int
    goal_number: int
    state: str
    light: Light
    disagrees: bool
    worse: bool
    calm: bool
    onward: int = 0


@dataclass(frozen=True)
class ReviewedAnswer:
    """An answer as the director reads it: what it says beside the last round's, who said it, and its evidence.

    `computed` is the light that the facts give.
    """

    row: ReviewRow
    plan: PlanView
    state_label: str
    now: Words
    before: Words | None
    answered_at: str
    by: Sayer | None
    review_text: str
    computed: LightView
    evidence: list[Evidence]

    @property
    def changes(self) -> list[Piece]:
        """Return the text with what differs from the last round's, empty where nothing does."""
        return differences(self.before.text, self.now.text) if self.before and self.before.text != self.now.text else []


def read(scope: Scope, round_id: int, rows: Sequence[ReviewRow], today: date) -> list[ReviewedAnswer]:
    """Return the answers of `rows`, which are those that a page of the review shows; eight queries, none without rows.

    Whether the person may review is the door's to ask. Raises Http404.
    """
    if not rows:
        return []
    keys = [row.plan for row in rows]
    plans = {view.pk: view for view in views(keys, today, ROW)}
    reports = StatusReport.objects.in_bulk([row.pk for row in rows])
    before, by = said_before(find_round(scope, round_id), keys), who_said(round_id, keys)
    proved = of_answers(scope, round_id, keys)
    return [
        _read(row, reports[row.pk], plans[row.plan], before[row.plan], by.get(row.plan), proved[row.plan])
        for row in rows
    ]


def _read(
    row: ReviewRow,
    report: StatusReport,
    plan: PlanView,
    before: list[StatusReport],
    by: Sayer | None,
    evidence: list[Evidence],
) -> ReviewedAnswer:
    return ReviewedAnswer(
        row=row,
        plan=plan,
        state_label=str(labels.ANSWER_STATE[row.state]),
        now=words_of(report),
        before=words_of(before[0]) if before else None,
        answered_at=moment_words(report.answered_at) if report.answered_at else "",
        by=by,
        review_text=report.review_text,
        computed=light_of(plan, row.light, silent=0),
        evidence=evidence,
    )


@dataclass(frozen=True)
class Count:
    """How many answers count as one key of ``review_units.NARROWED``; `chosen` is what is shown."""

    state: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class ReviewPage:
    """A round under review: how many answers stand how, what waits for a decision, and who is silent.

    `units` are all that answer in it, `unit` the one that the page is narrowed to.
    """

    pk: int
    name: str
    version: int
    status: str
    status_label: str
    municipality: int
    strategy: Named
    counts: list[Count]
    asked: int
    queue: list[ReviewRow]
    done: list[ReviewRow]
    silent: list[SilentUnit]
    changes: list[ChangeView]
    units: list[UnitRow]
    unit: Named | None


def review_page(scope: Scope, round_id: int, today: date, only: str = "", unit: int = 0) -> ReviewPage:
    """Return the review of a round, what is at risk first: all answers in short, ``read`` gives those of a page.

    `only` is a key of ``review_units.NARROWED``, `unit` one of the units that answer in the round; "" and 0 narrow
    nothing. Raises Http404, for another unit too. Whether the person may review is the door's to ask.
    """
    rounds = access.visible(scope, ReportingRound).select_related("strategy__municipality")
    asked = access.get(scope, rounds, pk=round_id)
    reports = list(StatusReport.objects.filter(round=asked).only(*_ANSWER))
    plans = in_short(PeriodPlan.objects.filter(reports__round=asked), today)
    of = responsible(scope, asked)
    standings = {row.plan_id: standing(row, asked, plans[row.plan_id].status, today) for row in reports}
    units = unit_rows(of, standings.items(), unit, only)
    own = _of_unit(of, reports, unit)
    rows = _rows(asked, own, plans)
    shown = [row for row in rows if _fits(row, standings[row.plan], only)]
    quiet = [row.plan_id for row in own if row.said == Said.NOTHING and only in {"", *standings[row.plan_id]}]
    # Of one unit, or where only these are shown, the plans stand here; of all of them only how many.
    silent = silent_units(scope, asked, of, quiet, today, named=bool(unit) or only == "silent")
    language = asked.strategy.municipality.language
    return ReviewPage(
        pk=asked.pk,
        name=asked.occasion,
        version=asked.version,
        status=asked.status,
        status_label=asked.get_status_display(),
        municipality=asked.strategy.municipality_id,
        strategy=named_of(asked.strategy, language),
        counts=_counts([standings[row.plan_id] for row in own], rows, only),
        asked=len(own),
        queue=_in_turn([row for row in shown if row.state in {Said.UNCHANGED, Said.UPDATED}]),
        done=[row for row in shown if row.state in {Review.RETURNED, Review.ACCEPTED}],
        silent=[one for one in silent if unit in {0, one.pk}],
        changes=[] if only or unit else awaiting_changes(scope, asked.strategy_id),
        units=units,
        unit=of.named(unit) if unit else None,
    )


def find_answer(scope: Scope, pk: int) -> StatusReport:
    """Return an answer; raises Http404 when it does not exist for the person."""
    return access.get(scope, access.visible(scope, StatusReport), pk=pk)


def _of_unit(of: Responsible, reports: list[StatusReport], unit: int) -> list[StatusReport]:
    """Return the answers of one of the units, all of them where it is 0; raises Http404 where the unit has none."""
    if not unit:
        return reports
    found = [row for row in reports if unit in of.by_plan[row.plan_id]]
    if not found:
        raise Http404
    return found


_ANSWER = ("plan_id", "version", "said", "review", "light", "answered_at")


def _rows(asked: ReportingRound, reports: list[StatusReport], plans: Mapping[int, InShort]) -> list[ReviewRow]:
    before = last_lights(asked)
    rows = [_row(row, plans[row.plan_id], before.get(row.plan_id)) for row in reports if row.said != Said.NOTHING]
    return sorted(rows, key=_by_risk)


def _row(report: StatusReport, plan: InShort, before: Light | None) -> ReviewRow:
    light, state = Light(report.light), state_of(report)
    return ReviewRow(
        pk=report.pk,
        version=report.version,
        plan=report.plan_id,
        goal_number=plan.goal_number,
        state=state,
        light=light,
        disagrees=disagrees(light, plan.computed),
        worse=before is not None and _RISK[light] < _RISK[before],
        calm=state == Said.UNCHANGED and light == Light.ON_TRACK and not disagrees(light, plan.computed),
    )


def _in_turn(queue: list[ReviewRow]) -> list[ReviewRow]:
    return [replace(row, onward=after.pk if after else 0) for row, after in zip_longest(queue, queue[1:])]


def _by_risk(row: ReviewRow) -> tuple[int, bool, bool, int, int]:
    return _RISK[row.light], not row.worse, not row.disagrees, row.goal_number, row.plan


def _fits(row: ReviewRow, standing: frozenset[str], only: str) -> bool:
    return only in {"", *standing} or (only == DISAGREES and row.disagrees)


def _counts(standings: list[frozenset[str]], rows: list[ReviewRow], only: str) -> list[Count]:
    tally = Counter(one for standing in standings for one in standing)
    tally[DISAGREES] = sum(row.disagrees for row in rows)
    # The sum of others is shown where a link led to it.
    there = [one for one in NARROWED if tally[one] and (one != ANSWERED or one == only)]
    return [Count(one, str(NARROWED[one]), tally[one], one == only) for one in there]
