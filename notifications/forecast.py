"""Which mails are to come: the planner's own rules, day by day, as if nobody answered any more. Reads only."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from notifications import outbox
from notifications.kinds import BY_NAME
from notifications.kinds.base import Debt
from notifications.models import Obligation
from notifications.recipients import Receiver
from notifications.situation import Situation, lasting
from toimenpiteet.calendar import at_hour, is_mail_day, local_day
from toimenpiteet.models import Municipality
from toimenpiteet.reminder_days import parse_quiet

MOST_DAYS = 90
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Foreseen:
    """One mail to come: on which day, to whom, and what it tells, by the names of the kinds with how many things."""

    day: date
    receiver: Receiver
    kinds: dict[str, int]

    @property
    def about(self) -> list[str]:
        """Return the kinds in words, in the active language."""
        return [str(BY_NAME[name].label) for name in self.kinds]


def mails_to_come(municipality: Municipality, now: datetime, days: int = MOST_DAYS) -> Iterator[Foreseen]:
    """Return the mails of the next `days` days (today included), by day and receiver.

    Mails that wait already are those of their day. What happens only by what people do cannot be foreseen.
    """
    quiet, today = parse_quiet(municipality.quiet_days), local_day(now)
    bounced, known = outbox.bounced(municipality, now), _told(municipality)
    had = outbox.had_mail(today, municipality)
    for day in (today + place * _ONE_DAY for place in range(days)):
        if not is_mail_day(day, quiet):
            continue
        at = max(now, at_hour(day, 8)) if day == today else at_hour(day, 8)
        owed = Situation(municipality, at, bounced, foreseen=day > today)
        for key, debts in sorted(owed.debts.items()):
            new = [debt for debt in debts if debt.key(municipality.pk) not in known]
            if not new or (day == today and key in had):
                continue
            known |= {debt.key(municipality.pk) for debt in new}
            yield Foreseen(day, debts[0].receiver, _counts(debts, new))


def _counts(debts: list[Debt], new: list[Debt]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    kinds = {debt.kind for debt in new}
    for debt in {*new, *(debt for debt in lasting(debts) if debt.kind in kinds)}:
        found[debt.kind] += 1
    return dict(sorted(found.items(), key=lambda pair: BY_NAME[pair[0]].order))


def _told(municipality: Municipality) -> set[str]:
    """Return the keys of what needs no telling any more."""
    told = Obligation.objects.filter(reminder__municipality=municipality, outcome=Obligation.Outcome.TOLD)
    return set(told.values_list("key", flat=True))
