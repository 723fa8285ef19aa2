"""Links of mails by which one answers without signing in: made when a mail leaves, and never kept readable.

In a mail's text stands a placeholder. When the mail is handed to the mail server, the key takes its place: it comes
from the mail and the round alone (an HMAC with a key outside the database), so that a second copy is the same mail. The
row of the link has its hash; the log shows it blanked.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from notifications.models import AnswerLink, Reminder
from toimenpiteet.calendar import local_day
from toimenpiteet.dates import day_words, moment_words
from toimenpiteet.models import Actor, Unit, User
from toimenpiteet.services.people import names

LASTS = timedelta(days=14)
"""How long after the day of answers a link opens something."""
PATH = "/vastaa/avain/"
_OPEN, _CLOSE = "\ue002", "\ue003"
_HIDDEN = "\ue004"
_PLACE = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_SALT = "notifications.links"


def address(round_id: int) -> str:
    """Return the address of a round's link as it stands in a mail that is not sent yet."""
    return f"{settings.PUBLIC_URL}{PATH}{_OPEN}{round_id}{_CLOSE}/"


def answering(round_id: int, *, by_link: bool) -> str:
    """Return where a mail leads to answer in a round: by its link, or where the city does not want that, signed in."""
    return address(round_id) if by_link else settings.PUBLIC_URL + reverse("answers", args=[round_id])


def rounds_in(text: str) -> set[int]:
    """Return the rounds whose links stand in a mail's text."""
    return set(map(int, _PLACE.findall(text)))


def key_of(reminder: int, round_id: int) -> str:
    """Return the key of a link: 43 letters, the same whenever it is asked for."""
    return salted_hmac(_SALT, f"{reminder}/{round_id}", algorithm="sha256").digest().hex()[:43]


def digest_of(key: str) -> str:
    """Return what is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def filled(text: str, reminder: int, secret: str = "") -> str:
    """Return a mail's text with its links, for the receiver alone."""
    return _PLACE.sub(lambda found: key_of(reminder, int(found[1])), text).replace(_HIDDEN, secret)


def hidden(text: str, secret: str) -> str:
    """Return a mail's text with a placeholder where a link stands that is not kept; "": there is none."""
    return text.replace(secret, _HIDDEN) if secret else text


def blanked(text: str) -> str:
    """Return a mail's text as it may be shown to others."""
    return _PLACE.sub("…", text).replace(_HIDDEN, "…")


def make(row: Reminder, person: int | None, due: Mapping[int, date]) -> None:
    """Keep the links of a mail that is about to leave, by round with its day of answers; what is there stays."""
    AnswerLink.objects.bulk_create(
        (
            AnswerLink(
                reminder=row,
                round_id=round_id,
                municipality_id=row.home.pk,
                person_id=person,
                digest=digest_of(key_of(row.pk, round_id)),
                ends_on=due_on + LASTS,
            )
            for round_id, due_on in due.items()
        ),
        ignore_conflicts=True,
    )


def find(key: str, now: datetime) -> AnswerLink | None:
    """Return the link of a key that opens something at `now`; one query, two for a mailbox's."""
    return _open(_holding(now).filter(digest=digest_of(key)).first())


def get(pk: int, now: datetime) -> AnswerLink | None:
    """Return a link that opens something at `now`, by its id; one query, three for a mailbox's."""
    return _open(_holding(now).filter(pk=pk).first())


def _open(link: AnswerLink | None) -> AnswerLink | None:
    """Return a link as long as its receiver has the address that it was sent to: a corrected one ends it."""
    if link is None:
        return None
    sent_to = link.reminder.sent_to.strip().lower()
    if link.person is not None:
        return link if link.person.email.lower() == sent_to else None
    mailboxes = Unit.objects.filter(pk__in=units_of(link), email__iexact=sent_to)
    return link if mailboxes.exists() else None


def _holding(now: datetime) -> QuerySet[AnswerLink]:
    links = AnswerLink.objects.filter(revoked_at__isnull=True, ends_on__gte=local_day(now))
    return links.select_related("municipality", "round", "person", "reminder__address")


def revoke(ended: QuerySet[AnswerLink], actor: Actor, now: datetime) -> int:
    """End those of some links that are not ended, as somebody's act; return how many."""
    (by_name,) = names.find_or_make(names.of_actor(actor))
    return ended.filter(revoked_at__isnull=True).update(revoked_at=now, revoked_by_name_id=by_name)


def revoked_words(count: int) -> str:
    """Say how many links were ended."""
    return ngettext("%(count)s link was revoked.", "%(count)s links were revoked.", count) % {"count": count}


def of_person(person: User) -> QuerySet[AnswerLink]:
    """Return the links in all mails that a person has had so far."""
    return AnswerLink.objects.filter(person=person)


@dataclass(frozen=True)
class LinkRow:
    """A link of a mail, in words: of which round, until when it holds, and when and by whom it was `ended`, if so."""

    round: str
    until: str
    ended: str


def rows_of(mail: Reminder) -> list[LinkRow]:
    """Return the links of a mail as the log shows them; one query."""
    rows = mail.links.select_related("round", "revoked_by_name").order_by("pk")
    return [LinkRow(row.round.occasion, day_words(row.ends_on), _ended(row)) for row in rows]


def _ended(link: AnswerLink) -> str:
    if link.revoked_at is None:
        return ""
    by = [link.revoked_by_name.text] if link.revoked_by_name else []
    return ", ".join([moment_words(link.revoked_at), *by])


def units_of(link: AnswerLink) -> frozenset[int]:
    """Return the units about whose answers the link's mail was; one query, once for each link."""
    if not hasattr(link, "_units"):
        hung = link.reminder.obligations.filter(round=link.round_id, unit__isnull=False)
        link._units = frozenset(hung.values_list("unit_id", flat=True))  # type: ignore[attr-defined]  # noqa: SLF001  # our own mark
    return link._units  # type: ignore[attr-defined,no-any-return]  # noqa: SLF001
