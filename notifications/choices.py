"""What a person chooses about their own mails: one way to save it, and how their page says it."""

from django.utils.translation import gettext as _

from notifications.models import NotificationPreference
from toimenpiteet.models import User
from toimenpiteet.selectors.people import mail_choices


def of(person: User) -> NotificationPreference:
    """Return the person's choice, or unsaved what holds for one who never chose; one query."""
    found = NotificationPreference.objects.filter(person=person).first()
    return found or NotificationPreference(person=person)


def choose(person: User, *, frequency: str, language: str) -> NotificationPreference:
    """Save the person's own choice; both values must be of the model's choices, as a form has checked.

    A taste and no act of office: like the language of the pages it leaves no history.
    """
    chosen, _new = NotificationPreference.objects.update_or_create(
        person=person, defaults={"frequency": frequency, "language": language}
    )
    return chosen


@mail_choices.tell_of
def words(person: User) -> list[str]:
    """Return how often the person is reminded and in which language the mails are; one query."""
    chosen = of(person)
    often = _("Reminders come %(how_often)s.") % {"how_often": chosen.get_frequency_display()}
    if not chosen.language:
        return [often, _("The mails are in the language of your account.")]
    return [often, _("The mails are in this language: %(language)s.") % {"language": chosen.get_language_display()}]
