"""What the day's mail says of what was sent back."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.kinds.base import Debt, Row, Section, sample_row
from notifications.kinds.of_plans import row_of, views_by_key
from toimenpiteet.selectors.history.happenings import sent_back
from toimenpiteet.selectors.translated import Text

if TYPE_CHECKING:
    from notifications.situation import Situation


def sections(situation: "Situation", debts: list[Debt], limit: int) -> list[Section]:
    """Return one section with what was sent back and waits for the receiver still."""
    still = {one.about for one in sent_back(situation.municipality, situation.now)}
    debts = [debt for debt in debts if debt.about in still]
    if not debts:
        return []
    views = views_by_key(debts, situation, limit)
    rows = (row_of(views[debt.plan_id], words=debt.words, late=True) for debt in debts if debt.plan_id in views)
    return [_section(tuple(rows), len({debt.plan_id for debt in debts}), debts)]


def sample() -> Section:
    """Return a section of an invented plan that was sent back."""
    return _section((sample_row(words=_("Say what was done, too.")),), 1, [])


def _section(rows: tuple[Row, ...], count: int, debts: list[Debt]) -> Section:
    subject = ngettext("%(count)s returned to you", "%(count)s returned to you", count) % {"count": count}
    return Section(
        "returned",
        heading=Text(_("Returned to you")),
        subject=subject,
        tells=tuple(debts),
        lead=_("The strategy director asks for more, in these words:"),
        rows=rows,
        count=count,
        more_url=f"{settings.PUBLIC_URL}/odottaa/",
        more_words=_("See what was returned"),
    )
