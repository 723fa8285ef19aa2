"""The only writer of reminders once they exist: each step is one conditional UPDATE that changes one row or none.

What this does not protect against: a lease shorter than one sending (LEASE is many times EMAIL_TIMEOUT), and clocks of
the machines that differ by more than the lease. Both would make a second copy, with the same Message-ID.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import CharField, Count, F, Max, Min, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from notifications import drafts, holding, links
from notifications.kinds.base import Debt
from notifications.models import DAY, HELD, UNSENT, Obligation, Reminder
from notifications.names import kept, without
from notifications.recipients import Receiver
from toimenpiteet.calendar import end_of_day, next_send_time, start_of_day
from toimenpiteet.models import Municipality, Told, User
from toimenpiteet.reminder_days import parse_quiet
from toimenpiteet.services.people import names
from toimenpiteet.services.text import one_line

LEASE = timedelta(minutes=10)
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
A_MINUTE = 10
"""How many mails a minute are left when the mail server has asked to slow down."""

State, Reason, Problem = Reminder.State, Reminder.Reason, Reminder.Problem
Outcome = Obligation.Outcome
_DEAD = (Problem.BOUNCED, Problem.BAD_ADDRESS)
_BELIEVED = timedelta(days=30)
"""How long an address that bounced is passed over, unless it is corrected or takes a mail."""


@dataclass(frozen=True)
class Mail:
    """A mail as it is made, its names marked (notifications.names); `references` are the message ids of its threads.

    `secret` is a link in it that is not kept; `answers` are the rounds that its links answer, with their days.
    """

    subject: str
    text: str
    html: str
    references: tuple[str, ...] = ()
    secret: str = ""
    answers: Mapping[int, date] = field(default_factory=dict)


# Taking a row, and giving it back


def due(now: datetime) -> "QuerySet[Reminder]":
    """Return the rows that may leave at `now` and belong to no process, in the order in which they do."""
    waiting = Reminder.objects.filter(state=State.PLANNED, next_attempt_at__lte=now)
    return waiting.exclude(holding.held()).order_by("next_attempt_at", "pk")


def claim(now: datetime, *, lease: timedelta = LEASE, most: int = 1) -> list[Reminder]:
    """Take the rows that have waited longest, at most `most`, for the length of the lease; none when nothing is due.

    Two statements. What is not worked on after all is given back (``give_back``).
    """
    taken: dict[str, Any] = {"state": State.CLAIMED, "token": uuid.uuid4(), "lease_until": now + lease}
    with transaction.atomic():
        rows = list(_free(due(now))[:most])
        if rows:
            mine = Reminder.objects.filter(pk__in=[row.pk for row in rows])
            mine.update(**taken, attempts=F("attempts") + 1)
    for row in rows:
        for name, value in taken.items():
            setattr(row, name, value)
        row.attempts += 1
    return rows


def _free(rows: "QuerySet[Reminder]") -> "QuerySet[Reminder]":
    rows = rows.select_related("municipality", "name", "address")
    # Django drops skip_locked silently on SQLite, where the transaction (IMMEDIATE) already holds every row.
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return rows


def give_back(rows: Collection[Reminder]) -> None:
    """Let go what was claimed and not begun: nothing was tried, and whoever claims next may take it; one statement."""
    held = Reminder.objects.filter(pk__in=[row.pk for row in rows], state=State.CLAIMED)
    if rows:
        held.filter(token__in={row.token for row in rows}).update(
            **_FREE, state=State.PLANNED, attempts=F("attempts") - 1
        )


def recover(now: datetime) -> int:
    """Free the rows whose holder has died; return how many.

    `claimed` was certainly not sent. `sending` may have been: it is sent again with the same Message-ID and Date.
    """
    expired = Reminder.objects.filter(lease_until__lte=now)
    unsent = expired.filter(state=State.CLAIMED).update(**_FREE, state=State.PLANNED)
    return unsent + expired.filter(state=State.SENDING).update(**_FREE, state=State.PLANNED, maybe_sent=True)


_FREE: dict[str, Any] = {"token": None, "lease_until": None}


def _held(row: Reminder, state: str) -> "QuerySet[Reminder]":
    # The token is what makes a worker that was taken for dead unable to overwrite its successor's record.
    return Reminder.objects.filter(pk=row.pk, token=row.token, state=state)


# What becomes of a row that is held; each answers whether we still held it


def begin(row: Reminder, mail: Mail, receiver: Receiver, now: datetime) -> bool:
    """Record that the mail is handed over from here on: a process that dies later has possibly sent it."""
    who = drafts.recorded(receiver, row)
    known = {(one_line(receiver.name), receiver.person_id): who["name_id"]} if receiver.name else {}
    frozen: dict[str, Any] = {
        **who,
        "language": receiver.language,
        "subject": mail.subject,
        "text": kept(links.hidden(mail.text, mail.secret), known),
        "html": kept(links.hidden(mail.html, mail.secret), known, html=True),
        "dated_at": row.dated_at or now,
        "state": State.SENDING,
    }
    with transaction.atomic():
        changed = _held(row, State.CLAIMED).update(**frozen)
        if changed and mail.answers:
            links.make(row, receiver.person_id, mail.answers)
    for name, value in frozen.items():
        setattr(row, name, value)
    return bool(changed)


def sent(row: Reminder, told: Iterable[Debt], considered: Iterable[str], now: datetime) -> bool:
    """Record that the mail server has taken the mail, which tells of `told`.

    What was `considered` (keys) and is not in it needed no telling any more. What came to hang on the mail only while
    it was made is set free: the planner finds it, and it goes with the next mail.
    """
    told = list(told)
    with transaction.atomic():
        held = _held(row, State.SENDING).update(
            **_FREE, state=State.SENT, sent_at=now, settled_at=now, problem="", error=""
        )
        if held:
            _settle(row, told, set(considered))
            _tell(
                row,
                [(one.kind, one.round_id, one.told.unit or None, one.plan_id) for one in told],
                Told.Outcome.SENT,
                now,
            )
    return bool(held)


def _settle(row: Reminder, told: list[Debt], considered: set[str]) -> None:
    """Write what became of what hung on a mail; what came to hang on it since goes with the next (planning)."""
    keys = {one.key(row.home.pk): one for one in told}
    hung = Obligation.objects.filter(reminder=row, outcome=Outcome.PLANNED)
    if pointless := considered - keys.keys():
        _drop(hung.filter(key__in=list(pointless)))
    if here := considered & keys.keys():
        hung.filter(key__in=list(here)).update(outcome=Outcome.TOLD)
    if others := keys.keys() - considered:
        # It waited on another mail, or was not planned yet.
        Obligation.objects.filter(key__in=list(others)).update(reminder=row, outcome=Outcome.TOLD)
        rows = [drafts.obligation(keys[key], row) for key in sorted(others)]
        for one in rows:
            one.outcome = Outcome.TOLD
        Obligation.objects.bulk_create(rows, ignore_conflicts=True)


def _drop(rows: "QuerySet[Obligation]", outcome: str = Outcome.DROPPED) -> None:
    """Record that nobody needs to be told; the keys are free, should the same thing be owed again."""
    rows.filter(outcome=Outcome.PLANNED).update(outcome=outcome, key=Concat("key", Value("#"), _text("pk")))


def _text(name: str) -> "Cast":
    return Cast(name, CharField())


def fail(row: Reminder, problem: str, error: str, now: datetime) -> bool:
    """Record that the mail cannot be sent to this address; a person has to do something.

    An address that takes no mail is passed over from now on (``bounced``), so what was owed is owed to the next in
    line, and again to a corrected address.
    """
    dead = problem in _DEAD
    with transaction.atomic():
        fields = {"state": State.FAILED, "problem": problem, "error": without(error, row.address), "settled_at": now}
        still = _still(row).update(**_FREE, **fields, key=f"{row.key}#{row.pk}" if dead else row.key)
        if still:
            _not_told(row, now, again=dead)
    return bool(still)


def _not_told(row: Reminder, now: datetime, *, again: bool) -> None:
    """Record that a mail told nothing of what hangs on it; `again`: it is owed anew, to whoever is next in line."""
    there = Obligation.objects.filter(reminder=row, outcome=Outcome.PLANNED)
    what = list(there.values_list("kind", "round_id", "unit_id", "plan_id"))
    if again:
        _drop(there, Outcome.FAILED)
    else:
        there.update(outcome=Outcome.FAILED)
    _tell(row, what, Told.Outcome.FAILED, now)


def _tell(
    row: Reminder, what: Iterable[tuple[str, int | None, int | None, int | None]], outcome: Told.Outcome, now: datetime
) -> None:
    # In the step that records the mail: what was told is what the outbox knows, whoever dies when.
    whom = {"municipality_id": row.municipality_id, "person_id": row.person_id, "at": now, "outcome": outcome.value}
    Told.objects.bulk_create(
        Told(**whom, kind=kind, round_id=asked_in, unit_id=unit, plan_id=plan)
        for kind, asked_in, unit, plan in dict.fromkeys(what)
        if (asked_in or plan) and (unit or row.person_id)
    )


def came_back(pk: int, said: str, now: datetime) -> bool:
    """Record that a mail that was taken came back later: the next in line is told, as of one that was refused."""
    with transaction.atomic():
        row = Reminder.objects.select_for_update(of=("self",)).select_related("address").filter(pk=pk).first()
        if row is None or row.state != State.SENT:
            return False
        row.obligations.filter(outcome=Outcome.TOLD).update(outcome=Outcome.PLANNED)
        said = without(said, row.address)
        fields = {"state": State.FAILED, "problem": Problem.BOUNCED, "error": said, "sent_at": None, "settled_at": now}
        Reminder.objects.filter(pk=pk).update(**fields, key=f"{row.key}#{row.pk}")
        _not_told(row, now, again=True)
    return True


def retry(row: Reminder, now: datetime, problem: str, error: str, *, maybe_sent: bool = False) -> bool:
    """Give the row back for a later attempt, ever later ones, in mail hours; it ends only by becoming pointless."""
    wait = BACKOFF[min(row.attempts, len(BACKOFF)) - 1]
    # What is apart from the day's mail waits for no mail hours.
    at = next_send_time(now + wait, parse_quiet(row.municipality.quiet_days)) if row.municipality else now + wait
    return bool(
        _still(row).update(
            **_FREE,
            state=State.PLANNED,
            next_attempt_at=at,
            problem=problem,
            error=without(error, row.address),
            maybe_sent=row.maybe_sent or maybe_sent,
        )
    )


def postpone(row: Reminder, at: datetime) -> bool:
    """Give the row back for another day: the receiver has had a mail today."""
    return bool(_still(row).update(**_FREE, state=State.PLANNED, next_attempt_at=at, due_at=at))


def cancel(row: Reminder, reason: str, now: datetime) -> bool:
    """Give the mail up, with its reason.

    The keys are set free: should the same thing be owed again on the same day (an answer returned, a plan reopened), a
    new row may be planned for it. Not where the mail may have left: one a day.
    """
    key = row.key if row.maybe_sent else f"{row.key}#{row.pk}"
    with transaction.atomic():
        still = _still(row).update(**_FREE, state=State.CANCELLED, reason=reason, key=key, settled_at=now)
        if still:
            hung = Obligation.objects.filter(reminder=row, outcome=Outcome.PLANNED)
            if row.maybe_sent:
                hung.update(outcome=Outcome.TOLD)
            else:
                _drop(hung)
    return bool(still)


def _still(row: Reminder) -> "QuerySet[Reminder]":
    return Reminder.objects.filter(pk=row.pk, token=row.token, state__in=HELD)


def spread(now: datetime) -> int:
    """Leave what is due in small portions, after the mail server has asked to slow down; return how many rows."""
    rows = due(now).values_list("pk", "kind")
    for place, (pk, kind) in enumerate(rows):
        at = now + timedelta(minutes=1 + place // A_MINUTE)
        at = next_send_time(at) if kind == DAY else at
        Reminder.objects.filter(pk=pk, state=State.PLANNED).update(next_attempt_at=at)
    return len(rows)


# What people do and see


def send_again(row: Reminder, person: User, number: int, now: datetime) -> Reminder:
    """Plan a new mail to the receiver of `row`, with an identity of its own; return it.

    `number` is the one that the person saw offered: a button pressed twice makes one row.
    """
    first = row.again_of or row
    sends_at = next_send_time(now, parse_quiet(row.home.quiet_days))
    again, made = Reminder.objects.get_or_create(
        key=f"{first.key}/again/{number}",
        defaults={
            **{name: getattr(row, name) for name in _SAME_AGAIN},
            "again_of": first,
            "due_at": sends_at,
            "next_attempt_at": sends_at,
            "created_at": now,
            "message_id": drafts.new_message_id(),
            "asked_by": person,
            "asked_by_name_id": names.find_or_make(names.of_person(person))[0],
        },
    )
    if made:
        for one in row.obligations.all():
            one.pk, one.reminder, one.key = None, again, f"{one.key}/again/{again.pk}"
            one.outcome = Outcome.PLANNED
            one.save()
    return again


_SAME_AGAIN = ("municipality", "kind", "recipient_key", "person_id", "name_id", "address_id", "language", "day")


def bounced(municipality: Municipality | None, now: datetime) -> frozenset[str]:
    """Return the addresses, in lower case, that took no mail lately and none since; two queries.

    Of the mails of a municipality and those about accounts; None: of all.
    """
    here = Q(municipality=municipality) | Q(municipality__isnull=True) if municipality else Q()
    ours = Reminder.objects.filter(here, settled_at__gt=now - _BELIEVED).order_by()
    failed = ours.filter(state=State.FAILED, problem__in=_DEAD).values_list("address__text")
    dead = dict(failed.annotate(at=Max("settled_at")))
    if not dead:
        return frozenset()
    taken = ours.filter(state=State.SENT, address__text__in=list(dead)).values_list("address__text")
    alive = dict(taken.annotate(at=Max("settled_at")))
    return frozenset(text.lower() for text, at in dead.items() if text and not (text in alive and alive[text] > at))


def had_mail(day: date, municipality: Municipality, receivers: Collection[str] | None = None) -> set[str]:
    """Return which of `receivers` (None: all) have had their mail of `day` from a municipality; one query.

    One a day, whatever comes together; one that a person asked for again is beside it.
    """
    ours = Reminder.objects.filter(municipality=municipality, kind=DAY, again_of__isnull=True, state=State.SENT)
    sent = ours.filter(sent_at__gte=start_of_day(day), sent_at__lt=end_of_day(day))
    if receivers is not None:
        sent = sent.filter(recipient_key__in=list(receivers))
    return set(sent.values_list("recipient_key", flat=True))


@dataclass(frozen=True)
class Health:
    """The outbox at a glance. `oldest_due` is the moment since which something that is due has not been sent."""

    oldest_due: datetime | None
    counts: dict[str, int]


def health(now: datetime, rows: "QuerySet[Reminder] | None" = None) -> Health:
    """Read the health of the outbox, or of `rows` of it; two queries."""
    rows = Reminder.objects.order_by() if rows is None else rows.order_by()
    waiting = rows.filter(state__in=UNSENT, due_at__lte=now).exclude(holding.held())
    oldest = waiting.aggregate(at=Min("due_at"))["at"]
    return Health(oldest, dict(rows.values_list("state").annotate(count=Count("pk"))))
