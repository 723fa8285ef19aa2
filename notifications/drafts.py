"""The rows of the outbox before they exist: an identity, whose mail, of which day, what hangs on it; saves nothing."""

import uuid
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from notifications.kinds.base import Debt
from notifications.models import DAY, Obligation, Reminder
from notifications.recipients import Receiver
from toimenpiteet.models import Municipality, RecordedName
from toimenpiteet.services.people import names

State, Problem, Outcome = Reminder.State, Reminder.Problem, Obligation.Outcome
_BATCH = 1000


def mail_host() -> str:
    """Return the host after the @ of our message ids, in ASCII."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return host.encode("idna").decode()


def new_message_id() -> str:
    """Return a new identity: hex only before the @, since Python's EmailMessage cuts an id at other signs."""
    return f"<{uuid.uuid4().hex}@{mail_host()}>"


def day_key(municipality: int, receiver: str, day: date) -> str:
    """Return the UNIQUE key of the mail of a day: one per receiver and municipality."""
    return f"{DAY}:{municipality}:{receiver}:{day.isoformat()}"


def draft(
    municipality: Municipality,
    receiver: Receiver,
    who: Mapping[str, Any],
    day: date,
    sends_at: datetime,
    now: datetime,
) -> Reminder:
    """Return a row that is not saved yet; `who` is the receiver as ``recorded_all`` gives it.

    Without an address it is recorded as failed from the beginning.
    """
    row = Reminder(
        key=day_key(municipality.pk, receiver.key, day),
        municipality=municipality,
        recipient_key=receiver.key,
        person_id=receiver.person_id,
        **who,
        language=receiver.language,
        day=day,
        due_at=sends_at,
        next_attempt_at=sends_at,
        created_at=now,
        message_id=new_message_id(),
    )
    if not receiver.address:
        row.state, row.problem, row.settled_at = State.FAILED, Problem.NOBODY, now
    return row


def obligation(debt: Debt, row: Reminder) -> Obligation:
    """Return what hangs on a mail, not saved yet; of a mail to nobody it has failed from the beginning."""
    return Obligation(
        key=debt.key(row.municipality_id or 0),
        reminder=row,
        kind=debt.kind,
        round_id=debt.round_id,
        unit_id=debt.told.unit or None,
        plan_id=debt.plan_id,
        outcome=Outcome.FAILED if row.state == State.FAILED else Outcome.PLANNED,
    )


def recorded(receiver: Receiver, row: Reminder | None = None) -> dict[str, Any]:
    """Return the keys of a receiver's recorded name and address; None for what the receiver has not.

    One query, none where `row` has them already.
    """
    if row is not None and (row.recipient, row.sent_to) == (receiver.name, receiver.address):
        return {"name_id": row.name_id, "address_id": row.address_id}
    return recorded_all([receiver])[receiver.key]


def recorded_all(receivers: Collection[Receiver]) -> dict[str, dict[str, Any]]:
    """Return ``recorded`` for many receivers, by their keys; one query for each thousand that are known."""
    wanted: dict[tuple[str, str], names.Wanted] = {}
    for one in receivers:
        if one.address:
            wanted[one.key, "address_id"] = names.address(one.address, one.person_id)
        if one.name:
            wanted[one.key, "name_id"] = names.Wanted(RecordedName.Kind.PERSON.value, one.name, one.person_id)
    found: dict[str, dict[str, Any]] = {one.key: {"name_id": None, "address_id": None} for one in receivers}
    places = list(wanted)
    for start in range(0, len(places), _BATCH):
        some = places[start : start + _BATCH]
        for (key, column), pk in zip(some, names.find_or_make(*(wanted[one] for one in some)), strict=True):
            found[key][column] = pk
    return found
