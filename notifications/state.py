"""What the outbox knows of itself: the last tick, what stops every mail, and whether the database is an older one.

The mark beside the database (settings.TICK_MARK) says when this machine ticked last. A database that knows of no tick
since is one that was restored: its mails are held until a person lets them go, or what was sent after the backup would
be sent again.
"""

import logging
import re
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from notifications import holding
from notifications.models import OutboxState
from toimenpiteet.models import Actor, Door

log = logging.getLogger(__name__)
_ADDRESS = re.compile(r"\S+@\S+")
_SLACK = timedelta(minutes=2)
"""Clocks of two machines differ by less than this."""


def read() -> OutboxState:
    """Return the state; one query."""
    return OutboxState.objects.filter(pk=1).first() or OutboxState(pk=1)


def begin(now: datetime) -> None:
    """Hold every mail where the database is older than what this machine remembers; at the start of a tick."""
    marked = _marked(settings.TICK_MARK)
    ticked_at = read().ticked_at
    if marked is None or marked > now or (ticked_at is not None and ticked_at >= marked - _SLACK):
        return
    if not holding.active(None).exists():
        log.error("%s Every mail is held; let them go with: manage.py release_mails.", holding.RESTORED)
        holding.hold(Actor.system("Outbox", Door.TASK), holding.RESTORED, now)


def end(now: datetime, not_planned: str) -> None:
    """Record that a tick has ended, and what it could not plan ("": all was planned)."""
    _save(ticked_at=now, not_planned=not_planned)
    mark: Path = settings.TICK_MARK
    mark.write_text(now.isoformat(), encoding="utf-8")


def refused(error: str, now: datetime) -> None:
    """Record that the mail server refuses us, whoever the mail is for."""
    _save(refused_us=_ADDRESS.sub("…", error), refused_us_at=now)


def accepted() -> None:
    """Record that the mail server takes our mails; writes only where it did not."""
    OutboxState.objects.filter(pk=1).exclude(refused_us="").update(refused_us="", refused_us_at=None)


def _save(**values: object) -> None:
    OutboxState.objects.update_or_create(pk=1, defaults=values)


def _marked(mark: Path) -> datetime | None:
    try:
        return datetime.fromisoformat(mark.read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return None
