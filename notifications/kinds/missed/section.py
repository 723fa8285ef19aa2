"""What the day's mail says of reminders that came too late."""

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.kinds.base import Debt, Row, Section
from notifications.models import Reminder
from toimenpiteet.calendar import end_of_day, start_of_day
from toimenpiteet.dates import day_words
from toimenpiteet.selectors.translated import Text

if TYPE_CHECKING:
    from notifications.situation import Situation


def sections(situation: "Situation", debts: list[Debt], limit: int) -> list[Section]:
    """Return one section with a line for each day on which mails were given up."""
    days = [date.fromisoformat(debt.about) for debt in debts]
    return [_section(tuple(_row(situation, day) for day in days[:limit]), len(days), debts)]


def sample() -> Section:
    """Return a section of an invented outage."""
    return _section((_line(date(2030, 6, 28), 17),), 1, [])


def _section(rows: tuple[Row, ...], count: int, debts: list[Debt]) -> Section:
    return Section(
        "missed",
        Text(_("Reminders that were not sent in time")),
        _("reminders were not sent in time"),
        tuple(debts),
        lead=_("The mails stood still while their time passed. Whoever answers may have to be told otherwise."),
        rows=rows,
        count=count,
        more_url=f"{settings.PUBLIC_URL}/muistutukset/?state=cancelled",
        more_words=_("See the mails"),
    )


def _row(situation: "Situation", day: date) -> Row:
    count = Reminder.objects.filter(
        municipality=situation.municipality,
        reason=Reminder.Reason.TOO_LATE,
        settled_at__gte=start_of_day(day),
        settled_at__lt=end_of_day(day),
    ).count()
    return _line(day, count)


def _line(day: date, count: int) -> Row:
    words = ngettext("%(day)s: %(count)s mail", "%(day)s: %(count)s mails", count)
    said = words % {"day": day_words(day), "count": count}
    return Row(Text(said), f"{settings.PUBLIC_URL}/muistutukset/?state=cancelled&since={day}&until={day}")
