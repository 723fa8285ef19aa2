"""Who stands in for whom on a day. Substitutions belong to the app that mails; it tells us of them when it starts."""

from collections.abc import Callable, Iterable
from datetime import date

# From a municipality, people and a day to the names of those who stand in for each; one query.
Source = Callable[[int, Iterable[int], date], dict[int, list[str]]]

_sources: list[Source] = []


def tell_of(source: Source) -> Source:
    """Ask `source` from now on; a decorator."""
    _sources.append(source)
    return source


def of(municipality_id: int, people: Iterable[int], today: date) -> dict[int, list[str]]:
    """Return the names of those who stand in on `today` (Europe/Helsinki) for each of `people` who is away."""
    wanted = list(people)
    found: dict[int, list[str]] = {}
    for source in _sources if wanted else ():
        for person, names in source(municipality_id, wanted, today).items():
            found.setdefault(person, []).extend(names)
    return found
