"""What a person has chosen about mails. The choices belong to the app that mails; it tells us when it starts."""

from collections.abc import Callable

from toimenpiteet.models import User

# From a person to sentences in the active language; one query.
Source = Callable[[User], list[str]]

_sources: list[Source] = []


def tell_of(source: Source) -> Source:
    """Ask `source` from now on; a decorator."""
    _sources.append(source)
    return source


def of(person: User | None) -> list[str]:
    """Return what `person` has chosen, in sentences; what holds for one who never chose; nothing for nobody."""
    return [] if person is None else [words for source in _sources for words in source(person)]
