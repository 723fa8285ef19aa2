"""What the rounds ask of a person now: answers, a review, corrections of what is locked."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q, QuerySet

from toimenpiteet import access
from toimenpiteet.access import Scope, Verb
from toimenpiteet.answers import Review
from toimenpiteet.calendar import local_day
from toimenpiteet.models import PeriodPlan, ReportingRound, StatusReport
from toimenpiteet.round_moves import ANSWERABLE
from toimenpiteet.selectors.rounds.answers import ReturnedAnswer, RoundLine, line_of, lines_of, mine
from toimenpiteet.selectors.rounds.corrections import ToCorrect, excepted_rounds, to_correct
from toimenpiteet.selectors.rounds.silent import RoundSilence, most_silent
from toimenpiteet.selectors.translated import named_of

WORDS_SHORT = 3
"""Of how many returned answers the director's words are told."""


@dataclass(frozen=True)
class RoundsNow:
    """The rounds in which the person's units answer, those that the person reviews, and what they may correct.

    `silent` are the silent units of those that the person reviews, None where there are none.
    """

    asking: list[RoundLine]
    reviewing: list[RoundLine]
    correcting: list[ToCorrect]
    silent: RoundSilence | None = None

    @property
    def answering(self) -> RoundLine | None:
        """Return the round to answer first: whose day comes next, else whose day passed first; None without any."""
        return next((line for line in self.asking if not line.over), next(iter(self.asking), None))


def rounds_now(scope: Scope, now: datetime, silent: int) -> RoundsNow:
    """Return the rounds that ask the person, by their days of answers; one query, and more for each list.

    `silent` is how many silent units are told in full.
    """
    visible = access.visible(scope, ReportingRound).filter(Q(status__in=ANSWERABLE) | excepted_rounds(scope, now))
    there = list(visible.select_related("strategy").order_by("due_on", "pk"))
    closed = [asked.pk for asked in there if asked.status in ReportingRound.CLOSED]
    asks = [asked for asked in there if asked.status not in ReportingRound.CLOSED]
    directed = access.narrowed(scope, Verb.DIRECT)
    reports, today = access.visible(directed, StatusReport), local_day(now)
    held = access.handed_on(_person(scope), today).filter(grant__round__in=asks)
    handed_on = bool(asks) and not scope.unit_roles and held.exists()
    reviewing = lines_of(asks, reports, today) if access.where(scope, Verb.DIRECT) else []
    reviewed = [asked for asked in asks if asked.pk in {line.pk for line in reviewing}]
    return RoundsNow(
        _lines(asks, mine(scope, today), now) if scope.unit_roles or handed_on else [],
        reviewing,
        to_correct(scope, closed, now) if closed else [],
        most_silent(directed, reviewed, today, silent) if reviewed else None,
    )


def _person(scope: Scope) -> int:
    return scope.user.pk if scope.user else 0


def _lines(there: list[ReportingRound], rows: "QuerySet[StatusReport]", now: datetime) -> list[RoundLine]:
    found: dict[int, list[StatusReport]] = defaultdict(list)
    for row in rows.filter(round__in=there).order_by("plan_id") if there else []:
        found[row.round_id].append(row)
    lines = [line_of(asked, found[asked.pk], local_day(now)) for asked in there if asked.pk in found]
    given_back = _given_back([row for reports in found.values() for row in _returned(reports)[:WORDS_SHORT]])
    return [replace(line, given_back=given_back[line.pk]) for line in lines]


def _returned(reports: list[StatusReport]) -> list[StatusReport]:
    return [row for row in reports if row.review == Review.RETURNED]


def _given_back(reports: list[StatusReport]) -> dict[int, list[ReturnedAnswer]]:
    """Return the returned answers by round, in the director's words; one query where there are any."""
    found: dict[int, list[ReturnedAnswer]] = defaultdict(list)
    plans = PeriodPlan.objects.filter(pk__in=[row.plan_id for row in reports]).select_related("item")
    items = {plan.pk: named_of(plan.item) for plan in plans}
    for row in reports:
        found[row.round_id].append(ReturnedAnswer(row.plan_id, items[row.plan_id], row.review_text))
    return found
