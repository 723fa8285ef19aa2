"""Long rows of things in parts: what is read part by part stays in flat memory, however much there is."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Thing = TypeVar("Thing")
BATCH = 500


def in_batches(things: Iterable[Thing], size: int = BATCH) -> Iterator[list[Thing]]:
    """Yield `things` in lists of `size`, the last of which may be shorter."""
    coming = iter(things)
    while batch := list(islice(coming, size)):
        yield batch
