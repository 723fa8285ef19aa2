"""Which mails should exist at a moment, and their rows in the outbox.

One row is one obligation: to tell one receiver of one municipality, on one reminder day, everything that their units
have open before the deadlines that are near, or of which the strategy director asked that they be reminded. The pure
core is ``wanted``; what surrounds it reads and inserts. Running it again, or five times at once, changes nothing: the
key is UNIQUE and comes from the obligation alone.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from notifications import outbox, recipients
from notifications.models import Reminder, ReminderPart
from notifications.recipients import EVERY_STAGE, Directory, Receiver, Told
from toimenpiteet.calendar import end_of_day, local_day, next_send_time, reminder_day, start_of_day
from toimenpiteet.models import Municipality, Nudge, ReportingRound
from toimenpiteet.models.strategy import StrategyStatus
from toimenpiteet.selectors.plan import open_plans

log = logging.getLogger(__name__)
# No 21 working days last longer, whatever holidays fall among them.
_HORIZON = timedelta(days=60)
# How long a reminder that was asked for is owed, if no mail could be planned: an outage of days, not of a season.
_REMEMBERED = timedelta(days=7)


@dataclass(frozen=True)
class Part:
    """A unit of the receiver's in one round, and the units in whose name the plans reach it."""

    round_id: int
    told: Told
    sources: frozenset[int]


@dataclass(frozen=True)
class Asked:
    """That somebody asked at an instant that a unit be reminded, and the day of the mail that tells it."""

    at: datetime
    day: date


@dataclass(frozen=True)
class Wanted:
    """One mail that should exist: `day` is the latest reminder day that has come.

    `asked_at` is when somebody last asked that this receiver be reminded, None where nobody did.
    """

    receiver: Receiver
    day: date
    parts: tuple[Part, ...]
    asked_at: datetime | None = None


@dataclass(frozen=True)
class Situation:
    """What is owed in one municipality on one day (Europe/Helsinki)."""

    municipality: Municipality
    day: date
    rounds: Mapping[int, ReportingRound]
    wanted: Mapping[str, Wanted] = field(default_factory=dict)


@lru_cache(maxsize=1024)
def stage_day(due_on: date, day: date, stages: tuple[int, ...]) -> date | None:
    """Return the latest of the reminder days before `due_on` that has come on `day`, or None (also after `due_on`).

    After an outage the days that were missed are so replaced by the last of them: one mail, not three.
    """
    if day > due_on:
        return None
    return max((at for at in (reminder_day(due_on, stage) for stage in stages) if at <= day), default=None)


def wanted(
    due: Mapping[int, date],
    asked: Mapping[int, Iterable[int]],
    directory: Directory,
    nudges: Mapping[tuple[int, int], Asked] = MappingProxyType({}),
) -> dict[str, Wanted]:
    """Return the mails that should exist, by receiver. Pure.

    `due` gives the deadline of each round, `asked` the units that have something open in it, `nudges` which of them, by
    round and unit, somebody asked to remind.
    """
    days: dict[str, date] = {}
    receivers: dict[str, Receiver] = {}
    sources: dict[str, dict[tuple[int, int], set[int]]] = defaultdict(lambda: defaultdict(set))
    reasons: dict[tuple[str, int, int], Told] = {}
    asked_at: dict[str, datetime] = {}
    for round_id, units in sorted(asked.items(), key=lambda pair: (due[pair[0]], pair[0])):
        for unit in sorted(units):
            nudge = nudges.get((round_id, unit))
            for told in directory.told(unit):
                stage = stage_day(due[round_id], directory.day, told.receiver.stages)
                day = max((one for one in (stage, nudge and nudge.day) if one), default=None)
                if day is None:
                    continue
                key = told.receiver.key
                if nudge:
                    asked_at[key] = max(nudge.at, asked_at.get(key, nudge.at))
                receivers[key] = told.receiver
                days[key] = max(day, days.get(key, day))
                sources[key][round_id, told.unit].add(unit)
                reasons.setdefault((key, round_id, told.unit), told)
    return {
        key: Wanted(
            receivers[key],
            days[key],
            tuple(
                Part(round_id, reasons[key, round_id, unit], frozenset(names))
                for (round_id, unit), names in sources[key].items()
            ),
            asked_at.get(key),
        )
        for key in sources
    }


def near_rounds(day: date) -> list[ReportingRound]:
    """Return the rounds of adopted strategies of which somebody may have to be told on `day`.

    Their deadlines are near, or somebody asked that a unit be reminded in them.
    """
    near = Q(due_on__gte=day, due_on__lte=day + _HORIZON)
    rounds = (
        ReportingRound.objects.annotate(nudged=Exists(_nudges(day).filter(round=OuterRef("pk"))))
        .filter(near | Q(nudged=True), strategy__status=StrategyStatus.ADOPTED)
        .exclude(status__in=ReportingRound.CLOSED)
        .select_related("strategy__municipality")
        .order_by("due_on", "pk")
    )
    return [one for one in rounds if one.nudged or stage_day(one.due_on, day, EVERY_STAGE)]


def _nudges(day: date) -> "QuerySet[Nudge]":
    return Nudge.objects.filter(at__gte=start_of_day(day - _REMEMBERED), at__lt=end_of_day(day))


def nudged_in(rounds: Collection[int], day: date) -> dict[tuple[int, int], Asked]:
    """Return the units of which somebody asked lately, by round and unit, that they be reminded; one query."""
    rows = _nudges(day).filter(round__in=rounds).order_by("at")
    found = {}
    for round_id, unit, of_plan, at in rows.values_list("round", "unit", "plan__unit_links__unit", "at"):
        sends_on = local_day(next_send_time(at))
        if sends_on <= day:
            found[round_id, unit or of_plan] = Asked(at, sends_on)
    return found


def situation(municipality: Municipality, rounds: Iterable[ReportingRound], day: date) -> Situation:
    """Read what is owed in `municipality` on `day` in those of the near `rounds` that are its own."""
    own = {one.pk: one for one in rounds if one.strategy.municipality_id == municipality.pk}
    asked = {pk: open_plans.units_asked(one) for pk, one in own.items()}
    if not any(asked.values()):
        return Situation(municipality, day, own)
    directory = recipients.load(municipality, day)
    due = {pk: one.due_on for pk, one in own.items()}
    return Situation(municipality, day, own, wanted(due, asked, directory, nudged_in(own.keys(), day)))


def plan(now: datetime) -> list[Reminder]:
    """Insert the rows that should exist at `now` and do not; return them (of other planners' rows at once: none)."""
    sends_at = next_send_time(now)
    day = local_day(sends_at)
    rounds = near_rounds(day)
    municipalities = {one.strategy.municipality_id: one.strategy.municipality for one in rounds}
    made: list[Reminder] = []
    for pk in sorted(municipalities):
        try:
            made += _insert(situation(municipalities[pk], rounds, day), sends_at, now)
        except Exception:
            # Whatever is wrong in one municipality, the others are told; the next tick tries this one again.
            log.exception("The reminders of municipality %s could not be planned.", pk)
    return made


def _insert(owed: Situation, sends_at: datetime, now: datetime) -> list[Reminder]:
    by_key = {key_of(owed, one): one for one in owed.wanted.values()}
    by_key |= _asked_since(by_key)
    there = set(Reminder.objects.filter(key__in=list(by_key)).values_list("key", flat=True))
    # In one order, so that planners at once wait for each other and never in a ring.
    missing = sorted(by_key.keys() - there)
    if not missing:
        return []
    rows = [
        outbox.draft(key, owed.municipality, by_key[key].receiver, by_key[key].day, sends_at, now) for key in missing
    ]
    with transaction.atomic():
        Reminder.objects.bulk_create(rows, ignore_conflicts=True)
        found = {row.key: row for row in Reminder.objects.filter(key__in=missing)}
        parts = [
            ReminderPart(reminder=found[key], round_id=part.round_id, unit_id=part.told.unit)
            for key in missing
            for part in by_key[key].parts
        ]
        ReminderPart.objects.bulk_create(parts, ignore_conflicts=True)
    ours = {row.message_id for row in rows}
    return [row for row in found.values() if row.message_id in ours]


def _asked_since(by_key: Mapping[str, Wanted]) -> dict[str, Wanted]:
    """Return, under keys of their own, the mails that somebody asked for after the reminder day's mail had gone.

    A mail that waits still says it all. One that has gone is followed by another, which leaves the next day.
    """
    gone = Reminder.objects.filter(key__in=list(by_key), state=Reminder.State.SENT)
    return {
        f"{key}/asked/{local_day(at).isoformat()}": by_key[key]
        for key, sent_at in gone.values_list("key", "sent_at")
        if (at := by_key[key].asked_at) and sent_at and sent_at < at
    }


def key_of(owed: Situation, one: Wanted) -> str:
    """Return the UNIQUE key of an obligation: one mail per receiver, municipality and reminder day."""
    return f"{Reminder.Kind.ROUND_DUE}:{owed.municipality.pk}:{one.receiver.key}:{one.day.isoformat()}"
