"""One tick: plan what should exist, free what the dead held, send what is due."""

import logging
from dataclasses import dataclass
from datetime import datetime

from notifications import delivery, outbox, planning
from notifications.delivery import Report
from notifications.models import Reminder

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tick:
    """What one tick did."""

    planned: list[Reminder]
    recovered: int
    report: Report


def tick(now: datetime) -> Tick:
    """Do everything that is due at `now` (aware). Safe to run at any time, twice, or in several processes."""
    planned = planning.plan(now)
    recovered = outbox.recover(now)
    report = delivery.deliver(now)
    if planned or recovered or report.counts:
        log.info("Tick: %s mails planned, %s freed; %s.", len(planned), recovered, report)
    return Tick(planned, recovered, report)
