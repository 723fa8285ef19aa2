"""Why did I (not) get a mail? For any person and day, in sentences: from the record, and from what is owed now."""

from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from notifications import outbox
from notifications.forecast import mails_to_come
from notifications.kinds import BY_NAME
from notifications.models import DAY, NotificationPreference, Obligation, Reminder
from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.calendar import end_of_day, is_quiet, is_working_day, local_day, start_of_day
from toimenpiteet.dates import day_words, moment_words
from toimenpiteet.models import Membership, Municipality, MunicipalityRole, User
from toimenpiteet.models.people import Dated
from toimenpiteet.reminder_days import parse_quiet

State = Reminder.State


def people(municipality: int, only: int | None) -> "QuerySet[User]":
    """Return whose mails may be asked about, by name: the people of a municipality, or of them the one who asks."""
    there = access.people(Scope(municipalities=frozenset({municipality}))).order_by("name", "pk")
    return there.filter(pk=only) if only else there


def why(person: User, municipality: Municipality, day: date, now: datetime) -> list[str]:
    """Return why the person did or did not get a mail of a municipality on `day`, in the active language."""
    recorded = _recorded(person, municipality, day)
    said = [
        *recorded,
        *_about_the_day(municipality, day),
        *_about(person, municipality, day),
    ]
    if day >= local_day(now):
        said += _to_come(person, municipality, day, now)
    if person.email.lower() in outbox.bounced(municipality, now):
        said.append(_("Mails to this address have bounced, so the next in line is told until it is corrected."))
    if not recorded:
        said.append(_last(person, municipality, day))
    return [one for one in said if one]


def _of(person: User, municipality: Municipality) -> Q:
    return Q(municipality=municipality, recipient_key=f"person:{person.pk}")


def _on(day: date) -> Q:
    first, last = start_of_day(day), end_of_day(day)
    return Q(day=day) | Q(sent_at__gte=first, sent_at__lt=last) | Q(settled_at__gte=first, settled_at__lt=last)


def _recorded(person: User, municipality: Municipality, day: date) -> list[str]:
    rows = Reminder.objects.filter(_of(person, municipality), _on(day)).prefetch_related("obligations").order_by("pk")
    return [_sentence(row) for row in rows]


def _sentence(row: Reminder) -> str:
    told = [one.kind for one in row.obligations.all() if one.outcome != Obligation.Outcome.DROPPED]
    about = ", ".join(dict.fromkeys(str(BY_NAME[kind].label) for kind in told if kind in BY_NAME))
    words = {"about": about or "–", "when": moment_words(row.sent_at or row.due_at), "why": ""}
    match row.state:
        case State.SENT:
            return _("A mail left %(when)s: %(about)s.") % words
        case State.CANCELLED:
            return _("A mail was given up. %(why)s") % (words | {"why": row.get_reason_display()})
        case State.FAILED:
            return _("A mail did not arrive. %(why)s") % (words | {"why": row.get_problem_display()})
    if row.problem:
        return _("A mail waits. %(why)s") % (words | {"why": row.get_problem_display()})
    return _("A mail waits, and leaves %(when)s: %(about)s.") % words


def _about_the_day(municipality: Municipality, day: date) -> list[str]:
    if not is_working_day(day):
        return [_("%(day)s is no working day, and no mail leaves.") % {"day": day_words(day)}]
    if is_quiet(day, parse_quiet(municipality.quiet_days)):
        return [_("%(day)s lies in the quiet weeks of the municipality, and no mail leaves.") % {"day": day_words(day)}]
    return []


def _about(person: User, municipality: Municipality, day: date) -> list[str]:
    said = []
    posts = Membership.objects.filter(Dated.on(day), user=person, unit__municipality=municipality)
    offices = MunicipalityRole.objects.filter(Dated.on(day), user=person, municipality=municipality)
    if not posts.exists() and not offices.exists():
        said.append(_("The person has no role in the municipality on that day."))
    if not person.is_active:
        said.append(_("The account is closed."))
    chosen = NotificationPreference.objects.filter(person=person).first()
    if muted := [str(BY_NAME[name].label) for name in (chosen.muted if chosen else ()) if name in BY_NAME]:
        said.append(_("The person has switched off: %(kinds)s.") % {"kinds": ", ".join(muted)})
    return said


def _to_come(person: User, municipality: Municipality, day: date, now: datetime) -> list[str]:
    days = (day - local_day(now)).days + 1
    for mail in mails_to_come(municipality, now, days):
        if mail.day == day and mail.receiver.person_id == person.pk:
            about = ", ".join(mail.about)
            return [_("A mail is to come: %(about)s. It ends the moment all is answered.") % {"about": about}]
    return [_("Nothing is owed to the person on that day that has not been told already.")]


def _last(person: User, municipality: Municipality, day: date) -> str:
    sent = Reminder.objects.filter(_of(person, municipality), kind=DAY, state=State.SENT, sent_at__lt=start_of_day(day))
    latest = sent.order_by("-sent_at").values_list("sent_at", flat=True).first()
    if latest is None:
        return _("No mail left for the person on that day, and none before.")
    return _("No mail left for the person on that day. The last one before left %(when)s.") % {
        "when": moment_words(latest)
    }
