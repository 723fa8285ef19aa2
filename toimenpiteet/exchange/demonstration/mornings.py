"""The mornings on which the demonstration's reminders may have gone out: those before the past reporting deadlines."""

from datetime import datetime, time

from toimenpiteet.calendar import HELSINKI, RoundRule, add_working_days, local_day, rounds_of_year
from toimenpiteet.exchange.demonstration.cast import MUNICIPALITIES
from toimenpiteet.exchange.demonstration.staging import beginning
from toimenpiteet.models import CalendarEntry

_WORKING_DAYS = 22
_DEADLINES = 2


def mornings(now: datetime) -> list[datetime]:
    """Return the working mornings at nine (Europe/Helsinki) before the last two deadlines of the story."""
    first, last = local_day(beginning(now)), local_day(now)
    entries = CalendarEntry.objects.filter(strategy__municipality__key__in=MUNICIPALITIES)
    rules = {RoundRule(entry.kind, entry.month, entry.day) for entry in entries}
    years = range(first.year, last.year + 1)
    dues = sorted({found.due_on for year in years for found in rounds_of_year(rules, year, shift=True)})
    past = [due for due in dues if first < due < last][-_DEADLINES:]
    days = {add_working_days(due, -before) for due in past for before in range(_WORKING_DAYS)}
    return [datetime.combine(day, time(9), HELSINKI) for day in sorted(days)]
