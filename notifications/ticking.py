"""One tick: plan what should exist, free what the dead held, send what is due."""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from notifications import delivery, hooks, outbox, planning, state
from notifications.delivery import Report
from notifications.models import Reminder

log = logging.getLogger(__name__)
LONGEST = 180
"""Seconds after which a tick is killed: a mail server that sends a byte at a time must not hold it for ever."""


class TooLong(BaseException):
    """A tick took longer than LONGEST; no Exception, so that nobody on the way takes it for a trouble of one mail."""


@contextmanager
def limited(seconds: int = LONGEST - 10) -> Iterator[None]:
    """Raise TooLong, with a sentence, in what takes longer; in the main thread, which gets signals."""

    def stop(_number: int, _frame: object) -> None:
        raise TooLong(f"A tick was broken off after {seconds} seconds: something that it waits for does not answer.")

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


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
