"""What the day's mail says of answers to what was handed on."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.kinds.base import Debt, Section
from notifications.kinds.of_plans import row_of, views_by_key
from notifications.names import marked
from toimenpiteet.selectors.translated import Text
from toimenpiteet.services.text import one_line

if TYPE_CHECKING:
    from notifications.situation import Situation


def sections(situation: "Situation", debts: list[Debt], limit: int) -> list[Section]:
    """Return one section with what was answered."""
    views = views_by_key(debts, situation, limit)
    count = len(debts)
    rows = tuple(row_of(views[debt.plan_id], _said(debt)) for debt in debts if debt.plan_id in views)
    return [
        Section(
            "answered_for",
            heading=Text(_("Answered for you")),
            subject=ngettext("%(count)s answered for you", "%(count)s answered for you", count) % {"count": count},
            tells=tuple(debts),
            rows=rows,
            count=count,
            more_url=f"{settings.PUBLIC_URL}/odottaa/",
            more_words=_("See all that waits for you"),
        )
    ]


def _said(debt: Debt) -> str:
    return _("%(name)s answered.") % {"name": marked(one_line(debt.words), None)}
