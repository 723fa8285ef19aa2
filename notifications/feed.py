"""A person's calendar as a feed (RFC 5545): the days of the rounds that ask them, and their own due dates.

The address of the feed holds a key of its own, which can be revoked; only its hash is kept.
"""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event

from notifications.drafts import mail_host
from notifications.links import digest_of
from notifications.models import CalendarFeed
from toimenpiteet import access
from toimenpiteet.calendar import local_day
from toimenpiteet.models import User
from toimenpiteet.selectors.waiting.ahead import DayAhead, days_ahead
from toimenpiteet.services.text import one_line

_ONE_DAY = timedelta(days=1)


def make(person: User, now: datetime) -> str:
    """Make the person's feed anew and return its address, for the only time; an earlier address ends."""
    key = secrets.token_urlsafe(32)
    CalendarFeed.objects.update_or_create(person=person, defaults={"digest": digest_of(key), "made_at": now})
    return f"{settings.PUBLIC_URL}/kalenteri/{key}.ics"


def revoke(person: User) -> None:
    """End the person's feed."""
    CalendarFeed.objects.filter(person=person).delete()


def of(person: User) -> CalendarFeed | None:
    """Return the person's feed, if there is one; one query."""
    return CalendarFeed.objects.filter(person=person).first()


def read(key: str, now: datetime) -> bytes | None:
    """Return the calendar of a key, in its person's language; None when it opens nothing."""
    found = CalendarFeed.objects.filter(digest=digest_of(key), person__is_active=True).select_related("person").first()
    if found is None:
        return None
    today = local_day(now)
    with override(found.person.language):
        calendar = Calendar()
        calendar.add("prodid", "-//Toimenpiteet//FI")
        calendar.add("version", "2.0")
        calendar.add("x-wr-calname", _("Toimenpiteet"))
        for day in days_ahead(access.scope_of(found.person, today), today):
            calendar.add_component(_event(day, now))
        return bytes(calendar.to_ical())


def _event(day: DayAhead, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{day.key}@{mail_host()}")
    event.add("dtstamp", now)
    event.add("dtstart", day.on)
    event.add("dtend", day.on + _ONE_DAY)
    event.add("summary", one_line(day.title.text))
    event.add("url", settings.PUBLIC_URL + day.path)
    event.add("transp", "TRANSPARENT")
    return event
