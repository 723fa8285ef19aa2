"""Real processes on a database of their own, some of them killed: ``python -m tests.notifications.workers VERB …``.

Django is loaded once; the workers are forks of it, so that many of them can be started and killed in a short time.
"""

import json
import os
import random
import select
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import django

django.setup()

from django.apps import apps  # models exist once Django is set up
from django.conf import settings
from django.core.management import call_command

from notifications import delivery, outbox, planning
from notifications.mailer import Mailer
from notifications.models import UNSENT, Reminder
from tests import make
from tests.notifications import build, planted
from toimenpiteet.models import Door, ReportingRound
from toimenpiteet.services.rounds.rounds import make_ahead
from tools.forked import fork

LEASE = timedelta(seconds=1)
WORKERS = 3
START = build.at(build.SECOND)


def prepare(managers: str) -> None:
    """Make the tables, and a unit with so many managers that each get a mail."""
    # Straight from the models: the migrations have tests of their own, and take ten times as long.
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)
    world = build.RoundWorld()
    build.calendar(world.strategy)
    for _ in range(int(managers) - 1):
        make.member(world.unit, user=make.user(password=None))


def plan(count: str) -> None:
    """Let so many planners begin at the same moment; print what each made."""
    ready, go = os.pipe(), os.pipe()
    answers = os.pipe()

    def planner() -> None:
        os.write(ready[1], b".")
        os.close(go[1])
        os.read(go[0], 1)
        rounds = make_ahead(START, door=Door.TASK)
        os.write(answers[1], f"{len(planning.plan(START))} {len(rounds)}\n".encode())

    children = [fork(planner) for _ in range(int(count))]
    for _ in children:
        os.read(ready[0], 1)
    os.close(go[1])
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    os.close(answers[1])
    made = [line.split() for line in os.read(answers[0], 1000).decode().splitlines()]
    say(
        {
            "codes": codes,
            "planned": sum(int(planned) for planned, _rounds in made),
            "rounds": sum(int(rounds) for _planned, rounds in made),
            "rounds_kept": ReportingRound.objects.count(),
            "rows": rows(),
        }
    )


def storm(seed: str, kills: str, seconds: str) -> None:
    """Send everything with some workers, of which `kills` are killed at random moments; print what came of it."""
    chance = random.Random(int(seed))  # noqa: S311  # the same moments each time
    # What the workers need is loaded before they are made, so that they are killed at work and not at loading.
    delivery.preview(Reminder.objects.select_related("municipality")[0], START)
    began = time.monotonic()
    children = [fork(lambda: work(began)) for _ in range(WORKERS)]
    killed, done = 0, False
    while killed < int(kills) and not done:
        done = ended(children, chance.uniform(0.1, 0.6))
        victim = chance.randrange(WORKERS)
        if not done:
            os.kill(children[victim], signal.SIGKILL)
            os.waitpid(children[victim], 0)
            killed += 1
            children[victim] = fork(lambda: work(began))
    while not done and time.monotonic() - began < float(seconds):
        done = ended(children, 0.1)
    for child in children:
        stop(child)
    say({"killed": killed, "rows": rows()})


POINTS: dict[str, tuple[Any, str, bool]] = {
    # Where a worker dies: in which function, and whether before or after it has done its work.
    "claimed": (delivery, "look_again", False),
    "made": (outbox, "begin", False),
    "begun": (outbox, "begin", True),
    "accepted": (Mailer, "send", True),
    "recorded": (outbox, "sent", True),
}
_NOW_AND_LATER = timedelta(hours=1)


def die(point: str, fault: str = "") -> None:
    """Let a worker die at a named point of its second mail, then let another finish; print what came of it.

    With a `fault`, one of ours is planted, to see that the test would find it.
    """
    delivery.preview(Reminder.objects.select_related("municipality")[0], START)
    child = fork(lambda: _work_and_die(point, fault))
    died = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    survivor = fork(lambda: work(time.monotonic() - _NOW_AND_LATER.total_seconds()))
    os.waitpid(survivor, 0)
    say({"died": died, "rows": rows()})


def _work_and_die(point: str, fault: str) -> None:
    if fault:
        planted.mark_sent_then_send()
    where, name, after = POINTS[point]
    real, calls = getattr(where, name), [0]

    def deadly(*arguments: Any, **named: Any) -> Any:
        calls[0] += 1
        if calls[0] == 2 and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = real(*arguments, **named)
        if calls[0] == 2 and after:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(where, name, deadly)
    delivery.deliver(START, lease=LEASE)


def ended(children: list[int], seconds: float) -> bool:
    """Wait for a moment; say whether a worker found that nothing is left."""
    select.select([], [], [], seconds)
    return any(os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) for child in children)


def stop(child: int) -> None:
    os.kill(child, signal.SIGTERM)
    os.waitpid(child, 0)


def work(began: float) -> None:
    """Tick as the worker does, in a time that starts on a morning of a working day, until nothing is left."""
    while True:
        now = START + timedelta(seconds=time.monotonic() - began)
        outbox.recover(now)
        sent = delivery.deliver(now, lease=LEASE, seconds=0.5)
        if not Reminder.objects.filter(state__in=UNSENT).exists():
            return
        if not sent.counts:
            # Whatever is left belongs to somebody who was killed: wait for the lease.
            select.select([], [], [], 0.05)


def rows() -> list[dict[str, object]]:
    found = Reminder.objects.order_by("pk").values(
        "key", "state", "address__text", "message_id", "dated_at", "attempts", "maybe_sent"
    )
    return [row | {"dated_at": stamp(row["dated_at"])} for row in found]


def stamp(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else ""


def say(answer: object) -> None:
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    VERBS: dict[str, Callable[..., None]] = {"prepare": prepare, "plan": plan, "storm": storm, "die": die}
    VERBS[sys.argv[1]](*sys.argv[2:])
