"""What the day's mail says of decisions."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.kinds.base import Debt, Row, Section, sample_row
from notifications.kinds.of_plans import row_of, views_by_key
from toimenpiteet.selectors.translated import Text

if TYPE_CHECKING:
    from notifications.situation import Situation


def sections(situation: "Situation", debts: list[Debt], limit: int) -> list[Section]:
    """Return one section with what was decided."""
    views = views_by_key(debts, situation, limit)
    rows = (row_of(views[debt.plan_id], _said(debt), words=debt.words) for debt in debts if debt.plan_id in views)
    return [_section(tuple(rows), len(debts), debts)]


def sample() -> Section:
    """Return a section of an invented decision."""
    return _section((sample_row(_("The completion was approved.")),), 1, [])


def _section(rows: tuple[Row, ...], count: int, debts: list[Debt]) -> Section:
    subject = ngettext("%(count)s decision", "%(count)s decisions", count) % {"count": count}
    return Section(
        "decided",
        heading=Text(_("Decided")),
        subject=subject,
        tells=tuple(debts),
        rows=rows,
        count=count,
        more_url=f"{settings.PUBLIC_URL}/odottaa/muutokset/",
        more_words=_("See what is new"),
    )


def _said(debt: Debt) -> str:
    if debt.about.startswith("move "):
        return _("The completion was approved.")
    return _("The proposed change was decided on.")
