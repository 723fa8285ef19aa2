"""Dates in words, in the active language, at the precision at which they were stated."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from toimenpiteet.calendar import HELSINKI, Precision, working_days_between
from toimenpiteet.labels import Label

_IN_MONTH: tuple[Label, ...] = (
    gettext_lazy("in January %(year)s"),
    gettext_lazy("in February %(year)s"),
    gettext_lazy("in March %(year)s"),
    gettext_lazy("in April %(year)s"),
    gettext_lazy("in May %(year)s"),
    gettext_lazy("in June %(year)s"),
    gettext_lazy("in July %(year)s"),
    gettext_lazy("in August %(year)s"),
    gettext_lazy("in September %(year)s"),
    gettext_lazy("in October %(year)s"),
    gettext_lazy("in November %(year)s"),
    gettext_lazy("in December %(year)s"),
)
_IN_SEASON: dict[int, Label] = {
    5: gettext_lazy("in spring %(year)s"),
    8: gettext_lazy("in summer %(year)s"),
    11: gettext_lazy("in autumn %(year)s"),
}
_IN_HALF: dict[int, Label] = {
    6: gettext_lazy("in the first half of %(year)s"),
    12: gettext_lazy("in the second half of %(year)s"),
}


def day_words(day: date) -> str:
    """Return a day as it is written in the active language, such as '30.11.2020'."""
    return date_format(day, pgettext("date format", "j M Y"))


def moment_words(at: datetime) -> str:
    """Return an instant as day and time in Europe/Helsinki, such as '30.11.2020 klo 14.05'."""
    local = timezone.localtime(at, HELSINKI)
    return date_format(local, pgettext("date and time format", "j M Y H:i"))


def due_words(day: date, precision: str) -> str:
    """Return a due date at its stated `precision` (calendar.Precision), such as 'syksyllä 2021'."""
    year = {"year": day.year}
    match Precision(precision):
        case Precision.DAY:
            return day_words(day)
        case Precision.MONTH:
            return str(_IN_MONTH[day.month - 1]) % year
        case Precision.SEASON:
            return str(_IN_SEASON[day.month]) % year
        case Precision.HALF:
            return str(_IN_HALF[day.month]) % year
        case Precision.YEAR_END:
            return _("by the end of %(year)s") % year
        case Precision.YEAR:
            return _("in %(year)s") % year


def distance_words(day: date, today: date) -> str:
    """Return how far `day` is: '3 working days left', 'today', '2 weeks late', '4 years late'."""
    late = (today - day).days
    if late <= 0:
        return _left(day, today)
    if late < 14:  # below two weeks days are plainer than weeks
        return ngettext("%(count)s day late", "%(count)s days late", late) % {"count": late}
    if late < 60:
        return ngettext("%(count)s week late", "%(count)s weeks late", late // 7) % {"count": late // 7}
    if late < 730:
        return ngettext("%(count)s month late", "%(count)s months late", late // 30) % {"count": late // 30}
    return ngettext("%(count)s year late", "%(count)s years late", late // 365) % {"count": late // 365}


def _left(day: date, today: date) -> str:
    if day == today:
        return _("due today")
    # Some five weeks; beyond that working days say nothing, and counting them would take long.
    if (day - today).days <= 60 and (left := working_days_between(today, day)) <= 25:
        return ngettext("%(count)s working day left", "%(count)s working days left", left) % {"count": left}
    months = (day - today).days // 30
    if months < 24:
        return ngettext("%(count)s month left", "%(count)s months left", months) % {"count": months}
    years = (day - today).days // 365
    return ngettext("%(count)s year left", "%(count)s years left", years) % {"count": years}
