"""What people are told of: each folder here is a kind, found by itself (docs/building.md, "A mail")."""

from importlib import import_module
from pkgutil import iter_modules

from notifications.kinds.base import Kind


def _found() -> list[Kind]:
    folders = [one.name for one in iter_modules(__path__) if one.ispkg]
    kinds: list[Kind] = [import_module(f"{__name__}.{name}").KIND for name in folders]
    return sorted(kinds, key=lambda kind: kind.order)


KINDS = _found()
"""Every kind, in the order of a mail's sections."""
BY_NAME = {kind.name: kind for kind in KINDS}
