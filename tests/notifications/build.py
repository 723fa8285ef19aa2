"""Rounds, calendars and outbox rows for these tests."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from notifications import planning, ticking
from notifications.models import Reminder
from tests import make
from toimenpiteet.calendar import HELSINKI
from toimenpiteet.models import (
    CalendarEntry,
    PeriodPlan,
    ReportingRound,
    StatusReport,
    Strategy,
    User,
)
from toimenpiteet.services import audited

# The budget round of 2026 opens on Monday 30 November and is due on Thursday 31 December. Its reminder days, counted by
# hand: the opening; 10, 3, 1 working days before (24.–26.12. are off); 1, 5, 9 after (1.1. and 6.1. are off).
OPENS, DUE = date(2026, 11, 30), date(2026, 12, 31)
FIRST, SECOND, THIRD, LAST = OPENS, date(2026, 12, 15), date(2026, 12, 28), date(2026, 12, 30)
LATE, LATER, ABOVE = date(2027, 1, 4), date(2027, 1, 11), date(2027, 1, 15)


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """Return a Helsinki wall-clock time."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=HELSINKI).astimezone(UTC)


def calendar(of: Strategy, *entries: tuple[str, int, int]) -> None:
    """Give a strategy's rounds a day of answers: by default 30 June after the year, and 31 December of it."""
    for kind, month, day in entries or (("annual_report", 6, 30), ("budget", 12, 31)):
        never = dict.fromkeys(("review_ends", "lock", "agenda", "board"), "never")
        rules = {
            "opens": "-30 answers_due",
            "answers_due": f"{month:02d}-{day:02d}",
            **never,
            "council": "+1 answers_due",
        }
        for which, rule in rules.items():
            entry = CalendarEntry(strategy=of, kind=kind, which=which, rule=rule)
            entry.body_fi = "Kaupunginvaltuusto" if which == "council" else ""  # type: ignore[attr-defined]  # modeltranslation's column
            audited.add(entry, make.stamp())


def a_round(of: Strategy, due_on: date = DUE, **fields: Any) -> ReportingRound:
    """Open a round that is due on a day and was opened a month before."""
    values = {
        "kind": "budget",
        "year": due_on.year,
        "opens_on": due_on - timedelta(days=31),
        "decided_on": due_on,
        "due_on": due_on,
    } | fields
    return make.brought(audited.add(ReportingRound(strategy=of, **values), make.stamp()), "open")


def answer(plan: PeriodPlan, asked_in: ReportingRound, said: str = "unchanged", review: str = "none") -> StatusReport:
    """Give a plan's answer in a round."""
    answered = None if said == "nothing" else make.NOW
    report = StatusReport(round=asked_in, plan=plan, said=said, review=review, answered_at=answered)
    return audited.add(report, make.stamp())


class RoundWorld(make.World):
    """A municipality with one open plan, its manager and director, and a round that is due on 31 December 2026."""

    def __init__(self, due_on: date = DUE) -> None:
        super().__init__()
        self.round = a_round(self.strategy, due_on)


def tick(now: datetime) -> ticking.Tick:
    """Run one tick as the worker does."""
    return ticking.tick(now)


def plan(now: datetime) -> list[Reminder]:
    """Plan only."""
    return planning.plan(now)


def only() -> Reminder:
    """Return the only row of the outbox."""
    return Reminder.objects.get()


def crowd(world: RoundWorld, count: int = 3) -> list[User]:
    """Give the unit more managers, so that there are as many mails; return them all."""
    return [world.manager, *(make.member(world.unit) for _ in range(count - 1))]


def states() -> list[str]:
    """Return the states of the outbox's rows."""
    return list(Reminder.objects.order_by("pk").values_list("state", flat=True))
