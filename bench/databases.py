"""A database for each size of the data set, beside the one that DATABASE_URL names."""

import os
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from bench.problem import Failed

ROOT = Path(__file__).resolve().parent.parent
_OWN_TABLE = "toimenpiteet_municipality"


def url_for(items: int) -> str:
    """Return the address of the database that holds `items` action items: NAME_2500 beside NAME."""
    given = os.environ.get("DATABASE_URL") or f"sqlite:///{ROOT / 'var' / 'bench' / 'bench.sqlite3'}"
    parts = urlsplit(given)
    if parts.scheme == "sqlite":
        file = Path(parts.path[1:])
        return f"sqlite:///{file.with_name(f'{file.stem}_{items}{file.suffix}')}"
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise Failed(f"DATABASE_URL is {given!r}; it must look like postgresql://user@127.0.0.1/bench.")
    return parts._replace(path=f"{parts.path}_{items}").geturl()


def is_postgresql(url: str) -> bool:
    """Tell whether `url` addresses PostgreSQL."""
    return not url.startswith("sqlite:")


def ensure(url: str) -> None:
    """Make the database when it is missing; raises Failed when it holds tables that are not the product's."""
    tables = _tables_in_postgresql(url) if is_postgresql(url) else _tables_in_sqlite(url)
    if tables and _OWN_TABLE not in tables:
        raise Failed(f"{_name(url)} holds something else ({min(tables)} …). Name a database of the benchmark's own.")


def _name(url: str) -> str:
    return f"The database {urlsplit(url).path.lstrip('/')}"


def _tables_in_sqlite(url: str) -> set[str]:
    file = Path(urlsplit(url).path[1:])
    file.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(file)
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    connection.close()
    return {name for (name,) in rows}


def _tables_in_postgresql(url: str) -> set[str]:
    _create(url)
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {name for (name,) in rows}


def _create(url: str) -> None:
    name = urlsplit(url).path.lstrip("/")
    server = urlsplit(url)._replace(path="/postgres").geturl()
    try:
        with psycopg.connect(server, autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.OperationalError as error:
        raise Failed(f"PostgreSQL cannot be reached as DATABASE_URL says: {error}") from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise Failed(f"{_name(url)} is missing and this user may not make it: createdb {name}") from error


def tidy(url: str) -> None:
    """Vacuum: what autovacuum does within a minute or two, whether it is on or off and however short the rounds are."""
    if is_postgresql(url):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM")
