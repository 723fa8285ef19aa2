"""One tick: plan what should exist, free what the dead held, send what is due."""

import logging
from dataclasses import dataclass
from datetime import datetime

from notifications import delivery, hooks, outbox, planning, state
from notifications.delivery import Report
from notifications.models import Reminder

log = logging.getLogger(__name__)
LONGEST = 180
"""Seconds after which a tick is killed: a mail server that sends a byte at a time must not hold it for ever."""


@dataclass(frozen=True)
class Tick:
    """What one tick did."""

    planned: list[Reminder]
    recovered: int
    report: Report


def tick(now: datetime, *, remember: bool = False) -> Tick:
    """Do everything that is due at `now` (aware). Safe to run at any time, twice, or in several processes.

    `remember` that it ran, where `now` is the time of the clock: health looks there, and a restored database shows.
    """
    if remember:
        state.begin(now)
    problems: list[str] = []
    planned = planning.plan(now, problems)
    recovered = outbox.recover(now)
    report = delivery.deliver(now)
    _call_hooks(now)
    if planned or recovered or report.counts or report.left:
        log.info("Tick: %s mails planned, %s freed; %s.", len(planned), recovered, report)
    if remember:
        state.end(now, "; ".join(problems))
    return Tick(planned, recovered, report)


def _call_hooks(now: datetime) -> None:
    try:
        hooks.run(now)
    except Exception:
        # Whatever is wrong with a web hook, mails leave.
        log.exception("The web hooks could not be called.")
