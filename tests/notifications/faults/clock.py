"""Put before a worker by ``--include``: its clock is moved by as many seconds as a file says, and may be moved again.

With ``PLANTED=mark`` in the environment a fault of ours too, to see that the trial would find it: mark sent, then send.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from notifications import outbox
from notifications.models import Obligation, Reminder

_FILE = Path(os.environ["CLOCK_FILE"])


def _moved() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=float(_FILE.read_text(encoding="utf-8")))


def _mark_sent_then_send() -> None:
    real = outbox.begin

    def begin_and_mark(row: Any, mail: Any, receiver: Any, now: datetime) -> bool:
        begun = real(row, mail, receiver, now)
        settled = {"state": "sent", "sent_at": now, "settled_at": now, "token": None, "lease_until": None}
        if begun:
            Reminder.objects.filter(pk=row.pk).update(**settled)
            Obligation.objects.filter(reminder=row, outcome="planned").update(outcome="told")
        return begun

    outbox.begin = begin_and_mark


timezone.now = _moved
if os.environ.get("PLANTED") == "mark":
    _mark_sent_then_send()
