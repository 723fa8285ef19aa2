"""What the day's mail says of answers to what was handed on."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.kinds.base import Debt, Row, Section, sample_row
from notifications.kinds.of_plans import row_of, views_by_key
from notifications.names import marked
from toimenpiteet.selectors.translated import Text
from toimenpiteet.services.text import one_line

if TYPE_CHECKING:
    from notifications.situation import Situation


def sections(situation: "Situation", debts: list[Debt], limit: int) -> list[Section]:
    """Return one section with what was answered."""
    views = views_by_key(debts, situation, limit)
    rows = (row_of(views[debt.plan_id], _said(debt.words)) for debt in debts if debt.plan_id in views)
    return [_section(tuple(rows), len(debts), debts)]


def sample() -> Section:
    """Return a section of an invented answer."""
    return _section((sample_row(_said(_("Malla Mallikas"))),), 1, [])


def _section(rows: tuple[Row, ...], count: int, debts: list[Debt]) -> Section:
    subject = ngettext("%(count)s answered for you", "%(count)s answered for you", count) % {"count": count}
    return Section(
        "answered_for",
        heading=Text(_("Answered for you")),
        subject=subject,
        tells=tuple(debts),
        rows=rows,
        count=count,
        more_url=f"{settings.PUBLIC_URL}/odottaa/",
        more_words=_("See all that waits for you"),
    )


def _said(name: str) -> str:
    return _("%(name)s answered.") % {"name": marked(one_line(name), None)}
