"""One tick: make the rounds that are coming, plan what should exist, free what the dead held, send what is due."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from notifications import delivery, outbox, planning
from notifications.delivery import Report
from notifications.models import Reminder
from toimenpiteet.calendar import local_day
from toimenpiteet.models import Actor, Door, ReportingRound, Strategy
from toimenpiteet.models.strategy import StrategyStatus
from toimenpiteet.services.rounds import ensure_rounds, years_ahead

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tick:
    """What one tick did."""

    rounds: list[ReportingRound]
    planned: list[Reminder]
    recovered: int
    report: Report


def tick(now: datetime, *, door: Door) -> Tick:
    """Do everything that is due at `now` (aware). Safe to run at any time, twice, or in several processes."""
    rounds = make_rounds(now, door=door)
    planned = planning.plan(now)
    recovered = outbox.recover(now)
    report = delivery.deliver(now)
    if rounds or planned or recovered or report.counts:
        log.info("Tick: %s rounds made, %s mails planned, %s freed; %s.", len(rounds), len(planned), recovered, report)
    return Tick(rounds, planned, recovered, report)


def make_rounds(now: datetime, *, door: Door) -> list[ReportingRound]:
    """Make the reporting rounds of this year and the next for every adopted strategy; return the new ones."""
    today = local_day(now)
    actor = Actor.system("Reporting calendar", door)
    made: list[ReportingRound] = []
    for strategy, years in _without_rounds(today):
        made += ensure_rounds(strategy, years=years, actor=actor, now=now)
    return made


def _without_rounds(today: date) -> Iterator[tuple[Strategy, list[int]]]:
    """Give the adopted strategies that lack a round, with the years to look at; in three queries, usually none."""
    years = (today.year, today.year + 1)
    there = set(ReportingRound.objects.filter(year__in=years).values_list("strategy_id", "kind", "year"))
    adopted = Strategy.objects.filter(status=StrategyStatus.ADOPTED, calendar__isnull=False).distinct()
    for strategy in adopted.order_by("pk").prefetch_related("calendar"):
        own_years = years_ahead(strategy, today)
        wanted = {(strategy.pk, entry.kind, year) for entry in strategy.calendar.all() for year in own_years}
        if wanted - there:
            yield strategy, own_years
