"""The mails about accounts that have left, after the worker has looked."""

from email.utils import parseaddr
from typing import Any

from django.core import mail
from django.db.models import Max
from django.utils import timezone

from notifications import delivery
from notifications.models import DAY, Reminder


def left() -> list[Any]:
    """Let what waits leave, at the time of whoever asked last; return every mail that has."""
    asked = Reminder.objects.exclude(kind=DAY).aggregate(at=Max("next_attempt_at"))["at"]
    delivery.deliver(asked or timezone.now())
    outbox: list[Any] = mail.outbox
    return outbox


def address_of(message: Any) -> str:
    """Return to whom a mail went, without the name."""
    return str(parseaddr(message.to[0])[1])
