"""What the day's mail says of the director's week: numbers, each a link to the list behind it."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.kinds.base import Debt, Row, Section
from notifications.kinds.weekly.week import Week, stands
from toimenpiteet.selectors.translated import Text

if TYPE_CHECKING:
    from notifications.situation import Situation


def sections(situation: "Situation", debts: list[Debt], limit: int) -> list[Section]:  # noqa: ARG001  # as every kind
    """Return one section with what stands in the week, or none where nothing does."""
    section = _section(stands(situation), debts)
    return [section] if section.rows else []


def sample() -> Section:
    """Return a section of an invented week."""
    return _section(Week(12, 3, 2, 1), [])


def _section(week: Week, debts: list[Debt]) -> Section:
    late = ngettext("%(count)s action item is late", "%(count)s action items are late", week.late)
    silent = ngettext("%(count)s answer is missing", "%(count)s answers are missing", week.silent)
    waits = ngettext("%(count)s waits for your approval", "%(count)s wait for your approval", week.approvals)
    failed = ngettext("%(count)s mail did not arrive", "%(count)s mails did not arrive", week.failed)
    lines = [
        (week.late, late, "/myohassa/"),
        (week.silent, silent, "/odottaa/"),
        (week.approvals, waits, "/odottaa/"),
        (week.failed, failed, "/muistutukset/?state=failed"),
    ]
    rows = tuple(
        Row(Text(words % {"count": count}), settings.PUBLIC_URL + path) for count, words, path in lines if count
    )
    subject = f"{_('your week')}: {rows[0].title}" if rows else _("your week")
    return Section("weekly", Text(_("Your week")), subject, tuple(debts), rows=rows, count=len(rows))
