"""docker-compose.yml as a test needs it: commands, environments and health checks, with the variables put in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

# ${NAME}, ${NAME:-default} and ${NAME:?message}: what the file uses of the compose specification.
_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


class Unset(Exception):
    """Raised for a variable that docker compose would insist on."""


@dataclass(frozen=True)
class Service:
    """One service that runs the product."""

    command: list[str]
    environment: dict[str, str]
    check: list[str]


def raw(path: Path) -> dict[str, Any]:
    """Return the file as it stands."""
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def interpolate(value: Any, variables: Mapping[str, str]) -> Any:
    """Return `value` with its variables put in, as docker compose does."""
    if isinstance(value, dict):
        return {key: interpolate(item, variables) for key, item in value.items()}
    if isinstance(value, list):
        return [interpolate(item, variables) for item in value]
    return _VARIABLE.sub(lambda found: _value(found, variables), value) if isinstance(value, str) else value


def _value(found: re.Match[str], variables: Mapping[str, str]) -> str:
    name, kind, rest = found.groups()
    if given := variables.get(name):
        return given
    if kind == "?":
        raise Unset(f"{name}: {rest}")
    return rest or ""


def services(path: Path, variables: Mapping[str, str]) -> dict[str, Service]:
    """Return the services that run the product; raises Unset when a variable is missing."""
    found = interpolate(raw(path)["services"], variables)
    return {
        name: Service(
            command=one["command"],
            environment={key: str(value) for key, value in one["environment"].items()},
            check=one.get("healthcheck", {}).get("test", ["CMD"])[1:],
        )
        for name, one in found.items()
        if "build" in one
    }


def substitute(service: Service, places: Mapping[str, str]) -> Service:
    """Return `service` with each of `places` (an address or a path in the containers) put where it is on this machine.

    Only whole values and beginnings of values are replaced: nothing else of the environment may differ.
    """

    def moved(value: str) -> str:
        for inside, outside in places.items():
            if value.startswith(inside):
                return outside + value.removeprefix(inside)
        return value

    return Service(service.command, {key: moved(value) for key, value in service.environment.items()}, service.check)
