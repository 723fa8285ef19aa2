"""A reminder becomes a mail: one function per kind, which reads everything first and then only renders.

Names come from people and documents. In headers they are one line without control or direction signs, and a name that
looks like an address is left out: what a mail program shows as the sender's or receiver's address is always a real one.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from email.utils import format_datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from notifications.models import Reminder
from notifications.names import filled, marked
from notifications.outbox import Mail, mail_host
from notifications.planning import Part, Situation, Wanted
from notifications.recipients import Why
from toimenpiteet.calendar import HELSINKI, working_days_between
from toimenpiteet.dates import day_words
from toimenpiteet.models import ReportingRound, Unit
from toimenpiteet.selectors.plan import open_plans
from toimenpiteet.selectors.plan.view import PlanView
from toimenpiteet.selectors.translated import Text, text_of
from toimenpiteet.services.text import one_line

_SUBJECT_LIMIT = 200
# A mail program would take these for an address of their own.
_ADDRESS_SIGNS = frozenset('<>@"')


@dataclass(frozen=True)
class Line:
    """One open plan in the mail; `via` names the group or former name by which it reached the unit."""

    row: PlanView
    url: str
    via: str


@dataclass(frozen=True)
class UnitList:
    """What one unit has open; `why` says why this receiver is told, where that is not plain."""

    name: Text
    why: str
    lines: list[Line]


@dataclass(frozen=True)
class RoundList:
    """One round with its deadline."""

    strategy: Text
    occasion: str
    due: str
    left: str
    over: bool
    units: list[UnitList]


@dataclass(frozen=True)
class Letter:
    """Everything that the templates of a mail show: finished values in the receiver's language.

    `over` tells that every deadline in it has passed, `asked` that the strategy director asked for the mail.
    """

    language: str
    municipality: str
    name: str
    demonstration: bool
    items: int
    plans: int
    first_due: str
    over: bool
    asked: bool
    rounds: list[RoundList]
    waiting_url: str
    parts: list[tuple[int, int]]
    references: tuple[str, ...]


def letter(owed: Situation, wanted: Wanted) -> Letter | None:
    """Read what is still open for a receiver, now; None when nothing is. Call it in the receiver's language."""
    units = Unit.objects.in_bulk({part.told.unit for part in wanted.parts})
    own = owed.municipality.language
    rounds: list[RoundList] = []
    told: list[tuple[int, int]] = []
    for asked_in in owed.rounds.values():
        parts = [part for part in wanted.parts if part.round_id == asked_in.pk]
        lists = _unit_lists(asked_in, parts, units, owed)
        if lists:
            rounds.append(_round_list(asked_in, [unit_list for _part, unit_list in lists], owed))
            told += [(part.round_id, part.told.unit) for part, _unit_list in lists]
    if not rounds:
        return None
    rows = {line.row.pk: line.row for one in rounds for unit in one.units for line in unit.lines}
    return Letter(
        language=wanted.receiver.language,
        municipality=one_line(text_of(owed.municipality, "name", own).text),
        name=marked(one_line(wanted.receiver.name), wanted.receiver.person_id),
        demonstration=owed.municipality.demonstration,
        items=len({row.item_id for row in rows.values()}),
        plans=len(rows),
        first_due=rounds[0].due,
        over=all(one.over for one in rounds),
        asked=wanted.asked_at is not None,
        rounds=rounds,
        waiting_url=f"{settings.PUBLIC_URL}/odottaa/",
        parts=told,
        references=tuple(
            f"<{hashlib.sha256(f'round {round_id}'.encode()).hexdigest()[:32]}@{mail_host()}>"
            for round_id in dict.fromkeys(round_id for round_id, _unit in told)
        ),
    )


def _unit_lists(
    asked_in: ReportingRound, parts: list[Part], units: dict[int, Unit], owed: Situation
) -> list[tuple[Part, UnitList]]:
    if not parts:
        return []
    sources = frozenset[int]().union(*(part.sources for part in parts))
    rows = open_plans.open_in(asked_in, sources, owed.day)
    shown: set[int] = set()
    found = []
    for part in sorted(parts, key=lambda one: (units[one.told.unit].order, one.told.unit)):
        # A plan that reaches the same person through two of their units stands on the list once.
        own = [row for row in rows if row.pk not in shown and part.sources & {unit.pk for unit in row.units}]
        shown |= {row.pk for row in own}
        if own:
            name = _plain(text_of(units[part.told.unit], "name", owed.municipality.language))
            found.append((part, UnitList(name, _why(part), [_line(row, part) for row in own])))
    return found


def _line(row: PlanView, part: Part) -> Line:
    named = {unit.pk: unit.name.text for unit in row.units}
    # The unit's own name says nothing new; a group's or a former unit's does.
    others = [] if part.told.unit in named else [named[unit] for unit in named if unit in part.sources]
    item, goal, period = map(_plain, (row.item_name, row.goal_name, row.period_name))
    row = replace(row, item_name=item, goal_name=goal, period_name=period)
    return Line(row, f"{settings.PUBLIC_URL}/toimenpiteet/{row.item_id}/", one_line(", ".join(others)))


def _plain(text: Text) -> Text:
    # What stands in documents could otherwise look like lines of the mail's own.
    return Text(one_line(text.text), text.lang)


def _why(part: Part) -> str:
    match part.told.why:
        case Why.SUBSTITUTE:
            return _("You get this because you stand in for %(name)s.") % {
                "name": marked(one_line(part.told.absent), part.told.absent_id)
            }
        case Why.MAILBOX:
            return _("This comes to the mailbox of the unit because it has no person in charge here.")
        case Why.DIRECTOR:
            return _("This comes to you because the unit has neither a person in charge nor a mailbox here.")
        case _:
            return ""


def _round_list(asked_in: ReportingRound, units: list[UnitList], owed: Situation) -> RoundList:
    return RoundList(
        strategy=_plain(text_of(asked_in.strategy, "name", owed.municipality.language)),
        occasion=asked_in.occasion,
        due=day_words(asked_in.due_on),
        left=_days_left(owed.day, asked_in.due_on),
        over=asked_in.due_on < owed.day,
        units=units,
    )


def _days_left(today: date, due_on: date) -> str:
    if due_on < today:
        return _("the day is over: a late answer is still taken")
    left = working_days_between(today, due_on)
    if left <= 0:
        return _("today is the last day")
    return ngettext("%(count)s working day left", "%(count)s working days left", left) % {"count": left}


def round_due(owed: Situation, wanted: Wanted) -> tuple[Mail, list[tuple[int, int]]] | None:
    """Make the mail about what is open before a round's deadline; None when nothing is open any more."""
    with override(wanted.receiver.language):
        content = letter(owed, wanted)
        if content is None:
            return None
        return _render("round_due", content), content.parts


Builder = Callable[[Situation, Wanted], tuple[Mail, list[tuple[int, int]]] | None]
BUILDERS: dict[str, Builder] = {Reminder.Kind.ROUND_DUE: round_due}


def _render(kind: str, content: Letter) -> Mail:
    context = {"letter": content}
    return Mail(
        subject=one_line(render_to_string(f"emails/{kind}/subject.txt", context))[:_SUBJECT_LIMIT],
        text=render_to_string(f"emails/{kind}/body.txt", context).strip() + "\n",
        html=render_to_string(f"emails/{kind}/body.html", context).strip() + "\n",
        references=content.references,
    )


def envelope(row: Reminder, references: Iterable[str]) -> EmailMultiAlternatives:
    """Return the mail of a row that is frozen: its identity and its date are the row's, whichever attempt this is."""
    if row.dated_at is None:
        raise ValueError("not_frozen")
    message = EmailMultiAlternatives(
        subject=row.subject,
        body=filled(row.text)[0],
        to=[_to(row.recipient, row.sent_to)],
        headers={
            "Message-ID": row.message_id,
            "Date": format_datetime(timezone.localtime(row.dated_at, HELSINKI)),
            "References": " ".join(references),
            "Auto-Submitted": "auto-generated",
            # Not NDR: a report that the mail did not arrive is wanted.
            "X-Auto-Response-Suppress": "OOF, AutoReply, DR, RN, NRN",
            "Content-Language": row.language,
        },
    )
    message.attach_alternative(filled(row.html, html=True)[0], "text/html")
    return message


def _to(name: str, address: str) -> str:
    shown = one_line(name)
    if not shown or _ADDRESS_SIGNS & set(shown):
        return address
    # Quoted, so that commas and the like in a name end nothing.
    escaped = shown.replace("\\", "\\\\")
    return f'"{escaped}" <{address}>'
