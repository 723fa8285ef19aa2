"""Test databases are copies of one that was migrated once: the migrations take longer than most tests.

The copy carries tables, guards and search index; `migrate` then finds nothing to do and puts the guards of the code at
hand. Another migration or another library makes another original.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connections

ROOT = Path(__file__).resolve().parent.parent
_STEM = "toimenpiteet_prepared_"


@contextmanager
def prepared(alias: str, folder: Path) -> Iterator[None]:
    """Let the test database of `alias` begin as a copy of the original, which is made when it is missing.

    SQLite's original and the lock are kept in `folder`, PostgreSQL's on its server.
    """
    test = connections[alias].settings_dict["TEST"]
    if connections[alias].vendor == "postgresql":
        test["TEMPLATE"] = postgresql_original(_server(os.environ["DATABASE_URL"]), folder)
        yield
        return
    shutil.copy(sqlite_original(folder), test["NAME"])
    yield


def sqlite_original(folder: Path) -> Path:
    """Return the migrated database in `folder`, to be copied."""
    original = folder / f"{_fingerprint()}.sqlite3"
    with _one_at_a_time(folder):
        if not original.exists():
            for older in folder.glob("*.sqlite3*"):
                older.unlink()
            unfinished = original.with_suffix(".sqlite3-unfinished")
            _migrate(f"sqlite:///{unfinished}")
            unfinished.rename(original)
    return original


def postgresql_original(server: str, folder: Path) -> str:
    """Return the name of the migrated database on `server`, to be a TEMPLATE."""
    name = _STEM + _fingerprint()
    with _one_at_a_time(folder), psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        known = "SELECT datname FROM pg_database WHERE datname LIKE %s"
        there = {one for (one,) in connection.execute(known, [f"{_STEM}%"])}
        if name not in there:
            for older in there:
                connection.execute(f'DROP DATABASE "{older}"'.encode())
            connection.execute(f'CREATE DATABASE "{name}_unfinished"'.encode())
            _migrate(f"{server}/{name}_unfinished")
            connection.execute(f'ALTER DATABASE "{name}_unfinished" RENAME TO "{name}"'.encode())
    return name


def _server(url: str) -> str:
    return url.rpartition("/")[0]


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fingerprint() -> str:
    digest = hashlib.sha256(f"{sys.version} {sqlite3.sqlite_version}".encode())
    for path in sorted([ROOT / "uv.lock", *ROOT.glob("*/migrations/*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _migrate(url: str) -> None:
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"]
    subprocess.run(command, env=environment, cwd=ROOT, check=True)
