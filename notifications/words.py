"""Words that several kinds of mail share; names are marked (notifications.names)."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.names import marked
from notifications.recipients import Told, Why
from toimenpiteet.calendar import working_days_between
from toimenpiteet.selectors.translated import Text
from toimenpiteet.services.text import one_line

_LONGEST = 160


def plain(text: Text) -> Text:
    """Return a document's text as one line: it could otherwise look like lines of the mail's own, or be as long."""
    line = one_line(text.text)
    return Text(line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1].rstrip()}…", text.lang)


def due_left(today: date, due_on: date) -> str:
    """Return how many working days are left."""
    if due_on < today:
        return _("the day is over, a late answer is still taken")
    left = working_days_between(today, due_on)
    if left <= 0:
        return _("today is the last day")
    return ngettext("%(count)s working day left", "%(count)s working days left", left) % {"count": left}


def why_words(told: Told) -> str:
    """Return why it is this receiver who is told, where that is not plain; else ""."""
    match told.why:
        case Why.SUBSTITUTE:
            name = marked(one_line(told.absent), told.absent_id)
            return _("You get this because you stand in for %(name)s.") % {"name": name}
        case Why.MAILBOX:
            return _("This comes to the mailbox of the unit because nobody in charge of it can be reached here.")
        case Why.ABOVE:
            return _("This comes to you because the unit under yours has not answered, or has nobody to ask.")
        case Why.DIRECTOR:
            return _("This comes to you because nobody in charge of the unit can be reached.")
        case _:
            return ""
