"""What a person has seen: up to when the list of changes has been read."""

from datetime import datetime

from django.db import transaction

from toimenpiteet.models import User


@transaction.atomic
def mark_changes_seen(user_id: int, until: datetime, *, now: datetime) -> datetime:
    """Remember that the person has seen every change up to `until` (aware); return what is remembered.

    Never later than `now`, and never earlier than before: two tabs and the back button do no harm.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    seen = min(until, now)
    if user.changes_seen_at is None or user.changes_seen_at < seen:
        user.changes_seen_at = seen
        user.save(update_fields=["changes_seen_at"])
    return user.changes_seen_at
