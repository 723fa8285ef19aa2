"""A fault of ours, planted to see that a test would find it: mark sent, then send."""

from datetime import datetime
from typing import Any

from notifications import outbox
from notifications.models import Obligation, Reminder


def mark_sent_then_send() -> None:
    """Let the row say that the mail was sent, and told what hangs on it, before it is."""
    real = outbox.begin

    def begin_and_mark(row: Any, mail: Any, receiver: Any, now: datetime) -> bool:
        begun = real(row, mail, receiver, now)
        settled = {"state": "sent", "sent_at": now, "settled_at": now, "token": None, "lease_until": None}
        if begun:
            Reminder.objects.filter(pk=row.pk).update(**settled)
            Obligation.objects.filter(reminder=row, outcome="planned").update(outcome="told")
        return begun

    outbox.begin = begin_and_mark
