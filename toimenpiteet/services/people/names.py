"""Recorded names and addresses: found or made when something is recorded, replaced openly by the city's own rule."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import receiver
from django.utils.translation import gettext as _
from simple_history.signals import pre_create_historical_record

from toimenpiteet.models import Actor, NameReplacement, RecordedName, User
from toimenpiteet.models.reading import GIVEN, Statement
from toimenpiteet.services import text
from toimenpiteet.services.errors import Invalid

Kind = RecordedName.Kind
_LIMIT = 254


class Wanted(NamedTuple):
    """A name or address to be recorded, and whose it is; a program or a mailbox is nobody's."""

    kind: str
    text: str
    person: int | None = None


def of_person(user: User) -> Wanted:
    """Return the name that an account has now (its address, where it has none)."""
    return Wanted(Kind.PERSON.value, user.get_full_name() or user.email, user.pk)


def of_actor(actor: Actor) -> Wanted:
    """Return the name under which an act is recorded."""
    kind = Kind.PROGRAM if actor.user is None else Kind.PERSON
    return Wanted(kind.value, actor.name, actor.user.pk if actor.user else None)


def address(of: str, person: int | None = None) -> Wanted:
    """Return an e-mail address, a person's or a mailbox's."""
    return Wanted(Kind.ADDRESS.value, of, person)


def was_address(of: str) -> bool:
    """Tell whether an account has, or ever had, this address."""
    return RecordedName.objects.filter(kind=Kind.ADDRESS, text=of, person_id__isnull=False).exists()


def find_or_make(*wanted: Wanted) -> list[int]:
    """Return the keys of the recorded names that are `wanted`, in their order; one query where all are there.

    Two who want the same new name at once meet at its unique key, and both get the row of the first.
    """
    cut = [one._replace(text=one.text[:_LIMIT]) for one in wanted]
    found = _found(cut)
    if missing := sorted(set(cut) - found.keys(), key=str):
        rows = [RecordedName(kind=one.kind, text=one.text, person_id=one.person) for one in missing]
        RecordedName.objects.bulk_create(rows, ignore_conflicts=True)
        found = _found(cut)
    return [found[one] for one in cut]


# Every change asks for it. What was replaced is not found: who acts later is recorded anew, under the name they have.
_BY_TEXT = Statement(
    lambda: RecordedName.objects.filter(text__among=GIVEN, replaced_at__isnull=True).order_by(),
    ["pk", "kind", "text", "person_id"],
)


def _found(wanted: Collection[Wanted]) -> dict[Wanted, int]:
    rows = _BY_TEXT.rows(given=list({one.text for one in wanted}))
    return {Wanted(*one): pk for pk, *one in rows}


@receiver(pre_create_historical_record)
def _of_account(instance: Any, history_instance: Any, **kwargs: object) -> None:
    # Here and not before: only now a new account has the number under which its name is recorded.
    if isinstance(instance, User):
        wanted = (of_person(instance), address(instance.email, instance.pk))
        history_instance.name_id, history_instance.email_id = find_or_make(*wanted)


@transaction.atomic
def replace(name_id: int, by: str, *, actor: Actor, reason: str, now: datetime) -> RecordedName:
    """Put `by` (such as *entinen työntekijä 17*) in the place of a recorded name, openly.

    Who, when and why stand beside it, the old text stands nowhere any more; no history is touched.
    Raises RecordedName.DoesNotExist, or Invalid for words that are empty, unusable, or hold the old text.
    """
    name: RecordedName = RecordedName.objects.select_for_update().get(pk=name_id)
    by, reason = text.clean(by, field="text", limit=_LIMIT), text.clean(reason, field="reason", limit=500)
    if not by or not reason:
        raise Invalid(_("Write the words that take the place of the name, and why."), field="reason" if by else "text")
    if any(name.text.casefold() in words.casefold() for words in (by, reason)):
        raise Invalid(_("The name itself stands in these words. Write them without it."), field="text")
    (who,) = find_or_make(of_actor(actor))
    NameReplacement.objects.create(
        name=name,
        actor_name_id=who,
        actor_id=actor.user.pk if actor.user else None,
        door=actor.door,
        reason=reason,
        at=now,
    )
    # Round the manager on purpose: this is the one way in which a recorded name changes.
    QuerySet(RecordedName).filter(pk=name.pk).update(text=by, replaced_at=now)
    name.refresh_from_db()
    return name


@transaction.atomic
def replace_all(person: int, by: str, *, actor: Actor, reason: str, now: datetime) -> int:
    """Put `by` in the place of every recorded name and address of an account; return how many there were.

    Raises Invalid as ``replace`` does.
    """
    held = RecordedName.objects.filter(person_id=person, replaced_at__isnull=True).values_list("pk", flat=True)
    return len([replace(name, by, actor=actor, reason=reason, now=now) for name in list(held)])
