"""What was read and may change: believed for a moment, then read again."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
SECONDS = 1.0
TIMES = 5.0
"""How long what was read is believed: a second, or five times as long as reading it took."""


class Believed(Generic[T]):
    """What `read` returns; read when it is first asked for, and again when it is believed no longer."""

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._held: tuple[T, float] | None = None

    def get(self) -> T:
        """Return what was read, anew where that is too long ago."""
        if self._held is None or time.monotonic() > self._held[1]:
            # By the clock that only goes forward.
            began = time.monotonic()
            found, ended = self._read(), time.monotonic()
            self._held = found, ended + max(SECONDS, TIMES * (ended - began))
        return self._held[0]
