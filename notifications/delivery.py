"""From the outbox to the mail server: claim, look again whether it is still owed, make, hand over, record.

Any number of processes may run this at once, and any of them may die anywhere. A mail is lost in no case; a second copy
goes out only when a process dies between the server's acceptance and our record of it, and it is then the same mail
(Message-ID and Date). What cannot be promised is said in docs/reliability.md.
"""

import logging
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeAlias

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from notifications import messages, outbox, planning
from notifications.mailer import Mailer, Refusal, words_of
from notifications.models import Reminder
from notifications.planning import Situation, Wanted
from notifications.recipients import Receiver
from toimenpiteet.calendar import end_of_day, local_day, next_send_time, send_window
from toimenpiteet.models import Municipality
from toimenpiteet.services.text import one_line

log = logging.getLogger(__name__)
RUN_SECONDS = 45
"""A run ends before the next tick, and long before its leases do."""

State, Problem = Reminder.State, Reminder.Problem
Reason: TypeAlias = Reminder.Reason


@dataclass
class Report:
    """What one run did, by the state that the rows came to; `broken` are those that met an error of the program."""

    counts: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return ", ".join(f"{name}: {count}" for name, count in sorted(self.counts.items())) or "nothing was due"


class Desk:
    """Who is owed what today, read once per municipality and run. What is still open is read anew for each mail."""

    def __init__(self, day: date) -> None:
        self.day = day
        self._rounds = planning.near_rounds(day)
        self._situations: dict[int, Situation] = {}

    def situation(self, municipality: Municipality) -> Situation:
        """Return what is owed in `municipality`."""
        if municipality.pk not in self._situations:
            self._situations[municipality.pk] = planning.situation(municipality, self._rounds, self.day)
        return self._situations[municipality.pk]


@dataclass(frozen=True)
class Ready:
    """A mail that is still owed, made."""

    mail: outbox.Mail
    parts: list[tuple[int, int]]
    receiver: Receiver


def deliver(now: datetime, *, lease: timedelta = outbox.LEASE, seconds: float = RUN_SECONDS) -> Report:
    """Send what is due at `now`, in mail hours; return what became of the rows.

    `seconds` bounds the run, `lease` is how long a row belongs to a process that may have died.
    """
    report = Report()
    if send_window(now).opens_at > now:
        return report
    desk, mailer = Desk(local_day(now)), Mailer()
    until = time.monotonic() + seconds
    try:
        while time.monotonic() < until and (row := outbox.claim(now, lease=lease)):
            outcome, stop = _handle(row, desk, mailer, now)
            report.counts[outcome] += 1
            if stop:
                break
    finally:
        mailer.close()
    return report


def _handle(row: Reminder, desk: Desk, mailer: Mailer, now: datetime) -> tuple[str, bool]:
    """Deal with one claimed row; return what came of it and whether the run should end."""
    try:
        ready = look_again(row, desk)
        if isinstance(ready, Ready):
            return _send(row, ready, mailer, now)
    except Exception as error:
        # Whatever is wrong with one mail, the others go out; this one waits for whoever mends it.
        log.exception("Reminder %s could not be made or sent.", row.pk)
        said = words_of(error)
        outbox.retry(row, now, Problem.BROKEN, said, maybe_sent=row.state == State.SENDING)
        return "broken", False
    if isinstance(ready, datetime):
        outbox.postpone(row, ready)
        return "postponed", False
    outbox.cancel(row, ready)
    return State.CANCELLED, False


def look_again(row: Reminder, desk: Desk) -> Ready | Reason | datetime:
    """Say whether the mail is still owed: made anew, or why not, or when it may go instead.

    A mail that a person asked for again is not stopped by later ones or by today's.
    """
    if row.again_of_id is None:
        if _superseded(row):
            return Reason.SUPERSEDED
        if _told_today(row, desk.day):
            return next_send_time(end_of_day(desk.day))
    owed = desk.situation(row.municipality)
    mine = owed.wanted.get(row.recipient_key)
    made = messages.BUILDERS[row.kind](owed, mine) if mine else None
    if mine is None or made is None:
        return _why_not(row, owed)
    mail, parts = made
    return Ready(mail, parts, mine.receiver)


def _superseded(row: Reminder) -> bool:
    later = Reminder.objects.filter(
        municipality=row.municipality_id,
        recipient_key=row.recipient_key,
        kind=row.kind,
        day__gt=row.day,
        again_of__isnull=True,
    )
    return later.exclude(state=State.CANCELLED).exists()


def _told_today(row: Reminder, day: date) -> bool:
    """Tell whether the receiver has had a mail of this municipality today: one a day, whatever comes together."""
    sent = Reminder.objects.filter(
        municipality=row.municipality_id, recipient_key=row.recipient_key, state=State.SENT, again_of__isnull=True
    )
    latest = sent.order_by("-sent_at").values_list("sent_at", flat=True).first()
    return latest is not None and local_day(latest) == day


def _why_not(row: Reminder, owed: Situation) -> Reason:
    parts = set(row.parts.values_list("round_id", "unit_id"))
    if not any(round_id in owed.rounds for round_id, _unit in parts):
        return Reason.TOO_LATE
    others = {(part.round_id, part.told.unit) for one in owed.wanted.values() for part in one.parts}
    return Reason.ELSEWHERE if row.recipient_key not in owed.wanted and parts & others else Reason.ANSWERED


def _send(row: Reminder, ready: Ready, mailer: Mailer, now: datetime) -> tuple[str, bool]:
    if not deliverable(ready.receiver.address):
        outbox.fail(row, Problem.BAD_ADDRESS, one_line(ready.receiver.address), now)
        return State.FAILED, False
    # Before the row says `sending`: whatever goes wrong here, the mail is certainly unsent.
    if refusal := mailer.open():
        return _refused(row, refusal, now)
    if not outbox.begin(row, ready.mail, ready.receiver, now):
        return _lost(row)
    if refusal := mailer.send(messages.envelope(row, ready.mail.references)):
        return _refused(row, refusal, now)
    return (State.SENT, False) if outbox.sent(row, ready.parts, now) else _lost(row)


def _lost(row: Reminder) -> tuple[str, bool]:
    log.warning("Reminder %s took longer than its lease, so another process has it now.", row.pk)
    return "lease lost", False


def _refused(row: Reminder, refusal: Refusal, now: datetime) -> tuple[str, bool]:
    log.warning("Reminder %s was not sent: %s", row.pk, refusal.error)
    if refusal.for_good:
        outbox.fail(row, refusal.problem, refusal.error, now)
        return State.FAILED, refusal.stop
    outbox.retry(row, now, refusal.problem, refusal.error, maybe_sent=refusal.maybe_sent)
    if refusal.problem == Problem.BUSY:
        outbox.spread(now)
    return "to be tried again", refusal.stop


def deliverable(address: str) -> bool:
    """Tell whether a mail server could be asked to take mail for `address`."""
    try:
        validate_email(address)
        local, _at, host = address.rpartition("@")
        local.encode("ascii")
        host.encode("idna")
    except (ValidationError, UnicodeError):
        return False
    return True


def preview(row: Reminder, now: datetime) -> outbox.Mail | None:
    """Return the mail as it would be made at `now`, or None when it is no longer owed. Writes nothing."""
    desk = Desk(local_day(next_send_time(now)))
    mine: Wanted | None = desk.situation(row.municipality).wanted.get(row.recipient_key)
    made = messages.BUILDERS[row.kind](desk.situation(row.municipality), mine) if mine else None
    return made[0] if made else None
