"""What the day's mail says of due dates that come near."""

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.kinds.base import Debt, Row, Section, sample_row
from notifications.kinds.due_soon.owed import about, coming
from notifications.kinds.of_plans import row_of, views_by_key
from toimenpiteet.dates import day_words
from toimenpiteet.selectors.plan.view import PlanView
from toimenpiteet.selectors.translated import Text

if TYPE_CHECKING:
    from notifications.situation import Situation


def sections(situation: "Situation", debts: list[Debt], limit: int) -> list[Section]:
    """Return one section with the plans and steps that are due soon."""
    still = situation.fresh("due_soon", lambda: {about(one) for one in coming(situation)})
    debts = [debt for debt in debts if debt.about in still]
    if not debts:
        return []
    views = views_by_key(debts, situation, limit)
    shown = [debt for debt in debts if debt.plan_id in views][:limit]
    return [_section(tuple(_row(views[debt.plan_id or 0], debt) for debt in shown), len(debts), debts)]


def sample() -> Section:
    """Return a section of an invented step that is due."""
    said = _("a step is due %(day)s") % {"day": day_words(date(2030, 6, 28))}
    return _section((sample_row(said),), 1, [])


def _section(rows: tuple[Row, ...], count: int, debts: list[Debt]) -> Section:
    subject = ngettext("%(count)s due date is near", "%(count)s due dates are near", count) % {"count": count}
    return Section(
        "due_soon",
        heading=Text(_("Due soon")),
        subject=subject,
        tells=tuple(debts),
        rows=rows,
        count=count,
        more_url=f"{settings.PUBLIC_URL}/odottaa/",
        more_words=_("See all that waits for you"),
    )


def _row(view: PlanView, debt: Debt) -> Row:
    what, _key, day = debt.about.split()
    words = {"day": day_words(date.fromisoformat(day))}
    return row_of(view, (_("a step is due %(day)s") if what == "step" else _("due %(day)s")) % words)
