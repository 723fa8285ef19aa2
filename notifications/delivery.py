"""From the outbox to the mail server: claim, look again whether it is still owed, make, hand over, record.

Any number of processes may run this at once, and any of them may die anywhere. A mail is lost in no case; a second copy
goes out only when a process dies between the server's acceptance and our record of it, and it is then the same mail
(Message-ID and Date). What cannot be promised is said in docs/reliability.md.
"""

import logging
import time
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q

from notifications import apart, kinds, letter, outbox, planning, state
from notifications.believed import Believed
from notifications.kinds.base import Debt
from notifications.letter import Composed
from notifications.mailer import Mailer, Refusal, words_of
from notifications.models import DAY, Obligation, Reminder
from notifications.recipients import Receiver
from notifications.situation import Situation
from toimenpiteet.calendar import end_of_day
from toimenpiteet.services.text import one_line

log = logging.getLogger(__name__)
RUN_SECONDS = 45
"""A run ends before the next tick, and long before its leases do."""
PORTION = 20
"""How many mails are claimed and looked at together; whoever dies keeps so many for the length of a lease."""

State, Problem = Reminder.State, Reminder.Problem
Reason = Reminder.Reason


@dataclass
class Report:
    """What one run did, by the state that the rows came to; `broken` are those that met an error of the program.

    `left` is what is due still: more than nothing where the run ended before it was through.
    """

    counts: Counter[str] = field(default_factory=Counter)
    left: int = 0

    def __str__(self) -> str:
        done = ", ".join(f"{name}: {count}" for name, count in sorted(self.counts.items()))
        left = f"left for the next run: {self.left}" if self.left else ""
        return ", ".join(part for part in (done, left) if part) or "nothing was due"


@dataclass
class Look:
    """What was read at once for mails of a municipality: what hangs on them, what was told, who had today's."""

    hung: dict[int, set[str]]
    told: set[str]
    had: set[str]


class Desk:
    """Who is owed what, read once per municipality and run; what became of it meanwhile, once per portion of mails."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._situations: dict[tuple[int, bool], Situation] = {}
        self._looks: dict[tuple[int, bool], Believed[Look]] = {}
        self._rows: dict[int, Reminder] = {}

    def take(self, rows: Iterable[Reminder]) -> None:
        """Begin with a portion; it is read when its first mail is looked at."""
        self._rows = {row.pk: row for row in rows}
        self._looks.clear()

    def situation(self, row: Reminder) -> Situation:
        """Return what is owed in the municipality of a mail; one that was asked for again tries its address anew."""
        key = _place(row)
        if key not in self._situations:
            bounced = frozenset[str]() if row.again_of_id else outbox.bounced(row.home, self.now)
            self._situations[key] = Situation(row.home, self.now, bounced)
        return self._situations[key]

    def look(self, row: Reminder) -> Look:
        """Return what was read for a mail and the others of its portion."""
        if row.pk not in self._rows:
            self.take([row])
        key = _place(row)
        if key not in self._looks:
            owed, days = self.situation(row), [one for one in self._rows.values() if one.kind == DAY]
            mine = [one for one in days if _place(one) == key]
            self._looks[key] = Believed(lambda: _read(owed, mine))
        return self._looks[key].get()

    def sent(self, row: Reminder) -> None:
        """Keep in mind that a mail has left: its receiver gets no other today."""
        if row.kind == DAY:
            self.look(row).had.add(row.recipient_key)


def _place(row: Reminder) -> tuple[int, bool]:
    return row.home.pk, row.again_of_id is not None


def _read(owed: Situation, rows: Collection[Reminder]) -> Look:
    receivers = {row.recipient_key for row in rows}
    mine = [debt.key(owed.municipality.pk) for receiver in receivers for debt in owed.debts.get(receiver, ())]
    planned, told = Obligation.Outcome.PLANNED, Obligation.Outcome.TOLD
    there = Obligation.objects.filter(Q(reminder__in=rows, outcome=planned) | Q(key__in=mine, outcome=told))
    look = Look({row.pk: set() for row in rows}, set(), outbox.had_mail(owed.day, owed.municipality, receivers))
    for key, outcome, reminder in there.values_list("key", "outcome", "reminder_id"):
        if outcome == told:
            look.told.add(key)
        else:
            look.hung[reminder].add(key)
    return look


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
    run = _Run(now, time.monotonic() + seconds)
    try:
        while run.goes_on() and (rows := outbox.claim(now, lease=lease, most=PORTION)):
            run.work_through(rows)
    except BaseException:
        run.mailer.drop()
        raise
    run.mailer.close()
    if not run.goes_on():
        run.report.left = outbox.due(now).count()
    if run.report.counts[State.SENT] and not (run.stopped_by and run.stopped_by.problem == Problem.POLICY):
        state.accepted()
    return run.report


class _Run:
    """One run of one process, until its time is over or the mail server wants no more."""

    def __init__(self, now: datetime, until: float) -> None:
        self.now, self.until = now, until
        self.desk, self.mailer, self.report = Desk(now), Mailer(), Report()
        self.stopped_by: Refusal | None = None

    def goes_on(self) -> bool:
        return self.stopped_by is None and time.monotonic() < self.until

    def work_through(self, rows: list[Reminder]) -> None:
        """Deal with claimed rows, one after the other; what the run does not come to is given back."""
        self.desk.take(rows)
        left = rows[::-1]
        while left and self.goes_on():
            row = left.pop()
            outcome = self._handle(row)
            log.info("Mail %s of %s: %s.", row.pk, row.home.key if row.municipality else row.kind, outcome)
            self.report.counts[outcome] += 1
        outbox.give_back(left)
        if self.stopped_by and self.stopped_by.problem == Problem.BUSY:
            outbox.spread(self.now)

    def _handle(self, row: Reminder) -> str:
        """Deal with one claimed row; return what came of it."""
        try:
            ready = look_again(row, self.desk)
            if isinstance(ready, Ready):
                return self._send(row, ready)
        except Exception as error:
            # Whatever is wrong with one mail, the others go out; this one waits for whoever mends it.
            log.exception("Reminder %s could not be made or sent.", row.pk)
            said = words_of(error)
            outbox.retry(row, self.now, Problem.BROKEN, said, maybe_sent=row.state == State.SENDING)
            return "broken"
        if isinstance(ready, datetime):
            outbox.postpone(row, ready)
            return "postponed"
        outbox.cancel(row, ready, self.now)
        return State.CANCELLED

    def _send(self, row: Reminder, ready: Ready) -> str:
        if not deliverable(ready.receiver.address):
            outbox.fail(row, Problem.BAD_ADDRESS, one_line(ready.receiver.address), self.now)
            return State.FAILED
        # Before the row says `sending`: whatever goes wrong here, the mail is certainly unsent.
        if refusal := self.mailer.open():
            return self._refused(row, refusal)
        mail = ready.made.mail
        if not outbox.begin(row, mail, ready.receiver, self.now):
            return _lost(row)
        if refusal := self.mailer.send(letter.envelope(row, mail)):
            return self._refused(row, refusal)
        if not outbox.sent(row, ready.made.told, ready.considered, self.now):
            return _lost(row)
        self.desk.sent(row)
        return State.SENT

    def _refused(self, row: Reminder, refusal: Refusal) -> str:
        log.warning("Reminder %s was not sent: %s", row.pk, refusal.error)
        if refusal.stop:
            self.stopped_by = refusal
        if refusal.for_good:
            outbox.fail(row, refusal.problem, refusal.error, self.now)
            return State.FAILED
        outbox.retry(row, self.now, refusal.problem, refusal.error, maybe_sent=refusal.maybe_sent)
        if refusal.problem == Problem.POLICY:
            state.refused(refusal.error, self.now)
        return "to be tried again"


def _lost(row: Reminder) -> str:
    log.warning("Reminder %s took longer than its lease, so another process has it now.", row.pk)
    return "lease lost"


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
    look = desk.look(row)
    if row.again_of_id is None and row.recipient_key in look.had:
        return owed.next_send_time(end_of_day(owed.day))
    hung = look.hung[row.pk]
    debts = _untold(row, owed, hung, look.told)
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
    look = _read(owed, [row])
    debts = _untold(row, owed, look.hung[row.pk], look.told)
    made = letter.compose(owed, debts[0].receiver, debts) if debts else None
    return made.mail if made else None
