"""Dates in words, in the active language, at the precision at which they were stated."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from toimenpiteet import labels
from toimenpiteet.calendar import HELSINKI, Precision, day_of_year, months_between, working_days_between
from toimenpiteet.labels import DATED, Label
from toimenpiteet.round_days import Flaw, Rule, Weekday, Which, parse_rule

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
_MONTHS = {Precision.MONTH: 1, Precision.SEASON: 3, Precision.HALF: 6, Precision.YEAR: 12}
_LEAP_YEAR = 2000  # has every day of the year


def day_words(day: date) -> str:
    """Return a day as it is written in the active language, such as '30.11.2020'."""
    return date_format(day, pgettext("date format", "j M Y"))


def day_of_year_words(month: int, day: int) -> str:
    """Return a day that comes every year as it is written in the active language, such as '30.6.'."""
    without_year = pgettext("date format", "j M Y").replace("Y", "").strip()
    return date_format(day_of_year(_LEAP_YEAR, month, day), without_year)


def rule_words(text: str) -> str:
    """Return the rule of a day of a round in words, such as 'last Monday up to 28.3.' (see round_days.parse_rule)."""
    rule = parse_rule(text)
    words = {"count": abs(rule.number), "number": rule.number, "month": str(labels.IN_MONTH[rule.month - 1])}
    match rule.of:
        case "never":
            return pgettext("rule", "not held")
        case "day":
            return day_of_year_words(rule.month, rule.day)
        case "working_day" if rule.number:
            return _("first working day %(month)s") % words
        case "working_day":
            return _("last working day %(month)s") % words
        case "after":
            return _counted_words(rule)
    return _weekday_words(rule, words)


def _counted_words(rule: Rule) -> str:
    other = str(labels.ROUND_DAY[Which(rule.other)]) if rule.other else day_of_year_words(rule.month, rule.day)
    words = {"count": abs(rule.number), "day": other}
    if rule.number > 0:
        return (
            ngettext("%(count)s working day after: %(day)s", "%(count)s working days after: %(day)s", rule.number)
            % words
        )
    return (
        ngettext("%(count)s working day before: %(day)s", "%(count)s working days before: %(day)s", -rule.number)
        % words
    )


def _weekday_words(rule: Rule, words: dict[str, Any]) -> str:
    words |= {"weekday": str(labels.WEEKDAY[Weekday(rule.other)])}
    if rule.number:
        return _("%(weekday)s number %(number)s %(month)s") % words
    if rule.day:
        return _("last %(weekday)s up to %(day)s") % (words | {"day": day_of_year_words(rule.month, rule.day)})
    return _("last %(weekday)s %(month)s") % words


def flaw_words(found: Flaw) -> str:
    """Return what is wrong with a strategy's calendar of rounds, and what to do."""
    words = {"day": str(labels.ROUND_DAY[found.which]), "year": found.year}
    if found.other is None:
        return _("A round cannot do without the day “%(day)s”. Give it a rule.") % words
    words["other"] = str(labels.ROUND_DAY[found.other])
    return _("In the round of %(year)s “%(day)s” would come after “%(other)s”. Change one of the rules.") % words


def span_words(start: date | None, end: date, precision: str) -> str:
    """Return from when to when something lasted; `end` is stated at `precision`, `start` is a day or None."""
    if start is None or start == end or start == _first_day(end, precision):
        return due_words(end, precision)
    if precision == Precision.DAY:
        return f"{day_words(start)} – {day_words(end)}"
    if precision == Precision.YEAR and (start.month, start.day) == (1, 1):
        return f"{start.year}–{end.year}"
    return _("from %(start)s, ending %(end)s") % {"start": day_words(start), "end": due_words(end, precision)}


def _first_day(last: date, precision: str) -> date | None:
    """Return the first day of the month, season, half-year or year that ends on `last`; None for other precisions."""
    months = _MONTHS.get(Precision(precision))
    return date(last.year, last.month - months + 1, 1) if months else None


def moment_words(at: datetime) -> str:
    """Return an instant as day and time in Europe/Helsinki, such as '30.11.2020 klo 14.05'."""
    local = timezone.localtime(at, HELSINKI)
    return date_format(local, pgettext("date and time format", "j M Y H:i"))


def time_words(at: datetime) -> str:
    """Return the time of day of an instant in Europe/Helsinki, such as 'klo 14.05'."""
    return date_format(timezone.localtime(at, HELSINKI), pgettext("time format", "H:i"))


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


def due_or_end_words(due_on: date | None, precision: str, end_year: int) -> str:
    """Return a plan's due date in words, or the end of its period's last year where none is stated."""
    return due_words(due_on, precision) if due_on else due_words(date(end_year, 12, 31), Precision.YEAR_END)


def dated_words(kind: str, day: date, precision: str) -> str:
    """Return a step's date with what it means (models.DateKind), such as 'tapahtui 30.11.2020'."""
    return str(DATED[kind]) % {"date": due_words(day, precision)}


def distance_words(day: date, today: date) -> str:
    """Return how far `day` is: '3 working days left', 'today', '2 weeks late', '4 years late'."""
    late = (today - day).days
    if late <= 0:
        return _left(day, today)
    if late < 14:  # below two weeks days are plainer than weeks
        return ngettext("%(count)s day late", "%(count)s days late", late) % {"count": late}
    months = months_between(day, today)
    if months < 2:
        return ngettext("%(count)s week late", "%(count)s weeks late", late // 7) % {"count": late // 7}
    if months < 24:
        return ngettext("%(count)s month late", "%(count)s months late", months) % {"count": months}
    return ngettext("%(count)s year late", "%(count)s years late", months // 12) % {"count": months // 12}


def _left(day: date, today: date) -> str:
    if day == today:
        return _("due today")
    # Some five weeks; beyond that working days say nothing, and counting them would take long.
    if (day - today).days <= 60 and (left := working_days_between(today, day)) <= 25:
        return ngettext("%(count)s working day left", "%(count)s working days left", left) % {"count": left}
    months = months_between(today, day)
    if months < 24:
        return ngettext("%(count)s month left", "%(count)s months left", months) % {"count": months}
    return ngettext("%(count)s year left", "%(count)s years left", months // 12) % {"count": months // 12}
