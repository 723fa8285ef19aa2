"""From the outbox to the mail server: claim, look again whether it is still owed, make, hand over, record.

Any number of processes may run this at once, and any of them may die anywhere. A mail is lost in no case; a second copy
goes out only when a process dies between the server's acceptance and our record of it, and it is then the same mail
(Message-ID and Date). What cannot be promised is said in docs/reliability.md.
"""

import logging
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q

from notifications import apart, kinds, letter, outbox, planning, state
from notifications.kinds.base import Debt
from notifications.letter import Composed
from notifications.mailer import Mailer, Refusal, words_of
from notifications.models import DAY, Obligation, Reminder
from notifications.recipients import Receiver
from notifications.situation import Situation
from toimenpiteet.calendar import end_of_day, local_day
from toimenpiteet.services.text import one_line

log = logging.getLogger(__name__)
RUN_SECONDS = 45
"""A run ends before the next tick, and long before its leases do."""

State, Problem = Reminder.State, Reminder.Problem
Reason = Reminder.Reason


@dataclass
class Report:
    """What one run did, by the state that the rows came to; `broken` are those that met an error of the program."""

    counts: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return ", ".join(f"{name}: {count}" for name, count in sorted(self.counts.items())) or "nothing was due"


class Desk:
    """Who is owed what, read once per municipality and run. What is still open is read anew for each mail."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._situations: dict[tuple[int, bool], Situation] = {}

    def situation(self, row: Reminder) -> Situation:
        """Return what is owed in the municipality of a mail; one that was asked for again tries its address anew."""
        key = row.home.pk, row.again_of_id is not None
        if key not in self._situations:
            bounced = frozenset[str]() if row.again_of_id else outbox.bounced(row.home, self.now)
            self._situations[key] = Situation(row.home, self.now, bounced)
        return self._situations[key]


@dataclass(frozen=True)
class Ready:
    """A mail that is still owed, made; `considered` are the keys of what hung on it."""

    made: Composed
    considered: frozenset[str]
    receiver: Receiver


def deliver(now: datetime, *, lease: timedelta = outbox.LEASE, seconds: float = RUN_SECONDS) -> Report:
    """Send what is due at `now`; return what became of the rows.

    `seconds` bounds the run, `lease` is how long a row belongs to a process that may have died.
    """
    report = Report()
    desk, mailer = Desk(now), Mailer()
    until = time.monotonic() + seconds
    try:
        while time.monotonic() < until and (row := outbox.claim(now, lease=lease)):
            outcome, stop = _handle(row, desk, mailer, now)
            report.counts[outcome] += 1
            if stop:
                break
    finally:
        mailer.close()
    if report.counts[State.SENT]:
        state.accepted()
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
    outbox.cancel(row, ready, now)
    return State.CANCELLED, False


def look_again(row: Reminder, desk: Desk) -> Ready | Reason | datetime:
    """Say whether the mail is still owed: made anew, or why not, or when it may go instead.

    A mail that a person asked for again is not stopped by today's.
    """
    if row.kind != DAY:
        found = apart.compose(row, desk.now)
        return found if isinstance(found, Reason) else Ready(found[0], frozenset(), found[1])
    owed = desk.situation(row)
    if (opens_at := owed.next_send_time(desk.now)) > desk.now:
        return opens_at
    if row.again_of_id is None and _told_today(row, owed.day):
        return owed.next_send_time(end_of_day(owed.day))
    mine = [debt.key(row.home.pk) for debt in owed.debts.get(row.recipient_key, ())]
    planned, told = Obligation.Outcome.PLANNED, Obligation.Outcome.TOLD
    there = Obligation.objects.filter(Q(reminder=row, outcome=planned) | Q(key__in=mine, outcome=told))
    outcomes = dict(there.values_list("key", "outcome"))
    hung = [key for key, outcome in outcomes.items() if outcome == planned]
    debts = _untold(row, owed, hung, {key for key, outcome in outcomes.items() if outcome == told})
    made = letter.compose(owed, debts[0].receiver, debts) if debts else None
    if made is None:
        return _why_not(row, owed)
    return Ready(made, frozenset(hung), debts[0].receiver)


def _untold(row: Reminder, owed: Situation, hung: Collection[str], old: Collection[str]) -> list[Debt]:
    """Return what the mail would tell: all that was not told, and of what lasts the rest too; nothing if none is new.

    `hung` are the keys of what hangs on it, `old` of what was told. Of a mail that was asked for again, what it told
    before as far as it is owed still.
    """
    debts = {debt.key(row.home.pk): debt for debt in owed.debts.get(row.recipient_key, ())}
    if row.again_of_id:
        before = {key.partition("/again/")[0] for key in hung}
        return [debt for key, debt in debts.items() if key in before or kinds.BY_NAME[debt.kind].lasts]
    new = {debt.kind for key, debt in debts.items() if key not in old}
    return [
        debt for key, debt in debts.items() if debt.kind in new and (key not in old or kinds.BY_NAME[debt.kind].lasts)
    ]


def _told_today(row: Reminder, day: date) -> bool:
    """Tell whether the receiver has had a mail of this municipality today: one a day, whatever comes together."""
    sent = Reminder.objects.filter(
        municipality=row.municipality_id, recipient_key=row.recipient_key, state=State.SENT, kind=row.kind
    )
    latest = sent.filter(again_of__isnull=True).order_by("-sent_at").values_list("sent_at", flat=True).first()
    return latest is not None and local_day(latest) == day


def _why_not(row: Reminder, owed: Situation) -> Reason:
    hung = list(row.obligations.values_list("kind", "round_id", "unit_id", "plan_id"))
    rounds = {round_id for _kind, round_id, _unit, _plan in hung if round_id}
    if rounds and not rounds & owed.rounds.keys():
        return Reason.TOO_LATE
    mine = owed.debts.get(row.recipient_key, ())
    others = {_what(debt) for own in owed.debts.values() for debt in own if debt.receiver.key != row.recipient_key}
    handed_over = set(hung) & others and not set(hung) & {_what(debt) for debt in mine}
    return Reason.ELSEWHERE if handed_over else Reason.ANSWERED


def _what(debt: Debt) -> tuple[str, int | None, int | None, int | None]:
    return debt.kind, debt.round_id, debt.told.unit or None, debt.plan_id


def _send(row: Reminder, ready: Ready, mailer: Mailer, now: datetime) -> tuple[str, bool]:
    if not deliverable(ready.receiver.address):
        outbox.fail(row, Problem.BAD_ADDRESS, one_line(ready.receiver.address), now)
        return State.FAILED, False
    # Before the row says `sending`: whatever goes wrong here, the mail is certainly unsent.
    if refusal := mailer.open():
        return _refused(row, refusal, now)
    mail = ready.made.mail
    if not outbox.begin(row, mail, ready.receiver, now):
        return _lost(row)
    if refusal := mailer.send(letter.envelope(row, mail)):
        return _refused(row, refusal, now)
    return (State.SENT, False) if outbox.sent(row, ready.made.told, ready.considered, now) else _lost(row)


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
    if refusal.problem == Problem.POLICY:
        state.refused(refusal.error, now)
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
    """Return the mail as it would be made when mails may leave next, or None when it is no longer owed."""
    owed = planning.situation(row.home, now)
    told = Obligation.objects.filter(reminder__recipient_key=row.recipient_key, outcome=Obligation.Outcome.TOLD)
    hung, old = row.obligations.values_list("key", flat=True), told.values_list("key", flat=True)
    debts = _untold(row, owed, list(hung), set(old))
    made = letter.compose(owed, debts[0].receiver, debts) if debts else None
    return made.mail if made else None
