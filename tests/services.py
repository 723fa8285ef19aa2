"""The services that some tests need: found when they are there, missed loudly when they are not.

``python -m tests.services`` prints the address on which the domain's tests may run on PostgreSQL, or exits 1.
"""

import os
import shutil
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import psycopg
import pytest
import redis

MISSING = "MISSING SERVICE "
_PATIENCE_SECONDS = 3


@dataclass(frozen=True)
class Service:
    """One service: how a person calls it, how to find it, what to do when it is missing."""

    label: str
    find: Callable[[], str | None]
    cure: str


@cache
def postgresql() -> str | None:
    """Return the address of a PostgreSQL on which databases may be made."""
    usual = ("postgresql://postgres@127.0.0.1:5432/postgres", "postgresql:///postgres")
    return next((url for url in _named("TEST_POSTGRESQL_URL", usual) if _may_make_databases(url)), None)


def _named(variable: str, usual: tuple[str, ...]) -> tuple[str, ...]:
    return (os.environ[variable],) if os.environ.get(variable) else usual


def _may_make_databases(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=_PATIENCE_SECONDS) as connection:
            row = connection.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
            return bool((row.fetchone() or (False,))[0])
    except psycopg.Error:
        return False


@cache
def redis_server() -> str | None:
    """Return the address of a Redis, without a database number."""
    for url in _named("TEST_REDIS_URL", ("redis://127.0.0.1:6379",)):
        try:
            redis.Redis.from_url(url, socket_connect_timeout=_PATIENCE_SECONDS).ping()
        except redis.RedisError:
            continue
        return url.rstrip("/")
    return None


@cache
def chromium() -> str | None:
    """Return the path of a Chromium."""
    names = _named("CHROMIUM", ("chromium", "chromium-browser", "google-chrome"))
    return next((path for path in map(shutil.which, names) if path), None)


SERVICES = {
    "postgresql": Service("PostgreSQL", postgresql, "start one on 127.0.0.1:5432 or set TEST_POSTGRESQL_URL"),
    "redis": Service("Redis", redis_server, "start one on 127.0.0.1:6379 or set TEST_REDIS_URL"),
    "chromium": Service("Chromium", chromium, "install the package chromium or set CHROMIUM"),
}


def require(name: str) -> str:
    """Return the address of a service; without it the test is skipped, or fails with REQUIRE_SERVICES=1."""
    service = SERVICES[name]
    if found := service.find():
        return found
    message = f"{MISSING}{service.label} ({service.cure})"
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


@contextmanager
def fresh_database(server: str, template: str = "template1") -> Iterator[str]:
    """Make a database on `server` as a copy of `template` (an empty one), hand out its address, and drop it."""
    name = f"toimenpiteet_{uuid.uuid4().hex[:12]}"
    administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield f"{server.rpartition('/')[0]}/{name}"
    finally:
        administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def administer(server: str, statement: str) -> None:
    """Run a statement outside any transaction, by a connection of its own: a test may restart the server."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.encode())


@contextmanager
def own_redis(server: str) -> Iterator[str]:
    """Claim an unused database number of `server`, hand out its address, and empty it."""
    for number in range(15, 0, -1):
        client = redis.Redis.from_url(f"{server}/{number}")
        # The claim is the only key: nobody else's data is there, and no other test takes the number.
        if client.set("claimed by a test", 1, nx=True) and client.dbsize() == 1:
            try:
                yield f"{server}/{number}"
            finally:
                client.flushdb()
            return
        if client.dbsize() > 1:
            continue
    pytest.fail("No Redis database is free for the test.")


def _main() -> int:
    server = postgresql()
    if server is None:
        return 1
    # The name is only the stem of Django's test databases: two runs at once do not meet.
    sys.stdout.write(f"{server.rpartition('/')[0]}/{os.getpid()}")
    return 0


if __name__ == "__main__":
    sys.exit(_main())
