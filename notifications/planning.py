"""Which mails should exist at a moment, and their rows in the outbox.

Each kind says what is owed (notifications.kinds); here it comes to hang on the mail of the day of its receiver. A
receiver has one mail that waits at most: what comes to be owed joins it, and when today's has left, that of the next
mail day. Running it again, or five times at once, changes nothing: the keys are UNIQUE and come from what is owed.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from notifications import drafts, outbox
from notifications.kinds.base import Debt
from notifications.models import DAY, UNSENT, Obligation, Reminder
from notifications.recipients import Receiver
from notifications.situation import Situation
from toimenpiteet.calendar import at_hour, local_day, next_mail_day, next_send_time, start_of_day
from toimenpiteet.models import Municipality
from toimenpiteet.models.strategy import StrategyStatus
from toimenpiteet.reminder_days import parse_quiet
from toimenpiteet.selectors.batches import in_batches

log = logging.getLogger(__name__)
_BATCH = 1000
_ONE_DAY = timedelta(days=1)


def plan(now: datetime, problems: list[str] | None = None) -> list[Reminder]:
    """Insert the rows that should exist at `now` and do not; return them (of other planners' rows at once: none).

    What could not be planned is logged, and named in `problems`.
    """
    made: list[Reminder] = []
    for municipality in mailing():
        try:
            made += _Planner(situation(municipality, now), now).plan()
        except Exception:
            # Whatever is wrong in one municipality, the others are told; the next tick tries this one again.
            log.exception("The reminders of municipality %s could not be planned.", municipality.pk)
            (problems if problems is not None else []).append(municipality.key)
    return made


def mailing() -> "QuerySet[Municipality]":
    """Return the municipalities in which anything can be owed: those with an adopted strategy."""
    adopted = Q(strategies__status=StrategyStatus.ADOPTED)
    return Municipality.objects.filter(adopted).distinct().order_by("pk")


def situation(municipality: Municipality, now: datetime) -> Situation:
    """Return what is owed in `municipality` when mails may leave next after `now`."""
    sends_at = next_send_time(now, parse_quiet(municipality.quiet_days))
    return Situation(municipality, sends_at, outbox.bounced(municipality, now))


@dataclass(frozen=True)
class _Mail:
    """A mail that exists, as far as planning needs it."""

    pk: int
    receiver: str
    day: date
    key: str
    state: str
    sent_at: datetime | None


class _Planner:
    """Hangs what is owed in one municipality on the mails of its receivers."""

    def __init__(self, owed: Situation, now: datetime) -> None:
        self.owed, self.now = owed, now
        self.home = owed.municipality.pk

    def plan(self) -> list[Reminder]:
        debts = {debt.key(self.home): debt for own in self.owed.debts.values() for debt in own}
        known = dict(self._known(debts))
        waiting = {key: at for key, at in known.items() if at is not None}
        todo = {key: debt for key, debt in debts.items() if key not in known or key in waiting}
        if not todo:
            return []
        mails = self._mails({debt.receiver.key for debt in todo.values()})
        days = {debt.receiver.key: self._day_of(mails[debt.receiver.key]) for debt in todo.values()}
        there = {receiver: self._open(mails[receiver], day) for receiver, day in days.items()}
        hung = {key: pk for key, pk in waiting.items() if pk != there[todo[key].receiver.key]}
        missing = [debt for key, debt in todo.items() if key not in known or (key in hung)]
        return self._insert(missing, set(hung), days, there) if missing else []

    def _known(self, keys: Iterable[str]) -> Iterator[tuple[str, int | None]]:
        """Return the obligations that exist, each with the mail that it waits on; None: it is settled."""
        planned = Obligation.Outcome.PLANNED
        for some in in_batches(sorted(keys), _BATCH):
            rows = Obligation.objects.filter(key__in=some).values_list("key", "outcome", "reminder_id")
            yield from ((key, pk if outcome == planned else None) for key, outcome, pk in rows)

    def _mails(self, receivers: Iterable[str]) -> Mapping[str, list[_Mail]]:
        """Return by receiver the mails that wait, and those of today and later days; one query per 1,000."""
        found: dict[str, list[_Mail]] = defaultdict(list)
        recent = Q(state__in=UNSENT) | Q(day__gte=self.owed.day) | Q(sent_at__gte=start_of_day(self.owed.day))
        ours = Reminder.objects.filter(recent, municipality=self.home, kind=DAY, again_of__isnull=True).order_by("day")
        for some in in_batches(sorted(receivers), _BATCH):
            rows = ours.filter(recipient_key__in=some)
            for row in rows.values_list("pk", "recipient_key", "day", "key", "state", "sent_at"):
                found[row[1]].append(_Mail(*row))
        return found

    def _day_of(self, mails: list[_Mail]) -> date:
        """Return the first mail day on which the receiver may get a mail: today, or the next after today's."""
        day = self.owed.day
        taken = {mail.day for mail in mails if mail.state not in UNSENT and "#" not in mail.key}
        taken |= {local_day(mail.sent_at) for mail in mails if mail.sent_at}
        while day in taken:
            day = next_mail_day(day + _ONE_DAY, self.owed.quiet)
        return day

    @staticmethod
    def _open(mails: list[_Mail], day: date) -> int | None:
        """Return the mail that waits and leaves by `day`; a row of a later day keeps nobody waiting."""
        return next((mail.pk for mail in mails if mail.state in UNSENT and mail.day <= day), None)

    def _insert(
        self, missing: list[Debt], hung: set[str], days: Mapping[str, date], there: Mapping[str, int | None]
    ) -> list[Reminder]:
        # In one order, so that planners at once wait for each other and never in a ring.
        receivers = {debt.receiver.key: debt.receiver for debt in missing if there[debt.receiver.key] is None}
        who = drafts.recorded_all(receivers.values())
        new_mails = [self._draft(receivers[key], who[key], days[key]) for key in sorted(receivers)]
        with transaction.atomic():
            Reminder.objects.bulk_create(new_mails, ignore_conflicts=True, batch_size=_BATCH)
            keys = [row.key for row in new_mails]
            found = [row for some in in_batches(keys, _BATCH) for row in Reminder.objects.filter(key__in=some)]
            mails = {row.recipient_key: row for row in found}
            old = [pk for debt in missing if (pk := there[debt.receiver.key])]
            for some in in_batches(sorted(set(old)), _BATCH):
                mails |= {row.recipient_key: row for row in Reminder.objects.filter(pk__in=some)}
            rows = [drafts.obligation(debt, mails[debt.receiver.key]) for debt in missing]
            new = [row for row in rows if row.key not in hung]
            Obligation.objects.bulk_create(new, ignore_conflicts=True, batch_size=_BATCH)
            self._move({row.key: row.reminder_id for row in rows if row.key in hung})
        ours = {row.message_id for row in new_mails}
        return [row for row in found if row.message_id in ours]

    @staticmethod
    def _move(mails: Mapping[str, int]) -> None:
        """Let what waits on a mail of a later day, or on one that has left meanwhile, go with these; by its keys."""
        for some in in_batches(sorted(mails), _BATCH):
            planned = Obligation.objects.filter(key__in=some, outcome=Obligation.Outcome.PLANNED)
            waiting = list(planned.select_for_update().order_by("key"))
            for one in waiting:
                one.reminder_id = mails[one.key]
            Obligation.objects.bulk_update(waiting, ["reminder"])

    def _draft(self, receiver: Receiver, who: Mapping[str, Any], day: date) -> Reminder:
        sends_at = max(self.owed.next_send_time(self.now), at_hour(day, receiver.hour))
        return drafts.draft(self.owed.municipality, receiver, who, day, sends_at, self.now)
