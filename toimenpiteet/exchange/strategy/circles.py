"""Circles in strategy files: a unit above itself, a group inside itself, a strategy that follows itself."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from django.utils.translation import gettext as _

from toimenpiteet.exchange import schema
from toimenpiteet.exchange.strategy.problems import Place, Problem, Steps

Edges: TypeAlias = Mapping[str, Iterable[str]]
FilePlace: TypeAlias = tuple[schema.StrategyFile, Place]


def problems(files: list[FilePlace], above: Mapping[str, Edges]) -> list[Problem]:
    """Return the circles that `files` make; `above` has the database's units by municipality: key → what is above."""
    found: list[Problem] = []
    for owner in dict.fromkeys(file.municipality.key for file, _place in files):
        own = [(file, place) for file, place in files if file.municipality.key == owner]
        found += _of_units(own, above.get(owner, {}))
        found += _of_strategies(own)
    return found


def _of_units(files: list[FilePlace], above: Edges) -> Iterator[Problem]:
    where = {unit.key: (place, ("units", i)) for file, place in files for i, unit in enumerate(file.units)}
    units = [unit for file, _place in files for unit in file.units]
    upward = dict(above) | {unit.key: [key for key in (unit.parent, unit.successor) if key] for unit in units}
    what = _("These units stand above themselves or come after themselves: %(keys)s.")
    yield from _said(upward, where, what, _("Correct parent or successor."))
    what = _("These groups contain themselves: %(keys)s.")
    yield from _said({unit.key: unit.members for unit in units}, where, what, _("Correct the members."))


def _of_strategies(files: list[FilePlace]) -> Iterator[Problem]:
    where = {file.strategy.key: (place, ("strategy", "follows")) for file, place in files}
    follows = {file.strategy.key: [file.strategy.follows] if file.strategy.follows else [] for file, _place in files}
    what = _("These strategies follow themselves: %(keys)s.")
    yield from _said(follows, where, what, _("Name the strategy that came before."))


def _said(edges: Edges, where: Mapping[str, tuple[Place, Steps]], what: str, cure: str) -> Iterator[Problem]:
    for circle in _circles(edges):
        named = next((key for key in circle if key in where), None)
        if named:
            place, path = where[named]
            yield place.problem(path, what % {"keys": " → ".join([*circle, circle[0]])}, cure)


def _circles(edges: Edges) -> Iterator[list[str]]:
    """Yield every circle that a walk along `edges` meets; iterative, since a chain may be as long as a file."""
    done: set[str] = set()
    for start in edges:
        if start in done:
            continue
        way = {start: None}
        left = [iter(edges[start])]
        while left:
            following = next(left[-1], None)
            if following is None:
                left.pop()
                done.add(way.popitem()[0])
            elif following in way:
                nodes = list(way)
                yield nodes[nodes.index(following) :]
            elif following not in done:
                way[following] = None
                left.append(iter(edges.get(following, ())))
