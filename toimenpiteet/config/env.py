"""Strict readers of the environment: a value that cannot be read is an error, never a silent default.

Every variable may also be given as ``NAME_FILE``, the path of a file that holds it (Docker secrets).
"""

import os
import re
import secrets
from collections.abc import Iterable
from email.utils import formataddr
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None) -> str:
    """Return `name`, or the content of the file named by `name`_FILE; raises ImproperlyConfigured when both are set."""
    value, path = os.environ.get(name, ""), os.environ.get(f"{name}_FILE", "")
    if value and path:
        raise ImproperlyConfigured(f"Both {name} and {name}_FILE are set. Keep one of them.")
    if path:
        value = _read(name, path)
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} is not set. See .env.example for what it holds and how to make one.")
    return default


def _read(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read: {error.strerror}.") from error


def number(name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    """Return `name` as a whole number of at least `least`, and at most `most`."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit()) or int(value) < least or (most is not None and int(value) > most):
        limits = f"{least} or more" if most is None else f"from {least} to {most}"
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number, {limits}.")
    return int(value)


def host(name: str, default: str | None = None) -> str:
    """Return `name` as the name or the IP address of a machine; "" where that is the default."""
    value = text(name, default)
    if not value:
        return value
    try:
        found = value.encode("idna").decode()
    except UnicodeError:
        found = ""
    if not _HOST.fullmatch(found):
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be the name or the address of one machine.")
    return found


def flag(name: str, *, default: bool) -> bool:
    """Return `name` as a truth value: exactly 'true' or 'false'."""
    return choice(name, ("true", "false"), "true" if default else "false") == "true"


def choice(name: str, allowed: Iterable[str], default: str) -> str:
    """Return `name`, which must be one of `allowed`."""
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of: {', '.join(allowed)}.")
    return value


def words(name: str, default: str | None = None) -> list[str]:
    """Return `name` as a list, separated by commas."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def url(name: str, schemes: tuple[str, ...], default: str | None = None) -> str:
    """Return `name`, an address that begins with one of `schemes`; an empty default stays empty."""
    value = text(name, default)
    if value and not value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        raise ImproperlyConfigured(f"{name} must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}.")
    return value


# Labels of letters, digits and hyphens, or an address of version 6.
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*\.?[A-Za-z0-9_-])*\.?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
_NAMED = re.compile(r'^\s*(?:"?(?P<name>[^"<>]*?)"?\s*)?<(?P<address>[^<>]+)>\s*$')


def sender(name: str, default: str | None = None) -> str:
    """Return `name` as a sender that headers take: an address, or a name before one in angle brackets.

    A name may hold commas and letters of any language; it is quoted here.
    """
    value = text(name, default)
    found = _NAMED.match(value)
    shown, address = (found["name"] or "", found["address"].strip()) if found else ("", value.strip())
    local, _at, host = address.rpartition("@")
    ascii_host = host.encode("idna").decode() if host and ".." not in host and not host.startswith(".") else ""
    unseen = not shown.isprintable()
    if unseen or not local.isascii() or not local or not ascii_host or "@" in local or set(address) & set(" ,;<>\r\n"):
        raise ImproperlyConfigured(f"{name} is {value!r}; it must look like: Kunta <strategia@kunta.example>.")
    return formataddr((shown, f"{local}@{ascii_host}")) if shown else f"{local}@{ascii_host}"


def ascii_secret(name: str) -> str:
    """Return `name`, which signing in at a mail server takes in ASCII alone; "" where it is not set."""
    value = text(name, "")
    if not value.isascii():
        raise ImproperlyConfigured(f"{name} holds a letter that is not ASCII; mail servers take none.")
    return value


def database(name: str, default: str | None = None) -> dict[str, Any]:
    """Return Django's settings of the database that `name` addresses; its password may stand in DATABASE_PASSWORD."""
    address = url(name, ("postgresql", "postgres", "sqlite"), default)
    try:
        found: dict[str, Any] = {**dj_database_url.parse(address, conn_max_age=60, conn_health_checks=True)}
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} cannot be read: {error}.") from error
    if password := text("DATABASE_PASSWORD", ""):
        found["PASSWORD"] = password
    return found


def folder(name: str, default: Path) -> Path:
    """Return `name` as a folder that exists, making it when it is missing."""
    path = Path(text(name, str(default)))
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{name} names {path}, which cannot be made: {error.strerror}.") from error
    return path


def kept_secret(path: Path) -> str:
    """Return the secret kept in `path`, made on first use and readable by its owner only.

    Linking a finished file into place lets two processes start at once: one wins, both read the same secret.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50), encoding="utf-8")
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="utf-8").strip()
