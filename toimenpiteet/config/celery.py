"""Celery: only the alarm clock. What is owed lives in the database (docs/reliability.md)."""

import os
from typing import Any

from celery import Celery, signals
from django.conf import settings

from toimenpiteet.config.start import load_settings, look_at_database

# Longer than any statement of ours, shorter than any job may take.
os.environ.setdefault("STATEMENT_SECONDS", "120")
load_settings()

app = Celery("toimenpiteet")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["toimenpiteet", "notifications"])


def _beat_is_alive(**kwargs: Any) -> None:
    settings.BEAT_MARK.touch()


@signals.worker_init.connect
def _look_at_database(**kwargs: Any) -> None:
    look_at_database()


@signals.worker_ready.connect
def _worker_is_up(**kwargs: Any) -> None:
    settings.WORKER_MARK.touch()


@signals.beat_init.connect
def _watch_beat(**kwargs: Any) -> None:
    look_at_database()
    _beat_is_alive()
    # From here on each tick that the broker has taken is a sign of life.
    signals.after_task_publish.connect(_beat_is_alive)
