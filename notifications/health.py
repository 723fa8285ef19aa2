"""Do mails leave? Read from rows, never from processes: a worker can live and do nothing."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import override

from notifications import holding, state
from notifications.models import UNSENT, OutboxHold, Reminder
from toimenpiteet.calendar import HELSINKI
from toimenpiteet.languages import PROGRAMS

_STANDS_FOR = timedelta(hours=1)
_STANDSTILL = (Reminder.Problem.NETWORK, Reminder.Problem.BUSY, Reminder.Problem.BROKEN)
_TICKS_EVERY, _TAKEN_WITHIN, _DUE_WITHIN = timedelta(minutes=10), timedelta(minutes=15), timedelta(days=1)


def problems(now: datetime) -> list[str]:
    """Return what is wrong with the mails at `now`, a sentence each, in English; six queries at most."""
    known, found = state.read(), []
    if known.ticked_at is None or known.ticked_at < now - _TICKS_EVERY:
        since = f"since {_words(known.ticked_at)}" if known.ticked_at else "at all"
        found.append(f"Nobody has looked after the mails {since}: the worker, beat or cron does not run.")
    if known.not_planned:
        found.append(f"Mails could not be planned in: {known.not_planned}. The log of the worker says why.")
    if known.refused_us:
        found.append(f"The mail server refuses us: {known.refused_us}. Check MAIL_FROM and the settings of EMAIL_….")
    if stuck := _nothing_leaves(now):
        found.append(stuck)
    waiting = Reminder.objects.filter(state__in=UNSENT).exclude(holding.held()).order_by("next_attempt_at")
    if late := waiting.filter(next_attempt_at__lt=now - _TAKEN_WITHIN).first():
        found.append(f"A mail waits since {_words(late.next_attempt_at)}, and nobody takes it.")
    elif old := waiting.filter(due_at__lt=now - _DUE_WITHIN).first():
        found.append(f"A mail that was due at {_words(old.due_at)} has not left. The delivery log says why.")
    return found


def _nothing_leaves(now: datetime) -> str:
    """Say that no mail has left for an hour although some are tried, whatever is wrong; "" where one has."""
    tried = Reminder.objects.filter(state__in=UNSENT, attempts__gt=0, problem__in=_STANDSTILL)
    oldest = tried.filter(due_at__lt=now - _STANDS_FOR).exclude(holding.held()).order_by("due_at").first()
    if oldest is None or Reminder.objects.filter(sent_at__gte=now - _STANDS_FOR).exists():
        return ""
    problem = Reminder.Problem(oldest.problem).label
    with override(PROGRAMS):
        return f"No mail has left since {_words(now - _STANDS_FOR)}, though some are tried: {problem}"


def holds() -> list[str]:
    """Return what holds all mails, or those of a municipality, with why; one query."""
    active = OutboxHold.objects.filter(released_at__isnull=True, reminder__isnull=True).select_related("municipality")
    return [f"Mails{_whose(one)} are held since {_words(one.since)}: {one.why}" for one in active]


def _whose(one: OutboxHold) -> str:
    return f" of {one.municipality.key}" if one.municipality else ""


def _words(at: datetime) -> str:
    return f"{timezone.localtime(at, HELSINKI):%Y-%m-%d %H:%M} in Helsinki"
