"""What Celery may start: an alarm clock. What is owed stands in the database, whether this runs or not."""

from celery import shared_task
from django.utils import timezone

from notifications import ticking


@shared_task(name="notifications.tick", ignore_result=True, time_limit=ticking.LONGEST)
def tick() -> None:
    """Do what is due now; runs every minute (toimenpiteet.config.settings), and ten at once do no harm."""
    ticking.tick(timezone.now(), remember=True)
