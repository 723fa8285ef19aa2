"""What the day's mail says of a round: what waits for the receiver, the most urgent first."""

from collections import Counter, defaultdict
from collections.abc import Container
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications import links
from notifications.kinds.base import Debt, Row, Section, sample_row
from notifications.recipients import Why
from notifications.words import due_left, plain, why_words
from toimenpiteet.dates import day_words
from toimenpiteet.labels import occasion
from toimenpiteet.models import ReportingRound
from toimenpiteet.round_days import RoundKind
from toimenpiteet.selectors.people.grants import answering_for
from toimenpiteet.selectors.plan.view import Part, PlanView
from toimenpiteet.selectors.translated import Text, text_of
from toimenpiteet.services.text import one_line

if TYPE_CHECKING:
    from notifications.situation import Situation

ANSWERING = frozenset({Why.MANAGER, Why.SUBSTITUTE, Why.MAILBOX, Why.ABOVE})
"""Those who may answer; the director, who is told when there is nobody else, sees how it stands."""


def sections(situation: "Situation", debts: list[Debt], limit: int) -> list[Section]:
    """Return one section for each round in which something waits still, now."""
    by_round: dict[int, list[Debt]] = defaultdict(list)
    for debt in debts:
        by_round[debt.round_id or 0].append(debt)
    rounds = [(one, by_round[pk]) for pk, one in situation.rounds.items() if pk in by_round]
    named = len({debt.told.unit for debt in debts}) > 1
    found = [_section(situation, one, own, limit, named=named) for one, own in rounds]
    return [section for section in found if section]


def sample() -> Section:
    """Return a section of an invented round."""
    day = date(2030, 6, 28)
    return Section(
        "round_due",
        heading=Text(_("The strategy") + " · " + occasion(RoundKind.BUDGET, 2031)),
        subject=_subject(2, day, over=False),
        tells=(),
        lead=_due(day, date(2030, 6, 25)),
        rows=(sample_row(_("2 weeks late"), late=True), sample_row()),
        count=14,
        folded=(_grouped("Palvelualueet", 18),),
        more_url=f"{settings.PUBLIC_URL}/odottaa/",
        more_words=_("Answer now"),
    )


def _section(
    situation: "Situation", asked_in: ReportingRound, debts: list[Debt], limit: int, *, named: bool
) -> Section | None:
    waiting = situation.waiting(asked_in, frozenset[int]().union(*(debt.sources for debt in debts)))
    if not waiting:
        return None
    own, folded = _apart(waiting, debts, situation.directory.members)
    answers = any(debt.told.why in ANSWERING for debt in debts)
    units_waiting = frozenset[int]().union(*waiting.values())
    leads_to = _leads_to(situation, asked_in.pk, answers=answers)
    over = asked_in.due_on < situation.day
    return Section(
        "round_due",
        heading=_heading(situation, asked_in),
        subject=_subject(len(waiting), asked_in.due_on, over=over, moved=any(debt.was for debt in debts)),
        tells=tuple(debt for debt in debts if debt.sources & units_waiting),
        lead=_lead(situation, asked_in, debts),
        why=tuple(dict.fromkeys(words for debt in debts if (words := why_words(debt.told)))),
        rows=_rows(situation, tuple(own[:limit]), leads_to if answers else "", named=named),
        count=len(own),
        folded=_folded(situation, folded),
        more_url=leads_to,
        more_words=_more_words(situation, asked_in.pk, debts) if answers else _("See the round"),
        thread=f"round {asked_in.pk}",
    )


def _apart(
    waiting: dict[int, frozenset[int]], debts: list[Debt], groups_of: Container[int]
) -> tuple[list[int], Counter[int]]:
    """Part what names the receiver's own units from what reaches them by a group, unless there is nothing else."""
    sources = frozenset[int]().union(*(debt.sources for debt in debts))
    own = {debt.told.unit for debt in debts} | {unit for unit in sources if unit not in groups_of}
    named = [plan for plan, units in waiting.items() if units & own]
    if not named:
        return list(waiting), Counter()
    groups = [min(units & sources) for plan, units in waiting.items() if not units & own]
    return named, Counter(groups)


def _leads_to(situation: "Situation", round_id: int, *, answers: bool) -> str:
    """Return where the button leads: who answers may do so without signing in, unless the city wants them to."""
    if not answers:
        return settings.PUBLIC_URL + reverse("review", args=[round_id])
    return links.answering(round_id, by_link=situation.municipality.answer_by_link)


def _more_words(situation: "Situation", round_id: int, debts: list[Debt]) -> str:
    """Return what the button says; a mailbox may be of a unit for which nobody has the right to answer yet."""
    units = {debt.told.unit for debt in debts}
    only_mailbox = all(debt.told.why is Why.MAILBOX and debt.receiver.person_id is None for debt in debts)
    if only_mailbox and not answering_for(round_id, units, situation.day):
        return _("See who may answer")
    return _("Answer now")


def _heading(situation: "Situation", asked_in: ReportingRound) -> Text:
    strategy = plain(text_of(asked_in.strategy, "name", situation.municipality.language))
    return Text(f"{strategy.text} · {asked_in.occasion}", strategy.lang)


def _subject(count: int, due_on: date, *, over: bool, moved: bool = False) -> str:
    words = {"count": count, "day": day_words(due_on)}
    if moved and not over:
        return (
            ngettext(
                "the day was moved: %(count)s answer by %(day)s",
                "the day was moved: %(count)s answers by %(day)s",
                count,
            )
            % words
        )
    if over:
        return (
            ngettext(
                "%(count)s answer is missing, it was due by %(day)s",
                "%(count)s answers are missing, they were due by %(day)s",
                count,
            )
            % words
        )
    return ngettext("%(count)s answer by %(day)s", "%(count)s answers by %(day)s", count) % words


def _lead(situation: "Situation", asked_in: ReportingRound, debts: list[Debt]) -> str:
    asked = [debt for debt in debts if ":asked " in debt.about]
    due = _due(asked_in.due_on, situation.day)
    if not asked:
        return due
    said = next((words for debt in asked if (words := one_line(debt.words))), "")
    if moved := next((debt.was for debt in asked if debt.was), None):
        days = {"old": day_words(moved), "new": day_words(asked_in.due_on), "why": said}
        return f"{_('The day of answers was moved from %(old)s to %(new)s: %(why)s.') % days} {due}"
    return f"{due} {said or _('The strategy director asks how it stands.')}"


def _due(due_on: date, today: date) -> str:
    return _("Answers by %(day)s: %(left)s.") % {"day": day_words(due_on), "left": due_left(today, due_on)}


def _rows(situation: "Situation", plans: tuple[int, ...], answered_at: str, *, named: bool) -> tuple[Row, ...]:
    def make() -> tuple[Row, ...]:
        shown = situation.views(plans, frozenset({Part.UNITS} if named else ()))
        return tuple(_row(view, answered_at, named=named) for view in shown)

    # The same for all who answer for the same units.
    return situation.once(("round_due", plans, answered_at, named), make)


def _row(view: PlanView, answered_at: str, *, named: bool) -> Row:
    """Return a line about a plan; `answered_at` is the page on which the receiver answers, "" where they do not."""
    parts = [view.period_name.text, str(view.status_label)]
    if named:
        parts.insert(0, ", ".join(unit.name.text for unit in view.units))
    when = f"{view.due_or_end} · {view.distance}"
    return Row(
        title=plain(view.item_name),
        url=f"{answered_at}#vastaus-{view.pk}"
        if answered_at
        else f"{settings.PUBLIC_URL}/toimenpiteet/{view.item_id}/",
        note=one_line(" · ".join(parts)),
        when=f"{when} ({view.late.why})" if view.late else when,
        late=bool(view.late),
        by_button=bool(answered_at),
    )


def _folded(situation: "Situation", groups: Counter[int]) -> tuple[str, ...]:
    names = situation.directory.names
    return tuple(_grouped(one_line(str(names[group])), count) for group, count in groups.items())


def _grouped(name: str, count: int) -> str:
    words = ngettext("%(name)s: %(count)s action item", "%(name)s: %(count)s action items", count)
    return words % {"name": name, "count": count}
