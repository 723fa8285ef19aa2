"""Holding mails back and letting them go: one, those of a municipality, or all; on record, with who and why.

Mails apart from the day's (``models.DAY``), such as a link for a new password, are never held.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.models import DAY, UNSENT, OutboxHold, Reminder
from toimenpiteet.models import Actor
from toimenpiteet.services import text
from toimenpiteet.services.people import names

RESTORED = "The database was restored to an earlier time: mails may have left that it does not know of."


def held() -> Q:
    """Match the rows of the outbox that are held, for a query of them."""
    holds = OutboxHold.objects.filter(released_at__isnull=True)
    everything = Q(reminder__isnull=True) & (Q(municipality__isnull=True) | Q(municipality=OuterRef("municipality")))
    return Q(Exists(holds.filter(everything | Q(reminder=OuterRef("pk")))), kind=DAY)


def hold(actor: Actor, why: str, now: datetime, *, municipality: int | None = None) -> bool:
    """Hold the mails of a municipality, or all; return whether they were not held already, which stays as it is."""
    if active(municipality).exists():
        return False
    (by_name,) = names.find_or_make(names.of_actor(actor))
    OutboxHold.objects.create(municipality_id=municipality, since=now, by_name_id=by_name, why=why)
    return True


def hold_mails(rows: Iterable[Reminder], actor: Actor, why: str, now: datetime) -> int:
    """Hold single mails; return how many were not held before."""
    (by_name,) = names.find_or_make(names.of_actor(actor))
    there = set(OutboxHold.objects.filter(released_at__isnull=True).values_list("reminder_id", flat=True))
    new = [OutboxHold(reminder=row, since=now, by_name_id=by_name, why=why) for row in rows if row.pk not in there]
    OutboxHold.objects.bulk_create(new)
    return len(new)


def release(holds: "QuerySet[OutboxHold]", actor: Actor, now: datetime) -> int:
    """Let go what is held; return how many holds ended."""
    (by_name,) = names.find_or_make(names.of_actor(actor))
    return holds.filter(released_at__isnull=True).update(released_at=now, released_by_name_id=by_name)


def active(municipality: int | None) -> "QuerySet[OutboxHold]":
    """Return what holds all mails of a municipality by itself (None: those of every municipality)."""
    holds = OutboxHold.objects.filter(released_at__isnull=True, reminder__isnull=True)
    return holds.filter(municipality=municipality) if municipality else holds.filter(municipality__isnull=True)


def of_mails(rows: Collection[int]) -> "QuerySet[OutboxHold]":
    """Return what holds single mails, by their ids."""
    return OutboxHold.objects.filter(released_at__isnull=True, reminder__in=rows)


def of_mail(pk: int) -> OutboxHold | None:
    """Return what holds a single mail, with the name of who holds it; one query."""
    return of_mails([pk]).select_related("by_name").first()


def shown(municipalities: Collection[int]) -> "list[OutboxHold]":
    """Return what holds all mails of these municipalities, or those of every municipality; one query."""
    whole = Q(municipality__isnull=True) | Q(municipality__in=municipalities)
    holds = OutboxHold.objects.filter(whole, released_at__isnull=True, reminder__isnull=True)
    return list(holds.select_related("by_name"))


def act(  # one act: who, what, on what, where, why, when
    actor: Actor,
    what: str,
    rows: "QuerySet[Reminder] | None",
    municipalities: Collection[int],
    why: str,
    now: datetime,
) -> str:
    """Hold ("hold") or let go (else) `rows`, or without them all of `municipalities`; return what was done in words."""
    reason = text.clean(why, field="why") or _("Held by a person")
    already = _("They were held already, for the reason that stands there; let them go first to give another.")
    if rows is not None:
        some = rows.filter(state__in=UNSENT)
        if what == "hold":
            count = hold_mails(list(some), actor, reason, now)
            if not count:
                return already
            return ngettext("%(count)s mail is held.", "%(count)s mails are held.", count) % {"count": count}
        count = release(of_mails(list(some.values_list("pk", flat=True))), actor, now)
        return ngettext("%(count)s mail may leave.", "%(count)s mails may leave.", count) % {"count": count}
    if what == "hold":
        new = [hold(actor, reason, now, municipality=pk) for pk in sorted(municipalities)]
        return _("All mails are held.") if any(new) else already
    for pk in sorted(municipalities):
        release(active(pk), actor, now)
    return _("The mails may leave again.")
