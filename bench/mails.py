"""How long it takes to plan and to send the mails of a round, in the made-up city with 10,000 people who answer.

``python -m bench.mails MAILS`` writes one line of JSON; a process of its own, inside the product. The floor is a loop
of smtplib that sends the same mails to the same server. On PostgreSQL: ten thousand people are made in SQL.
"""

import json
import os
import resource
import smtplib
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import django

from tools.forked import fork

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "toimenpiteet.config.settings")

PEOPLE = 10_000
WARM_UP, WORKERS = 40, 2
PLAN_SECONDS, LEAST_RATIO, MOST_STATEMENTS, MOST_MILLISECONDS = 30.0, 0.5, 6.0, 20.0
"""What is aimed at: planning, delivery against the floor, and what one mail costs."""
_PEOPLE = """
INSERT INTO toimenpiteet_user (password, is_superuser, version, email, name, language, is_active, is_staff,
    demonstration, date_joined)
SELECT '!', false, 1, 'vastaaja-' || n || '@mallikaupunki.example', 'Vastaaja ' || n, 'fi', true, false, true, now()
FROM generate_series(1, %s) n
ON CONFLICT DO NOTHING
"""
_MANAGERS = """
INSERT INTO toimenpiteet_membership (version, user_id, unit_id, role)
SELECT 1, u.id, asked.unit_id, 'manager'
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM toimenpiteet_user WHERE email LIKE 'vastaaja-%') u
JOIN (SELECT unit_id, row_number() OVER (ORDER BY unit_id) - 1 AS n, count(*) OVER () AS every
      FROM (SELECT DISTINCT unit_id FROM toimenpiteet_planunit) units) asked ON asked.n = mod(u.n, asked.every)
WHERE NOT EXISTS (SELECT 1 FROM toimenpiteet_membership m WHERE m.user_id = u.id)
"""


@dataclass
class Took:
    """What was measured: planning in seconds and statements, its second run; a mail, and the floor."""

    rows: int = 0
    plan_seconds: float = 0.0
    plan_statements: int = 0
    again: int = 0
    mails: int = 0
    mail_seconds: float = 0.0
    mail_processor: float = 0.0
    mail_statements: float = 0.0
    floor_seconds: float = 0.0
    shared_seconds: float = 0.0
    megabytes: int = 0
    more_megabytes: int = 0
    plans: int = 0
    said: list[str] = field(default_factory=list)


def main(mails: int) -> None:
    """Make the people, plan, send, and say what it took."""
    django.setup()
    from django.db import connection  # noqa: PLC0415  # after the set-up, like all below

    from notifications import delivery, planning  # noqa: PLC0415  # as above
    from notifications.models import Reminder  # noqa: PLC0415  # as above
    from toimenpiteet.calendar import next_send_time  # noqa: PLC0415  # as above
    from toimenpiteet.selectors.plan.open_plans import waiting_in  # noqa: PLC0415  # as above
    from toimenpiteet.selectors.rounds.asking import asking  # noqa: PLC0415  # as above

    took = Took()
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [PEOPLE])
        cursor.execute(_MANAGERS)
        cursor.execute("DELETE FROM notifications_answerlink")
        cursor.execute("DELETE FROM notifications_obligation")
        cursor.execute("DELETE FROM notifications_reminder")
    home = planning.mailing()[0]
    rounds = asking(home)
    took.plans = sum(waiting_in(one).count() for one in rounds)
    now = next_send_time(datetime.combine(rounds[0].due_on, datetime.min.time()).astimezone() - timedelta(days=1))
    with _counted() as count:
        took.plan_seconds = _seconds(lambda: planning.plan(now))
    took.plan_statements, took.rows = count[0], Reminder.objects.count()
    with connection.cursor() as cursor:
        # As PostgreSQL does by itself within a minute, unless somebody has switched that off.
        cursor.execute("ANALYZE")
    took.again = len(planning.plan(now))
    Reminder.objects.update(next_attempt_at=now + timedelta(days=300))
    _due(now, WARM_UP)
    delivery.deliver(now)
    before = resource.getrusage(resource.RUSAGE_SELF)
    _due(now, mails)
    with _counted() as count:
        took.mail_seconds = _seconds(lambda: delivery.deliver(now, seconds=600))
    after = resource.getrusage(resource.RUSAGE_SELF)
    took.mails = Reminder.objects.filter(state="sent").count() - WARM_UP
    took.mail_processor = after.ru_utime - before.ru_utime
    took.mail_statements = count[0] / max(1, took.mails)
    took.megabytes = after.ru_maxrss // 1024
    took.more_megabytes = (after.ru_maxrss - before.ru_maxrss) // 1024
    took.floor_seconds = _floor(took.mails)
    _due(now, took.mails)
    took.shared_seconds = _seconds(lambda: _together(lambda: delivery.deliver(now, seconds=600)))
    sys.stdout.write(json.dumps(vars(took)) + "\n")


def _seconds(job: Callable[[], Any]) -> float:
    began = time.perf_counter()
    job()
    return time.perf_counter() - began


def _due(now: datetime, mails: int) -> None:
    """Let so many mails be due that were put off."""
    from notifications.models import Reminder  # noqa: PLC0415  # after the set-up

    some = Reminder.objects.filter(state="planned").order_by("pk").values("pk")[:mails]
    Reminder.objects.filter(pk__in=some).update(next_attempt_at=now)


def _together(job: Callable[[], Any]) -> None:
    """Let WORKERS processes do it at once, each with connections of its own."""
    children = [fork(job) for _ in range(WORKERS)]
    ended = [os.waitpid(child, 0)[1] for child in children]
    if any(ended):
        raise RuntimeError("A worker of the measurement failed.")


@contextmanager
def _counted() -> Iterator[list[int]]:
    from django.db import connection  # noqa: PLC0415  # after the set-up

    count = [0]

    def one_more(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  # Django's
        count[0] += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(one_more):
        yield count


def _floor(mails: int) -> float:
    """Return how long smtplib takes to send the same mails."""
    from django.conf import settings  # noqa: PLC0415  # after the set-up

    from notifications import letter  # noqa: PLC0415  # as above
    from notifications.models import Reminder  # noqa: PLC0415  # as above
    from notifications.names import filled  # noqa: PLC0415  # as above
    from notifications.outbox import Mail  # noqa: PLC0415  # as above

    rows = Reminder.objects.filter(state="sent").select_related("name", "address").order_by("-pk")[:mails]
    ready: list[tuple[str, bytes]] = []
    for row in rows:
        (text,), (html,) = filled(row.text), filled(row.html, html=True)
        made: Any = letter.envelope(row, Mail(row.subject, text, html)).message()
        ready.append((row.sent_to, made.as_bytes(linesep="\r\n")))
    began = time.perf_counter()
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as server:
        for address, message in ready:
            server.sendmail(settings.DEFAULT_FROM_EMAIL, [address], message)
    return time.perf_counter() - began


def lines(took: dict[str, Any]) -> list[str]:
    """Return what is said of what was measured."""
    mails = max(1, took["mails"])
    ratio = took["floor_seconds"] / took["mail_seconds"] if took["mail_seconds"] else 0.0
    milliseconds, statements = 1000 * took["mail_processor"] / mails, took["mail_statements"]
    planning = f"planning {took['rows']} mails, {took['plans']} open plans"
    return [
        _line(planning, took["plan_seconds"], PLAN_SECONDS, "s"),
        f"{took['plan_statements']} statements for it; planned by a second run: {took['again']}",
        f"delivery of {mails} mails against smtplib  {ratio:.2f}  ≥ {LEAST_RATIO:g}  {_reached(ratio >= LEAST_RATIO)}",
        _line("a mail", statements, MOST_STATEMENTS, "statements"),
        _line("a mail", milliseconds, MOST_MILLISECONDS, "ms of processor"),
        f"{WORKERS} workers at once: {took['mail_seconds'] / took['shared_seconds']:.2f} times as many mails",
        f"at most {took['megabytes']} MB, {took['more_megabytes']} of them while the mails were sent",
    ]


def _line(what: str, value: float, most: float, unit: str) -> str:
    return f"{what}  {value:.1f} {unit}  ≤ {most:g}  {_reached(value <= most)}"


def _reached(ok: bool) -> str:  # noqa: FBT001  # one thing to say
    return "reached" if ok else "missed"


if __name__ == "__main__":
    main(int(sys.argv[1]))
