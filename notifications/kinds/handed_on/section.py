"""What the day's mail says of what a colleague handed on: a section for each round, each with a link to answer."""

from collections import defaultdict
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications import links
from notifications.kinds.base import Debt, Row, Section, sample_row
from notifications.kinds.of_plans import row_of, views_by_key
from toimenpiteet.selectors.history.happenings import handed_on
from toimenpiteet.selectors.translated import Text

if TYPE_CHECKING:
    from notifications.situation import Situation


def sections(situation: "Situation", debts: list[Debt], limit: int) -> list[Section]:
    """Return one section for each round in which something handed on waits still."""
    still = {one.about for one, _person in handed_on(situation.municipality, situation.now)}
    by_round: dict[int, list[Debt]] = defaultdict(list)
    for debt in debts:
        if debt.about in still and debt.round_id:
            by_round[debt.round_id].append(debt)
    return [_section(situation, round_id, own, limit) for round_id, own in sorted(by_round.items())]


def sample() -> Section:
    """Return a section of an invented plan that was handed on."""
    words = _("You know this better.")
    return _built((sample_row(words=words),), 1, [], f"{settings.PUBLIC_URL}/odottaa/")


def _section(situation: "Situation", round_id: int, debts: list[Debt], limit: int) -> Section:
    views = views_by_key(debts, situation, limit)
    rows = (row_of(views[debt.plan_id], words=debt.words) for debt in debts if debt.plan_id in views)
    leads_to = links.answering(round_id, by_link=situation.municipality.answer_by_link)
    return _built(tuple(rows), len(debts), debts, leads_to)


def _built(rows: tuple[Row, ...], count: int, debts: list[Debt], leads_to: str) -> Section:
    return Section(
        "handed_on",
        heading=Text(_("Handed on to you")),
        subject=ngettext("%(count)s handed on to you", "%(count)s handed on to you", count) % {"count": count},
        tells=tuple(debts),
        lead=_("A colleague asks you to answer in their place. They stay responsible, and are told when you have."),
        rows=rows,
        count=count,
        more_url=leads_to,
        more_words=_("Answer now"),
    )
