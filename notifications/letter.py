"""The mail of the day: what each kind says of what is owed, on one screen."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email.utils import format_datetime
from functools import lru_cache
from html import escape

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from notifications import bounces, kinds, links
from notifications.drafts import mail_host
from notifications.kinds.base import Debt, Section
from notifications.models import Reminder
from notifications.names import marked, shown
from notifications.outbox import Mail
from notifications.recipients import Receiver
from notifications.situation import Situation
from toimenpiteet.calendar import HELSINKI
from toimenpiteet.selectors.translated import text_of
from toimenpiteet.services.text import one_line

MOST_ROWS = 12
"""How many lines a mail has at most: one screen; the rest is a count with a link."""
_SUBJECT_LIMIT = 200
_IN_SUBJECT = 2
"""How many things the subject names; the rest is counted."""
# A mail program would take these for an address of their own.
_ADDRESS_SIGNS = frozenset('<>@"')
# Stands for the name while a mail is rendered; no document and no person can bring it in.
_NAME = "\ue005"


@dataclass(frozen=True)
class Letter:
    """Everything that the templates of the day's mail show: finished values in the receiver's language."""

    language: str
    municipality: str
    name: str
    demonstration: bool
    subject: str
    sections: tuple[Section, ...]
    choices_url: str


@dataclass(frozen=True)
class Composed:
    """A mail that is made, and what it tells."""

    mail: Mail
    told: list[Debt]


def compose(owed: Situation, receiver: Receiver, debts: Sequence[Debt]) -> Composed | None:
    """Make the mail that tells `receiver` of `debts`, as things stand now; None when nothing needs telling any more."""
    with override(receiver.language):
        sections = [
            section
            for kind in kinds.KINDS
            if (own := [debt for debt in debts if debt.kind == kind.name])
            for section in kind.sections(owed, own, MOST_ROWS)
        ]
        if not sections:
            return None
        letter = _letter(owed, receiver, sections)
        threads = tuple(_thread(section.thread) for section in sections if section.thread)
        mail = _render(letter, threads)
        asked = links.rounds_in(mail.text)
        answers = {pk: one.due_on for pk, one in owed.rounds.items() if pk in asked}
        return Composed(replace(mail, answers=answers), [debt for section in sections for debt in section.tells])


def sampled(sections: list[Section], language: str) -> Mail:
    """Return a mail of invented `sections`, in the active `language`."""
    where, name = _("The municipality"), _("Malla Mallikas")
    letter = Letter(
        language,
        where,
        name,
        demonstration=False,
        subject=_subject(where, sections),
        sections=tuple(sections),
        choices_url=f"{settings.PUBLIC_URL}/muistutukset/omat/",
    )
    return _render(letter, ())


def _letter(owed: Situation, receiver: Receiver, sections: list[Section]) -> Letter:
    own = owed.municipality.language
    municipality = one_line(text_of(owed.municipality, "name", own).text)
    shown = shares([len(section.rows) for section in sections], MOST_ROWS)
    return Letter(
        language=receiver.language,
        municipality=municipality,
        name=marked(one_line(receiver.name), receiver.person_id),
        demonstration=owed.municipality.demonstration,
        subject=_subject(municipality, sections),
        sections=tuple(
            replace(section, rows=section.rows[:count]) for section, count in zip(sections, shown, strict=True)
        ),
        choices_url=f"{settings.PUBLIC_URL}/muistutukset/omat/",
    )


def _subject(municipality: str, sections: list[Section]) -> str:
    named = ", ".join(section.subject for section in sections[:_IN_SUBJECT])
    more = len(sections) - _IN_SUBJECT
    if more <= 0:
        return f"{municipality}: {named}"
    words = ngettext("and %(count)s other thing", "and %(count)s other things", more) % {"count": more}
    return f"{municipality}: {named}, {words}"


def shares(wanted: Sequence[int], most: int) -> list[int]:
    """Share `most` lines among sections that want some: one after the other gets one, while it wants any."""
    got = [0] * len(wanted)
    while most and got != list(wanted):
        for place, count in enumerate(wanted):
            if most and got[place] < count:
                got[place] += 1
                most -= 1
    return got


def _thread(name: str) -> str:
    return f"<{hashlib.sha256(name.encode()).hexdigest()[:32]}@{mail_host()}>"


def _render(letter: Letter, threads: tuple[str, ...]) -> Mail:
    subject = f"{_('Demonstration')}: {letter.subject}" if letter.demonstration else letter.subject
    told = tuple(replace(section, tells=()) for section in letter.sections)
    text, html = _bodies(replace(letter, name=_NAME if letter.name else "", sections=told))
    return Mail(
        subject=one_line(subject)[:_SUBJECT_LIMIT],
        text=text.replace(_NAME, letter.name),
        html=html.replace(_NAME, escape(letter.name)),
        references=threads,
    )


@lru_cache(maxsize=100)
def _bodies(letter: Letter) -> tuple[str, str]:
    # All who answer for one unit are told the same: it is rendered once, and the name put in after.
    context = {"letter": letter}
    return (
        render_to_string("emails/day/body.txt", context).strip() + "\n",
        render_to_string("emails/day/body.html", context).strip() + "\n",
    )


def envelope(row: Reminder, mail: Mail) -> EmailMultiAlternatives:
    """Return the mail of a row that is frozen: its identity and its date are the row's, whichever attempt this is."""
    if row.dated_at is None:
        raise ValueError("not_frozen")
    back = bounces.return_address(row)
    message = EmailMultiAlternatives(
        subject=row.subject,
        from_email=back or None,
        body=links.filled(shown(mail.text), row.pk),
        to=[_to(row.recipient, row.sent_to)],
        headers={
            # What the envelope says is for bounces.
            **({"From": settings.DEFAULT_FROM_EMAIL} if back else {}),
            "Message-ID": row.message_id,
            "Date": format_datetime(timezone.localtime(row.dated_at, HELSINKI)),
            **({"References": threads} if (threads := " ".join(mail.references)) else {}),
            "Auto-Submitted": "auto-generated",
            # Not NDR: a report that the mail did not arrive is wanted.
            "X-Auto-Response-Suppress": "OOF, AutoReply, DR, RN, NRN",
            "Content-Language": row.language,
        },
    )
    if mail.html:
        message.attach_alternative(links.filled(shown(mail.html), row.pk), "text/html")
    return message


def _to(name: str, address: str) -> str:
    shown = one_line(name)
    if not shown or _ADDRESS_SIGNS & set(shown):
        return address
    # Quoted, so that commas and the like in a name end nothing.
    escaped = shown.replace("\\", "\\\\")
    return f'"{escaped}" <{address}>'
