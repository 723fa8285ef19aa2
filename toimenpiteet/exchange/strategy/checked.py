"""A strategy file that fits the schema, and its entries with the way to each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from toimenpiteet.exchange import schema, values
from toimenpiteet.exchange.strategy.problems import Place, Steps

Found: TypeAlias = Iterator[tuple[Steps, str, str]]
"""What is wrong: the way to the place, what it is, and the cure."""
Wanted = TypeVar("Wanted", bound=values.Entry)


@dataclass
class Checked:
    """A file that fits the schema, or what of it does; `out` are the keys of what was left out.

    `partial` are the ways, in the file, to entries of which a field was left out: their own rules would miss it.
    """

    name: str
    file: schema.StrategyFile
    place: Place
    entries: list[tuple[Steps, values.Entry]]
    out: frozenset[str] = frozenset()
    partial: frozenset[Steps] = frozenset()

    def of(self, kind: type[Wanted]) -> Iterator[tuple[Steps, Wanted]]:
        """Yield the entries of `kind` with the way to each."""
        for path, entry in self.entries:
            if isinstance(entry, kind):
                yield path, entry


def entries_of(entry: values.Entry, path: Steps) -> Iterator[tuple[Steps, values.Entry]]:
    """Yield an entry and everything inside it, each with the way to it."""
    yield path, entry
    for name in type(entry).model_fields:
        value = getattr(entry, name)
        if isinstance(value, values.Entry):
            yield from entries_of(value, (*path, name))
        elif isinstance(value, list):
            for i, element in enumerate(value):
                if isinstance(element, values.Entry):
                    yield from entries_of(element, (*path, name, i))
