"""``manage.py send_reminders``: the same tick as Celery's, without Celery and Redis."""

from argparse import ArgumentTypeError
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import override

from notifications import delivery, forecast, outbox, planning, ticking
from notifications.models import UNSENT, Reminder
from toimenpiteet.calendar import HELSINKI
from toimenpiteet.languages import PROGRAMS
from toimenpiteet.services.text import one_line


def moment(text: str) -> datetime:
    """Read an ISO 8601 instant with its time zone, such as 2026-12-18T09:00+02:00."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a time in ISO 8601, such as 2026-12-18T09:00+02:00") from error
    if at.utcoffset() is None:
        raise ArgumentTypeError(f"{text!r} has no time zone; add one, such as {text}+02:00 or {text}Z")
    return at


class Command(BaseCommand):
    """Plan and send the reminders that are due."""

    help = "Plans and sends the reminders that are due. May be run at any time, also beside the worker."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --dry-run and --now."""
        parser.add_argument(
            "--dry-run", action="store_true", help="print which mails would be planned and sent; write and send nothing"
        )
        parser.add_argument("--now", type=moment, metavar="TIME", help="act as at this time: ISO 8601 with a time zone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one tick and say what it did."""
        now = options["now"] or timezone.now()
        try:
            with ticking.limited():
                self._run(now, options)
        except ticking.TooLong as error:
            # What it held is freed when its lease ends, as after every death of a process.
            raise CommandError(str(error)) from error

    def _run(self, now: datetime, options: dict[str, Any]) -> None:
        if options["dry_run"]:
            self._rehearse(now)
        else:
            self._tick(now, remember=options["now"] is None)
        self._health(now)

    def _tick(self, now: datetime, *, remember: bool) -> None:
        done = ticking.tick(now, remember=remember)
        self.stdout.write(f"Mails planned: {len(done.planned)}.")
        if done.recovered:
            self.stdout.write(f"Freed from processes that died: {done.recovered}.")
        self.stdout.write(f"Mails handled: {done.report}.")
        self._waiting(now)

    def _rehearse(self, now: datetime) -> None:
        """Say what a tick would do, by the rules of the planner and of the delivery; it only reads."""
        planned = [mail for home in planning.mailing() for mail in forecast.mails_to_come(home, now, 1)]
        waiting = set(Reminder.objects.filter(state__in=UNSENT).values_list("recipient_key", flat=True))
        new = [mail for mail in planned if mail.receiver.key not in waiting]
        self.stdout.write("Nothing is written or sent: this is a dry run.")
        self.stdout.write(f"Mails that would be planned: {len(new)}.")
        for mail in sorted(new, key=lambda one: one.receiver.key):
            who = one_line(f"{mail.receiver.name} {mail.receiver.address}") or "nobody to tell"
            with override(PROGRAMS):
                self.stdout.write(f"  {who}: {', '.join(mail.about)}")
        self._rehearse_sending(now)

    def _rehearse_sending(self, now: datetime) -> None:
        desk = delivery.Desk(now)
        rows = list(outbox.due(now).select_related("municipality"))
        self.stdout.write(f"Mails that are due: {len(rows)}.")
        for row in rows:
            self.stdout.write(f"  {_receiver(row)}: {self._verdict(row, desk)}")

    def _verdict(self, row: Reminder, desk: delivery.Desk) -> str:
        found = delivery.look_again(row, desk)
        if isinstance(found, delivery.Ready):
            return f"would be sent: {one_line(found.made.mail.subject)}"
        if isinstance(found, datetime):
            return f"would wait until {_time(found)}"
        with override(PROGRAMS):
            return f"would not be sent: {found.label}"

    def _waiting(self, now: datetime) -> None:
        later = Reminder.objects.filter(state=Reminder.State.PLANNED, next_attempt_at__gt=now).count()
        if later:
            self.stdout.write(f"Mails that wait for their time: {later}.")

    def _health(self, now: datetime) -> None:
        oldest = outbox.health(now).oldest_due
        self.stdout.write(f"Oldest due and unsent: {_time(oldest) if oldest else 'none'}.")


def _time(at: datetime) -> str:
    return f"{timezone.localtime(at, HELSINKI):%Y-%m-%d %H:%M} in Helsinki"


def _receiver(row: Reminder) -> str:
    return one_line(f"{row.recipient} {row.sent_to}") or "nobody to tell"
