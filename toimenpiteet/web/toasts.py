"""What a toast says, and the form that undoes what it tells about."""

import json
from dataclasses import asdict, dataclass

from django.contrib.messages import constants, get_messages
from django.http import HttpRequest


@dataclass(frozen=True)
class Undo:
    """A POST that takes back what was just done: its address, its fields, and what its button says.

    `target` is the CSS selector of what the answer replaces in the page; without it the whole page is loaded again.
    `until` says in words until when it can be sent, where that is limited.
    """

    action: str
    label: str
    fields: tuple[tuple[str, str], ...] = ()
    target: str = ""
    until: str = ""


@dataclass(frozen=True)
class Toast:
    """One message on the page; `kind` is "error" for what went wrong, else empty."""

    text: str
    kind: str
    undo: Undo | None


def shown(request: HttpRequest) -> list[Toast]:
    """Return what is to be told on this page; it is not told again on the next."""
    return [
        Toast(str(message), "error" if message.level >= constants.WARNING else "", _unpacked(message.extra_tags))
        for message in get_messages(request)
    ]


def packed(undo: Undo | None) -> str:
    """Return `undo` as the extra tag of a message, which can only be a string."""
    return json.dumps(asdict(undo)) if undo else ""


def _unpacked(tag: str | None) -> Undo | None:
    if not tag or not tag.startswith("{"):
        return None
    values = json.loads(tag)
    return Undo(**values | {"fields": tuple((name, value) for name, value in values["fields"])})
