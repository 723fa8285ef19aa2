"""Makes the data set ready inside the product, and tells the driver how to sign in and what to move.

``python -m bench.prepare ITEMS PLANS`` writes one line of JSON.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "toimenpiteet.config.settings")
django.setup()

from django.core.management import call_command  # after the set-up, like all below
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import addresses
from bench.city import making, structure
from bench.city.command import Wanted, ensure
from bench.problem import Failed
from toimenpiteet import access
from toimenpiteet.calendar import local_day
from toimenpiteet.models import ActionItem, Municipality, PeriodPlan, PlanUnit, User
from toimenpiteet.services.people import tokens

HOST = "127.0.0.1"
PAGE, WAITING, LIST = "/myohassa/", "/odottaa/", "/api/v1/action-items/"
_MOVABLE = ("in_progress", "on_hold")


def main(items: int, plans: int) -> None:
    """Bring the database up to date and say what the driver needs to know."""
    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    if Municipality.objects.exclude(key=structure.KEY).exists():
        raise Failed("The database holds a municipality that is not the data set's: name another one.")
    fresh = making.present() is None
    ensure(Wanted(items), lambda told: print(told, file=sys.stderr))
    _own_table(2 * plans)
    if fresh:
        _tidy()
    sys.stdout.write(json.dumps(_facts(plans)) + "\n")


def _own_table(rows: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_row")
        cursor.execute(
            "CREATE TABLE bench_row (id integer PRIMARY KEY, text text NOT NULL, version integer NOT NULL,"
            " changed_at timestamp with time zone NOT NULL)"
        )
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        cursor.executemany(
            "INSERT INTO bench_row VALUES (%s, %s, 1, %s)", [(pk, "x" * 200, now) for pk in range(1, rows + 1)]
        )


def _tidy() -> None:
    """Do at once what PostgreSQL would have done by itself within some minutes."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _facts(plans: int) -> dict[str, Any]:
    director, manager = (User.objects.get(email=email) for email in (structure.DIRECTOR, structure.MANAGER))
    tokens.revoke_all(manager)
    token, _ = tokens.issue(manager, now=timezone.now())
    client = Client(SERVER_NAME=HOST)
    client.force_login(director, backend="django.contrib.auth.backends.ModelBackend")
    chosen, item = _plans_of(manager, plans), ActionItem.objects.earliest("pk")
    return {
        "cookie": f"sessionid={client.cookies['sessionid'].value}",
        "token": token,
        "plans": chosen,
        "strategy": item.strategy_id,
        "goal": item.goal_id,
        "queries": {
            **{
                key: _asked(client if asked.signed_in else _api(token), asked)
                for key, asked in addresses.lists(item.strategy_id, item.goal_id).items()
            },
            "page": _queries(lambda: client.get(PAGE)),
            "list": _queries(lambda: _api(token).get(LIST)),
            "waiting": _queries(lambda: client.get(WAITING)),
            "move": _queries(lambda: _move(_api(token), chosen[0]), without=1),
        },
    }


def _asked(client: Client, asked: addresses.Asked) -> int:
    """Return how many statements a list takes."""
    headers = {"HX-Request": "true"} if asked.piece else {}
    return _queries(lambda: client.get(asked.address, headers=headers))


def _plans_of(manager: User, wanted: int) -> list[int]:
    scope = access.scope_of(manager, local_day(timezone.now()))
    links = PlanUnit.objects.filter(unit__in=scope.unit_roles, plan__status__in=_MOVABLE)
    found = list(links.order_by("plan").values_list("plan_id", flat=True)[:wanted])
    if len(found) < wanted:
        raise Failed(f"The data set is too small: {wanted} plans to move are needed, {len(found)} are there.")
    return found


def _api(token: str) -> Client:
    return Client(SERVER_NAME=HOST, headers={"Authorization": f"Token {token}"})


def _move(client: Client, plan: int) -> Any:
    now = PeriodPlan.objects.get(pk=plan)
    body = {"name": "resume"} if now.status == "on_hold" else {"name": "pause", "comment": "Odotetaan päätöstä."}
    return client.post(
        f"/api/v1/plans/{plan}/transitions/",
        json.dumps(body),
        content_type="application/json",
        headers={"If-Match": f'"{now.version}"'},
    )


def _queries(request: Callable[[], Any], without: int = 0) -> int:
    """Return how many statements a request runs when the process has answered one like it before."""
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            response = request()
        if response.status_code != 200:
            raise Failed(f"{response.status_code}: {response.content[:500]!r}")
        counts.append(len(captured) - without)
    return counts[-1]


def run(arguments: Iterable[str]) -> None:
    """Read the arguments; end with one sentence when it cannot be done."""
    items, plans = map(int, arguments)
    try:
        main(items, plans)
    except Failed as error:
        sys.exit(str(error))


if __name__ == "__main__":
    run(sys.argv[1:])
