"""What a person chooses about their own mails: one way to save it, and how their page says it."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from notifications import outbox
from notifications.kinds import KINDS
from notifications.kinds.base import Kind
from notifications.models import NotificationPreference
from toimenpiteet.models import User
from toimenpiteet.selectors.people import mail_choices


def of(person: User) -> NotificationPreference:
    """Return the person's choice, or unsaved what holds for one who never chose; one query."""
    found = NotificationPreference.objects.filter(person=person).first()
    return found or NotificationPreference(person=person)


def choose(person: User, *, hour: int, wanted: Collection[str], language: str) -> NotificationPreference:
    """Save the person's own choice, as a form has checked it; `wanted` are the kinds that are no duty and are wanted.

    A taste and no act of office: like the language of the pages it leaves no history.
    """
    muted = [kind.name for kind in optional() if kind.name not in wanted]
    chosen, _new = NotificationPreference.objects.update_or_create(
        person=person, defaults={"hour": hour, "muted": muted, "language": language}
    )
    return chosen


def optional() -> list[Kind]:
    """Return the kinds that a person may switch off."""
    return [kind for kind in KINDS if not kind.duty]


def duties() -> list[Kind]:
    """Return the kinds that nobody may switch off."""
    return [kind for kind in KINDS if kind.duty]


@mail_choices.tell_of_address
def _bounced(address: str, now: datetime) -> list[str]:
    """Return that mails to an address came back, where they did; two queries."""
    if address.lower() not in outbox.bounced(None, now):
        return []
    return [_("Mails to this address come back. Correct it; until then the next in line is told.")]


@mail_choices.tell_of
def words(person: User, now: datetime) -> list[str]:
    """Return when the person's mail comes, what it leaves out, and its language; three queries."""
    chosen = of(person)
    said = [*_bounced(person.email, now)]
    said += [_("The mail of the day comes at %(hour)s at the earliest.") % {"hour": f"{chosen.hour}:00"}]
    if muted := [str(kind.label) for kind in optional() if kind.name in chosen.muted]:
        said.append(_("It leaves out: %(kinds)s.") % {"kinds": ", ".join(muted)})
    if not chosen.language:
        return [*said, _("The mails are in the language of your account.")]
    return [*said, _("The mails are in this language: %(language)s.") % {"language": chosen.get_language_display()}]
