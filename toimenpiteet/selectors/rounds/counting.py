"""Which rounds count: a city that starts in the middle says from when on, and what lay before is not owed."""

from datetime import date

from django.utils.translation import gettext as _

from toimenpiteet.models import ReportingRound

_PLANNED = ReportingRound.Status.PLANNED


def counts(status: str, due_on: date, rounds_from: date | None) -> bool:
    """Tell whether a round counts: it was opened, or its strategy's rounds count from no later than its answers' day.

    One that does not opens neither by itself nor reminds anybody; the director may still open it.
    """
    return status != _PLANNED or rounds_from is None or due_on >= rounds_from


def why_not_held(status: str, due_on: date, rounds_from: date | None, today: date) -> str:
    """Return why nothing is owed of a round, in the active language; '' of one that is, was or will be held."""
    if not counts(status, due_on, rounds_from):
        return _("It lies before the day from which rounds count.")
    if status == _PLANNED and due_on < today:
        return _("Nobody opened the round while it could be answered, and nothing is owed of it.")
    return ""
