"""The settings that people type in a form of their own: refused in words where they cannot be read."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from toimenpiteet.labels import Label
from toimenpiteet.models import Municipality, Strategy
from toimenpiteet.reminder_days import parse_days, parse_quiet
from toimenpiteet.services.errors import Invalid
from toimenpiteet.synonyms import parse_synonyms

_FLAWS: dict[str, Label] = {
    "days_syntax": _("Write numbers of working days from 1 to 60, such as 10, 3, 1."),
    "days_many": _("Write six days at most: more mails are read by nobody."),
    "quiet_syntax": _("Write from which day to which, such as 1.7.–31.7., and a comma between two of them."),
    "quiet_day": _("There is no such day. Write the day and the month, such as 1.7.–31.7."),
    "synonym_alone": _("Write at least two words on a line, such as päivähoito = varhaiskasvatus."),
    "synonym_many": _("At most 200 lines of 10 words are kept. Leave some out."),
    "synonym_word": _("Write single words of letters and digits, with = or a comma between two of them."),
    "quiet_long": _("More than 200 days of the year would be quiet. Leave more days on which mails may leave."),
}


def days_are_read(strategy: Strategy) -> None:
    """Raise Invalid, naming the field, when the reminders of a strategy are no days."""
    _read(parse_days, strategy.remind_before, "remind_before")
    _read(parse_days, strategy.remind_after, "remind_after")


def weeks_are_read(municipality: Municipality) -> None:
    """Raise Invalid when the quiet weeks of a municipality are none."""
    _read(parse_quiet, municipality.quiet_days, "quiet_days")


def synonyms_are_read(municipality: Municipality) -> None:
    """Raise Invalid when the synonyms of a municipality are none."""
    _read(parse_synonyms, municipality.synonyms, "synonyms")


def _read(parse: Callable[[str], object], text: str, field: str) -> None:
    try:
        parse(text)
    except ValueError as error:
        raise Invalid(str(_FLAWS[str(error)]), field=field) from error
