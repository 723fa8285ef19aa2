"""``manage.py health web|worker|beat``: exit 0 when that part of this machine works."""

import time
import urllib.request
from argparse import ArgumentParser
from typing import Any

from celery import Celery
from celery.utils.nodenames import host_format
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from kombu.exceptions import KombuError

BEAT_SILENT_SECONDS = 180
WORKER_NAME = "worker@%h"


class Command(BaseCommand):
    """Tell whether one part of the product works."""

    help = "Tell whether the web server, the worker or beat of this machine works."
    # A health check runs every half a minute: it must be quick, and say only what it was asked.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the part's name."""
        parser.add_argument("part", choices=sorted(CHECKS))

    def handle(self, *args: Any, part: str, **options: Any) -> None:
        """Check one part; a sentence on standard error and exit 1 when it does not work."""
        CHECKS[part]()
        self.stdout.write("ok")


def check_web() -> None:
    """Raise CommandError unless the web server of this machine answers."""
    host = settings.ALLOWED_HOSTS[0].lstrip(".").replace("*", "localhost")
    request = urllib.request.Request(f"http://127.0.0.1:{settings.PORT}/health/", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=5):  # noqa: S310  # the address is ours
            return
    except OSError as error:
        raise CommandError(f"The web server does not answer as it should: {error}.") from error


def check_worker() -> None:
    """Raise CommandError unless the worker of this machine answers through the broker."""
    node, asking = host_format(WORKER_NAME), Celery("toimenpiteet")
    asking.config_from_object("django.conf:settings", namespace="CELERY")
    broken: tuple[type[BaseException], ...] = (KombuError, *asking.connection_for_read().connection_errors)
    try:
        answers = asking.control.inspect(destination=[node], timeout=5, limit=1).ping()
    except broken as error:
        raise CommandError(f"The broker does not answer: {error}.") from error
    if not answers:
        raise CommandError(f"{node} does not answer.")


def check_beat() -> None:
    """Raise CommandError unless beat has lately given the broker a tick."""
    try:
        silent = time.time() - settings.BEAT_MARK.stat().st_mtime
    except FileNotFoundError as error:
        raise CommandError("Beat has not started.") from error
    if silent > BEAT_SILENT_SECONDS:
        raise CommandError(f"Beat has not ticked for {silent:.0f} seconds.")


CHECKS = {"web": check_web, "worker": check_worker, "beat": check_beat}
