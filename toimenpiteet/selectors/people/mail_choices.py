"""What a person has chosen about mails, and how mails to an address fare: the app that mails tells, once it starts."""

from collections.abc import Callable
from datetime import datetime

from toimenpiteet.models import User

# From a person and the time of the request to sentences in the active language; one query.
Source = Callable[[User, datetime], list[str]]

_sources: list[Source] = []


def tell_of(source: Source) -> Source:
    """Ask `source` from now on; a decorator."""
    _sources.append(source)
    return source


AddressSource = Callable[[str, datetime], list[str]]
_of_addresses: list[AddressSource] = []


def tell_of_address(source: AddressSource) -> AddressSource:
    """Ask `source` about addresses from now on; a decorator."""
    _of_addresses.append(source)
    return source


def of_address(address: str, now: datetime) -> list[str]:
    """Return what is wrong at `now` with mails to an address, in sentences; nothing for no address."""
    return [words for source in _of_addresses for words in source(address, now)] if address else []


def of(person: User | None, now: datetime) -> list[str]:
    """Return what `person` has chosen, in sentences; what holds for one who never chose; nothing for nobody."""
    return [] if person is None else [words for source in _sources for words in source(person, now)]
