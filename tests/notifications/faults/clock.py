"""Put before a worker by ``--include``: its clock is moved by as many seconds as a file says, and may be moved again.

With ``PLANTED=mark`` in the environment a fault of ours too, to see that the trial would find it: mark sent, then send.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils import timezone

from tests.notifications import planted

_FILE = Path(os.environ["CLOCK_FILE"])


def _moved() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=float(_FILE.read_text(encoding="utf-8")))


timezone.now = _moved
if os.environ.get("PLANTED") == "mark":
    planted.mark_sent_then_send()
