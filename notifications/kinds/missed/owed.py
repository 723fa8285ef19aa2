"""The strategy directors are told of the mails that nobody got because their time had passed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from notifications.kinds.base import Debt
from notifications.models import Reminder
from notifications.recipients import Told, Why
from toimenpiteet.calendar import local_day

if TYPE_CHECKING:
    from notifications.situation import Situation

_REMEMBERED = timedelta(days=14)


def owed(situation: "Situation") -> Iterator[Debt]:
    """Return a debt for each day on which mails were given up as too late, and each director."""
    given_up = Reminder.objects.filter(
        municipality=situation.municipality,
        state=Reminder.State.CANCELLED,
        reason=Reminder.Reason.TOO_LATE,
        settled_at__gt=situation.now - _REMEMBERED,
    )
    days = sorted({local_day(at) for at in given_up.values_list("settled_at", flat=True) if at})
    for day in days:
        for receiver in situation.directory.directors:
            yield Debt("missed", day.isoformat(), Told(receiver, 0, Why.DIRECTOR))
