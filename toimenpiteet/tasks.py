"""What Celery may start of the domain: what comes by itself with time, and sends no mail."""

from celery import shared_task
from django.utils import timezone

from toimenpiteet.exchange.report.files import FORMS, keep_owed
from toimenpiteet.models import Door
from toimenpiteet.services.rounds import rounds, turning


@shared_task(name="toimenpiteet.make_rounds", ignore_result=True)
def make_rounds() -> None:
    """Make the reporting rounds that are coming, and open and close those whose day it is; ten at once do no harm."""
    now = timezone.now()
    rounds.make_ahead(now, door=Door.TASK)
    turning.turn(now, door=Door.TASK)


@shared_task(name="toimenpiteet.make_reports", ignore_result=True)
def make_reports() -> None:
    """Make the files of a report of a locked round that are not there yet; the next minute makes those of the next."""
    keep_owed(timezone.now(), door=Door.TASK, most=len(FORMS))
