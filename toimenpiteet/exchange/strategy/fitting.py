"""A file as the schema reads it; what does not fit is told, and left out so that the rest is looked at all the same."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from toimenpiteet.exchange import schema
from toimenpiteet.exchange.strategy.checked import Checked, entries_of
from toimenpiteet.exchange.strategy.problems import Place, Problem, Steps, of_schema
from toimenpiteet.exchange.strategy.reading import Source

_TRIES = 3


def fit(source: Source) -> tuple[Checked | None, list[Problem]]:
    """Return what of a file fits the schema, None where its frame does not, and everything that does not fit."""
    place = Place(source.name, source.data, source.marks)
    file, error = _read(source.data)
    problems = of_schema(error, place) if error else []
    data, out, partial = source.data, frozenset[str](), set[Steps]()
    # Whoever corrects what does not fit should not meet the rest only the next time.
    for again in range(_TRIES):
        if error is None:
            break
        # First the fields themselves, so that what else the entry says is looked at; then the entry.
        ways = _entries_with(error, data) if again else {_there(tuple(one["loc"]), data) for one in _flaws(error)}
        partial |= {place.in_file(way)[:-1] for way in ways if way}
        data, place, lost = _without(data, ways, place)
        out |= lost
        file, error = _read(data)
    if file is None:
        return None, problems
    return Checked(source.name, file, place, list(entries_of(file, ())), out, frozenset(partial)), problems


def _read(data: object) -> tuple[schema.StrategyFile | None, ValidationError | None]:
    try:
        return schema.StrategyFile.model_validate(data), None
    except ValidationError as error:
        return None, error


def _entries_with(error: ValidationError, data: Any) -> set[Steps]:
    """Return the ways to the innermost elements of lists that have a mistake in them; to the field, outside of any."""
    found = set()
    for detail in _flaws(error):
        path = tuple(detail["loc"])
        last = max((at for at, step in enumerate(path) if isinstance(step, int)), default=-1)
        found.add(path[: last + 1] if last >= 0 else _there(path, data))
    return found


def _flaws(error: ValidationError) -> list[Any]:
    return [*error.errors(include_url=False)]


def _there(path: Steps, data: Any) -> Steps:
    """Return the part of a way that the file has: a field that is missing has none, and its entry is meant."""
    for at, step in enumerate(path):
        known = range(len(data)) if isinstance(data, list) else data if isinstance(data, dict) else ()
        if step not in known:
            return path[:at]
        data = data[step]
    return path


def _without(data: Any, ways: Iterable[Steps], place: Place) -> tuple[Any, Place, frozenset[str]]:
    """Return data without what `ways` lead to, its place in the file, and the keys that went with it."""
    gone = {way for way in ways if way}
    moved: dict[Steps, list[int]] = {}
    lost: set[str] = set()

    def copied(value: Any, old: Steps, new: Steps) -> Any:
        if isinstance(value, dict):
            kept = {name: each for name, each in value.items() if not dropped((*old, name), each)}
            return {name: copied(each, (*old, name), (*new, name)) for name, each in kept.items()}
        if isinstance(value, list):
            moved[new] = [at for at, each in enumerate(value) if not dropped((*old, at), each)]
            return [copied(value[at], (*old, at), (*new, index)) for index, at in enumerate(moved[new])]
        return value

    def dropped(way: Steps, value: Any) -> bool:
        if way in gone:
            lost.update(_keys(value))
        return way in gone

    return copied(data, (), ()), replace(place, moved=(moved, *place.moved)), frozenset(lost)


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("key"), str):
            yield value["key"]
        for each in value.values():
            yield from _keys(each)
    elif isinstance(value, list):
        for each in value:
            yield from _keys(each)
