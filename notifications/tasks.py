"""What Celery may start: an alarm clock. What is owed stands in the database, whether this runs or not."""

import logging

from celery import shared_task
from django.db import connections
from django.utils import timezone

from notifications import ticking

log = logging.getLogger(__name__)


@shared_task(name="notifications.tick", ignore_result=True, time_limit=ticking.LONGEST)
def tick() -> None:
    """Do what is due now; runs every minute (toimenpiteet.config.settings), and ten at once do no harm."""
    try:
        with ticking.limited():
            ticking.tick(timezone.now(), remember=True)
    except ticking.TooLong as error:
        # As after the death of a process: what it held is freed when its lease ends.
        log.error(str(error))  # noqa: TRY400  # where it was is chance
        connections.close_all()
