"""The mornings on which the demonstration's reminders may have gone out: before the answers of past rounds were due."""

from datetime import datetime, time

from toimenpiteet.calendar import HELSINKI, add_working_days, local_day
from toimenpiteet.exchange.demonstration.cast import MUNICIPALITIES
from toimenpiteet.exchange.demonstration.staging import beginning
from toimenpiteet.models import ReportingRound

_WORKING_DAYS = 22
_DEADLINES = 2


def mornings(now: datetime) -> list[datetime]:
    """Return the working mornings at nine (Europe/Helsinki) before the story's last two days for answers."""
    first, last = local_day(beginning(now)), local_day(now)
    rounds = ReportingRound.objects.filter(strategy__municipality__key__in=MUNICIPALITIES)
    dues = rounds.order_by("due_on").values_list("due_on", flat=True).distinct()
    past = [due for due in dues if first < due < last][-_DEADLINES:]
    days = {add_working_days(due, -before) for due in past for before in range(_WORKING_DAYS)}
    return [datetime.combine(day, time(9), HELSINKI) for day in sorted(days)]
