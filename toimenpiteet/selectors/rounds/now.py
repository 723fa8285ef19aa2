"""What the rounds ask of a person now: answers, a review, corrections of what is locked."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from toimenpiteet import access
from toimenpiteet.access import Scope, Verb
from toimenpiteet.calendar import local_day
from toimenpiteet.models import ReportingRound, StatusReport
from toimenpiteet.round_moves import ANSWERABLE
from toimenpiteet.selectors.rounds.answers import RoundLine, line_of, mine
from toimenpiteet.selectors.rounds.corrections import ToCorrect, excepted_rounds, to_correct


@dataclass(frozen=True)
class RoundsNow:
    """The rounds in which the person's units answer, those that the person reviews, and what they may correct."""

    asking: list[RoundLine]
    reviewing: list[RoundLine]
    correcting: list[ToCorrect]


def rounds_now(scope: Scope, now: datetime) -> RoundsNow:
    """Return the rounds that ask the person, by their days of answers; one query, and more for each list."""
    visible = access.visible(scope, ReportingRound).filter(Q(status__in=ANSWERABLE) | excepted_rounds(scope, now))
    there = list(visible.order_by("due_on", "pk"))
    closed = [asked.pk for asked in there if asked.status in ReportingRound.CLOSED]
    asks = [asked for asked in there if asked.status not in ReportingRound.CLOSED]
    directed = access.visible(access.narrowed(scope, Verb.DIRECT), StatusReport)
    return RoundsNow(
        _lines(asks, mine(scope), now) if scope.unit_roles else [],
        _lines(asks, directed, now) if access.where(scope, Verb.DIRECT) else [],
        to_correct(scope, closed, now) if closed else [],
    )


def _lines(there: list[ReportingRound], rows: "QuerySet[StatusReport]", now: datetime) -> list[RoundLine]:
    found: dict[int, list[StatusReport]] = defaultdict(list)
    for row in rows.filter(round__in=there) if there else []:
        found[row.round_id].append(row)
    return [line_of(asked, found[asked.pk], local_day(now)) for asked in there if asked.pk in found]
