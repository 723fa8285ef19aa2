"""The director's review of a round: what waits for a decision by its risk, where lights disagree, and who is silent."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import zip_longest

from django.http import Http404

from toimenpiteet import access, labels
from toimenpiteet.access import Scope
from toimenpiteet.answers import Light, Review, Said
from toimenpiteet.dates import moment_words
from toimenpiteet.models import Evidence, ReportingRound, StatusReport
from toimenpiteet.selectors.history.answers import Sayer, who_said
from toimenpiteet.selectors.history.wording import Piece, differences
from toimenpiteet.selectors.plan.change_requests import ChangeView, awaiting_changes
from toimenpiteet.selectors.plan.light import LightView, light_of
from toimenpiteet.selectors.plan.view import ROW, PlanView, views
from toimenpiteet.selectors.rounds.answers import Words, said_before, state_of, words_of
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
from toimenpiteet.selectors.rounds.silent import SilentUnit, silent_units
from toimenpiteet.selectors.translated import Named, named_of

_RISK = {Light.OFF_TRACK: 0, Light.AT_RISK: 1, Light.NOT_ASSESSED: 2, Light.ON_TRACK: 3}


@dataclass(frozen=True)
class ReviewRow:
    """An answer as the director reviews it.

    `computed` is the light that the facts give. `worse` tells that the manager's own is worse than last time, `onward`
    which answer comes next (0: none).
    """

    pk: int
    version: int
    plan: PlanView
    state: str
    state_label: str
    now: Words
    before: Words | None
    answered_at: str
    by: Sayer | None
    review_text: str
    computed: LightView
    worse: bool
    calm: bool
    evidence: list[Evidence] = field(default_factory=list)
    onward: int = 0

    @property
    def changes(self) -> list[Piece]:
        """Return the text with what differs from the last round's, empty where nothing does.

        Comparing takes long: it is done for the answers that a page shows.
        """
        return differences(self.before.text, self.now.text) if self.before and self.before.text != self.now.text else []


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
    """Return the review of a round, what is at risk first; some fifteen queries.

    `only` is a key of ``review_units.NARROWED``, `unit` one of the units that answer in the round; "" and 0 narrow
    nothing. Raises Http404, for another unit too. Whether the person may review is the door's to ask.
    """
    rounds = access.visible(scope, ReportingRound).select_related("strategy__municipality")
    asked = access.get(scope, rounds, pk=round_id)
    reports = list(StatusReport.objects.filter(round=asked))
    plans = {view.pk: view for view in views([row.plan_id for row in reports], today, ROW)}
    of = responsible(scope, plans.values())
    standings = {row.plan_id: standing(row, asked, plans[row.plan_id], today) for row in reports}
    units = unit_rows(of, standings.items(), unit, only)
    own = _of_unit(of, reports, unit)
    rows = _rows(scope, asked, own, plans)
    shown = [row for row in rows if _fits(row, standings[row.plan.pk], only)]
    silent = [plans[row.plan_id] for row in own if row.said == Said.NOTHING and only in {"", *standings[row.plan_id]}]
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
        silent=[one for one in silent_units(scope, asked, of, silent, today) if unit in {0, one.pk}],
        changes=[] if only or unit else awaiting_changes(scope, asked.strategy_id),
        units=units,
        unit=of.named(unit) if unit else None,
    )


def _of_unit(of: Responsible, reports: list[StatusReport], unit: int) -> list[StatusReport]:
    """Return the answers of one of the units, all of them where it is 0; raises Http404 where the unit has none."""
    if not unit:
        return reports
    found = [row for row in reports if unit in of.by_plan[row.plan_id]]
    if not found:
        raise Http404
    return found


def _rows(
    scope: Scope, asked: ReportingRound, reports: list[StatusReport], plans: Mapping[int, PlanView]
) -> list[ReviewRow]:
    said = [row for row in reports if row.said != Said.NOTHING]
    before, by = said_before(asked, list(plans)), who_said(asked.pk)
    rows = [_row(row, plans[row.plan_id], before[row.plan_id], by.get(row.plan_id)) for row in said]
    proved = of_answers(scope, asked.pk)
    return sorted((replace(row, evidence=proved[row.plan.pk]) for row in rows), key=_by_risk)


def _row(report: StatusReport, plan: PlanView, before: list[StatusReport], by: Sayer | None) -> ReviewRow:
    now, last = words_of(report), words_of(before[0]) if before else None
    state = state_of(report)
    return ReviewRow(
        pk=report.pk,
        version=report.version,
        plan=plan,
        state=state,
        state_label=str(labels.ANSWER_STATE[state]),
        now=now,
        before=last,
        answered_at=moment_words(report.answered_at) if report.answered_at else "",
        by=by,
        review_text=report.review_text,
        computed=light_of(plan, now.light, silent=0),
        worse=last is not None and _RISK[Light(now.light)] < _RISK[Light(last.light)],
        calm=state == Said.UNCHANGED and now.light == Light.ON_TRACK,
    )


def _in_turn(queue: list[ReviewRow]) -> list[ReviewRow]:
    return [replace(row, onward=after.pk if after else 0) for row, after in zip_longest(queue, queue[1:])]


def _by_risk(row: ReviewRow) -> tuple[int, bool, bool, int, int]:
    risk = _RISK[Light(row.now.light)]
    return risk, not row.worse, not row.computed.disagrees, row.plan.goal_number or 0, row.plan.pk


def _fits(row: ReviewRow, standing: frozenset[str], only: str) -> bool:
    return only in {"", *standing} or (only == DISAGREES and row.computed.disagrees)


def _counts(standings: list[frozenset[str]], rows: list[ReviewRow], only: str) -> list[Count]:
    tally = Counter(one for standing in standings for one in standing)
    tally[DISAGREES] = sum(row.computed.disagrees for row in rows)
    # The sum of others is shown where a link led to it.
    there = [one for one in NARROWED if tally[one] and (one != ANSWERED or one == only)]
    return [Count(one, str(NARROWED[one]), tally[one], one == only) for one in there]
