"""Is each part of the product doing its work? Asked by the containers' health checks and by ``make run``."""

import time
import urllib.request

from celery.utils.nodenames import host_format
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import KombuError

from toimenpiteet.config.celery import BEAT_MARK, app
from toimenpiteet.config.older import OlderDatabase, refuse_older

BEAT_SILENT_SECONDS = 180
WORKER_NAME = "worker@%h"


class Unhealthy(Exception):
    """Raised with one sentence on what is wrong."""


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer whether this process and its database work. Redis is left out: pages do without it."""
    try:
        check_database()
    except Unhealthy as error:
        return HttpResponse(f"{error}\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


def check_database() -> None:
    """Raise Unhealthy unless the database answers and is one that this version can work on."""
    try:
        refuse_older(connection)
    except OlderDatabase as error:
        raise Unhealthy(f"Cannot work: {error}") from error
    except DatabaseError as error:
        raise Unhealthy("The database does not answer.") from error


def check_web() -> None:
    """Raise Unhealthy unless the web server of this machine answers."""
    host = settings.ALLOWED_HOSTS[0].lstrip(".").replace("*", "localhost")
    request = urllib.request.Request(f"http://127.0.0.1:{settings.PORT}/health/", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=5):  # noqa: S310  # the address is ours
            return
    except OSError as error:
        raise Unhealthy(f"The web server does not answer as it should: {error}.") from error


def check_worker() -> None:
    """Raise Unhealthy unless the worker of this machine answers through the broker."""
    node = host_format(WORKER_NAME)
    broken: tuple[type[BaseException], ...] = (KombuError, *app.connection_for_read().connection_errors)
    try:
        answers = app.control.inspect(destination=[node], timeout=5, limit=1).ping()
    except broken as error:
        raise Unhealthy(f"The broker does not answer: {error}.") from error
    if not answers:
        raise Unhealthy(f"{node} does not answer.")


def check_beat() -> None:
    """Raise Unhealthy unless beat has lately given the broker a tick."""
    try:
        silent = time.time() - BEAT_MARK.stat().st_mtime
    except FileNotFoundError as error:
        raise Unhealthy("Beat has not started.") from error
    if silent > BEAT_SILENT_SECONDS:
        raise Unhealthy(f"Beat has not ticked for {silent:.0f} seconds.")


CHECKS = {"web": check_web, "worker": check_worker, "beat": check_beat}
