"""Mails apart from the day's, about accounts: they leave at once, in quiet weeks and while mails are held too.

They end with their link, and are no mail of the day. What they say, and the link, is made when they leave and kept
without it.
"""

from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from notifications import drafts
from notifications.letter import Composed
from notifications.models import Reminder
from notifications.outbox import Mail
from notifications.recipients import Receiver
from toimenpiteet.calendar import local_day, start_of_day
from toimenpiteet.services.people import letters
from toimenpiteet.services.people.invitations import write
from toimenpiteet.services.people.letters import AccountLetter, LetterKind

A_DAY = 5
"""How many mails of one kind a person gets on a day at most: whoever asks for more knows the way."""
Reason = Reminder.Reason


@letters.delivered_by
def post(letter: AccountLetter) -> None:
    """Put a mail about an account into the outbox; an address without an account costs as much, and leaves none."""
    with transaction.atomic():
        person = letter.user
        _draft(letter).save()
        today = Reminder.objects.filter(kind=letter.kind.value, created_at__gte=start_of_day(local_day(letter.at)))
        if person is None or today.filter(person_id=person.pk).count() > A_DAY:
            transaction.set_rollback(True)


def _draft(letter: AccountLetter) -> Reminder:
    person = letter.user
    key, language = (f"person:{person.pk}", person.language) if person else ("nobody", "")
    receiver = Receiver(key, person.name if person else "", letter.address, language, person.pk if person else None)
    return Reminder(
        key=f"{letter.kind.value}:{receiver.key}:{uuid4().hex}",
        kind=letter.kind.value,
        recipient_key=receiver.key,
        person_id=receiver.person_id,
        **drafts.recorded(receiver),
        language=receiver.language,
        day=local_day(letter.at),
        due_at=letter.at,
        next_attempt_at=letter.at,
        created_at=letter.at,
        message_id=drafts.new_message_id(),
        facts=letter.facts,
    )


def compose(row: Reminder, now: datetime) -> tuple[Composed, Receiver] | Reason:
    """Make the mail of a row as things stand, with its receiver; or say why it is given up.

    Raises ValueError for a kind that is none.
    """
    kind = LetterKind(row.kind)
    if now > row.created_at + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT):
        return Reason.TOO_LATE
    person = row.person
    if person is None or not person.is_active:
        return Reason.GONE
    made = write(kind, person, row.facts, row.created_at)
    mail = Mail(made.subject, made.text.strip() + "\n", made.html, secret=made.secret)
    receiver = Receiver(row.recipient_key, person.name, row.sent_to, person.language, person.pk)
    return Composed(mail, []), receiver
