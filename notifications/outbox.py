"""The only writer of reminders once they exist: each step is one conditional UPDATE that changes one row or none.

What this does not protect against: a lease shorter than one sending (LEASE is many times EMAIL_TIMEOUT), and clocks of
the machines that differ by more than the lease. Both would make a second copy, with the same Message-ID.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, Min, QuerySet

from notifications.models import HELD, UNSENT, Reminder, ReminderPart
from notifications.names import kept, without
from notifications.recipients import Receiver
from toimenpiteet.calendar import next_send_time
from toimenpiteet.models import Municipality, RecordedName, Told, User
from toimenpiteet.services.people import names

LEASE = timedelta(minutes=10)
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
A_MINUTE = 10
"""How many mails a minute are left when the mail server has asked to slow down."""

State, Reason, Problem = Reminder.State, Reminder.Reason, Reminder.Problem


@dataclass(frozen=True)
class Mail:
    """A mail as it is made, its names marked (notifications.names); `references` are the message ids of its threads."""

    subject: str
    text: str
    html: str
    references: tuple[str, ...] = ()


def mail_host() -> str:
    """Return the host after the @ of our message ids, in ASCII."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return host.encode("idna").decode()


def new_message_id() -> str:
    """Return a new identity: hex only before the @, since Python's EmailMessage cuts an id at other signs."""
    return f"<{uuid.uuid4().hex}@{mail_host()}>"


def draft(
    key: str, municipality: Municipality, receiver: Receiver, day: date, sends_at: datetime, now: datetime
) -> Reminder:
    """Return a row that is not saved yet. Without an address it is recorded as failed from the beginning."""
    row = Reminder(
        key=key,
        municipality=municipality,
        kind=Reminder.Kind.ROUND_DUE,
        recipient_key=receiver.key,
        person_id=receiver.person_id,
        **recorded(receiver),
        language=receiver.language,
        day=day,
        due_at=sends_at,
        next_attempt_at=sends_at,
        created_at=now,
        message_id=new_message_id(),
    )
    if not receiver.address:
        row.state, row.problem = State.FAILED, Problem.NOBODY
    return row


def recorded(receiver: Receiver) -> dict[str, Any]:
    """Return the keys of a receiver's recorded name and address; None for what the receiver has not."""
    wanted = {"address_id": names.address(receiver.address, receiver.person_id)} if receiver.address else {}
    if receiver.name:
        wanted["name_id"] = names.Wanted(RecordedName.Kind.PERSON.value, receiver.name, receiver.person_id)
    return {"name_id": None, "address_id": None} | dict(zip(wanted, names.find_or_make(*wanted.values()), strict=True))


# Taking a row, and giving it back


def claim(now: datetime, *, lease: timedelta = LEASE) -> Reminder | None:
    """Take the row that has waited longest, for the length of the lease; None when nothing is due."""
    due = Reminder.objects.filter(state=State.PLANNED, next_attempt_at__lte=now).order_by("next_attempt_at", "pk")
    token = uuid.uuid4()
    while True:
        with transaction.atomic():
            pk = _first_free(due)
            if pk is None:
                return None
            changed = Reminder.objects.filter(pk=pk, state=State.PLANNED, next_attempt_at__lte=now).update(
                state=State.CLAIMED, token=token, lease_until=now + lease, attempts=F("attempts") + 1
            )
        if changed:
            return Reminder.objects.select_related("municipality", "name", "address").get(pk=pk)


def _first_free(due: "QuerySet[Reminder]") -> int | None:
    # Django drops skip_locked silently on SQLite, where the transaction (IMMEDIATE) already holds every row.
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    return due.values_list("pk", flat=True).first()


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
    frozen: dict[str, Any] = {
        **recorded(receiver),
        "language": receiver.language,
        "subject": mail.subject,
        "text": kept(mail.text),
        "html": kept(mail.html, html=True),
        "dated_at": row.dated_at or now,
    }
    frozen["state"] = State.SENDING
    changed = _held(row, State.CLAIMED).update(**frozen)
    for name, value in frozen.items():
        setattr(row, name, value)
    return bool(changed)


def sent(row: Reminder, parts: Iterable[tuple[int, int]], now: datetime) -> bool:
    """Record that the mail server has taken the mail, which told of `parts` (round, unit)."""
    with transaction.atomic():
        held = _held(row, State.SENDING).update(**_FREE, state=State.SENT, sent_at=now, problem="", error="")
        if held:
            ReminderPart.objects.filter(reminder=row).delete()
            told = [ReminderPart(reminder=row, round_id=one, unit_id=unit) for one, unit in parts]
            ReminderPart.objects.bulk_create(told, ignore_conflicts=True)
            _tell(row, Told.Outcome.SENT, now)
    return bool(held)


def fail(row: Reminder, problem: str, error: str, now: datetime) -> bool:
    """Record that the mail cannot be sent to this address; a person has to do something."""
    with transaction.atomic():
        still = _still(row).update(**_FREE, state=State.FAILED, problem=problem, error=without(error, row.address))
        if still:
            _tell(row, Told.Outcome.FAILED, now)
    return bool(still)


def _tell(row: Reminder, outcome: Told.Outcome, now: datetime) -> None:
    # In the step that records the mail: what was told is what the outbox knows, whoever dies when.
    whom = {"municipality_id": row.municipality_id, "person_id": row.person_id, "kind": row.kind}
    parts = ReminderPart.objects.filter(reminder=row).values_list("round_id", "unit_id")
    Told.objects.bulk_create(
        Told(**whom, round_id=asked_in, unit_id=unit, at=now, outcome=outcome.value) for asked_in, unit in parts
    )


def retry(row: Reminder, now: datetime, problem: str, error: str, *, maybe_sent: bool = False) -> bool:
    """Give the row back for a later attempt, ever later ones, in mail hours; it ends only by becoming pointless."""
    wait = BACKOFF[min(row.attempts, len(BACKOFF)) - 1]
    at = next_send_time(now + wait)
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


def cancel(row: Reminder, reason: str) -> bool:
    """Give the mail up, with its reason.

    Where nothing was open any more, the key is set free: should the same thing be owed again on the same reminder day
    (an answer returned, a plan reopened), a new row may be planned for it.
    """
    free_key = reason in {Reason.ANSWERED, Reason.ELSEWHERE} and not row.maybe_sent
    key = f"{row.key}#{row.pk}" if free_key else row.key
    return bool(_still(row).update(**_FREE, state=State.CANCELLED, reason=reason, key=key))


def _still(row: Reminder) -> "QuerySet[Reminder]":
    return Reminder.objects.filter(pk=row.pk, token=row.token, state__in=HELD)


def spread(now: datetime) -> int:
    """Leave what is due in small portions, after the mail server has asked to slow down; return how many rows."""
    due = Reminder.objects.filter(state=State.PLANNED, next_attempt_at__lte=now).order_by("next_attempt_at", "pk")
    for place, pk in enumerate(due.values_list("pk", flat=True)):
        at = next_send_time(now + timedelta(minutes=1 + place // A_MINUTE))
        Reminder.objects.filter(pk=pk, state=State.PLANNED).update(next_attempt_at=at)
    return len(due)


# What people do and see


def send_again(row: Reminder, person: User, number: int, now: datetime) -> Reminder:
    """Plan a new mail to the receiver of `row`, with an identity of its own; return it.

    `number` is the one that the person saw offered: a button pressed twice makes one row.
    """
    first = row.again_of or row
    sends_at = next_send_time(now)
    again, made = Reminder.objects.get_or_create(
        key=f"{first.key}/again/{number}",
        defaults={
            **{name: getattr(row, name) for name in _SAME_AGAIN},
            "again_of": first,
            "due_at": sends_at,
            "next_attempt_at": sends_at,
            "created_at": now,
            "message_id": new_message_id(),
            "asked_by": person,
            "asked_by_name_id": names.find_or_make(names.of_person(person))[0],
        },
    )
    if made:
        parts = [ReminderPart(reminder=again, round_id=part.round_id, unit_id=part.unit_id) for part in row.parts.all()]
        ReminderPart.objects.bulk_create(parts, ignore_conflicts=True)
    return again


_SAME_AGAIN = ("municipality", "kind", "recipient_key", "person_id", "name_id", "address_id", "language", "day")


@dataclass(frozen=True)
class Health:
    """The outbox at a glance. `oldest_due` is the moment since which something that is due has not been sent."""

    oldest_due: datetime | None
    counts: dict[str, int]


def health(now: datetime, municipalities: Iterable[int] | None = None) -> Health:
    """Read the health of the outbox (of `municipalities`, or all) from its rows; two queries."""
    rows = Reminder.objects.order_by()
    if municipalities is not None:
        rows = rows.filter(municipality__in=list(municipalities))
    oldest = rows.filter(state__in=UNSENT, due_at__lte=now).aggregate(at=Min("due_at"))["at"]
    return Health(oldest, dict(rows.values_list("state").annotate(count=Count("pk"))))
