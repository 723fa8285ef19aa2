"""Names and addresses in kept mails: the row holds references to the recorded ones, filled in when it is read.

While a mail is made its names stand between two signs that no document and no person can bring in (``one_line`` takes
them out): first with whose they are, then, in the row, as the key of the recorded name.
"""

import re
from collections.abc import Iterable, Mapping
from html import escape, unescape

from toimenpiteet.models import RecordedName
from toimenpiteet.services.people import names

_OPEN, _CLOSE = "\ue000", "\ue001"
_MARKED = re.compile(f"{_OPEN}(\\d*)\\|([^{_CLOSE}]*){_CLOSE}")
_KEPT = re.compile(f"{_OPEN}(\\d+){_CLOSE}")


def marked(name: str, person_id: int | None) -> str:
    """Return a person's `name`, of one line, as it is put into a mail; nothing for no name."""
    return f"{_OPEN}{person_id or ''}|{name}{_CLOSE}" if name else ""


def shown(text: str) -> str:
    """Return a mail's text as its receiver would read it, which is not kept yet."""
    return _MARKED.sub(lambda found: found[2], text)


def kept(text: str, known: Mapping[tuple[str, int | None], int], *, html: bool = False) -> str:
    """Return a mail's text with the keys of recorded names in the place of its names.

    `known` are the keys of those that need not be looked for, by name and person.
    """

    def recorded(found: re.Match[str]) -> str:
        name = unescape(found[2]) if html else found[2]
        person = int(found[1] or 0) or None
        if pk := known.get((name, person)):
            return reference(pk)
        return reference(*names.find_or_make(names.Wanted(RecordedName.Kind.PERSON.value, name, person)))

    return _MARKED.sub(recorded, text)


def reference(pk: int) -> str:
    """Return what stands in a kept text in the place of the recorded name `pk`."""
    return f"{_OPEN}{pk}{_CLOSE}"


def without(text: str, name: RecordedName | None) -> str:
    """Return a mail server's words with a reference in the place of the address that they quote."""
    return re.sub(re.escape(name.text), reference(name.pk), text, flags=re.IGNORECASE) if name else text


def filled(*texts: str, html: bool = False) -> list[str]:
    """Return kept texts with the names as the record has them now; one query where there are any."""
    wanted: Iterable[str] = {pk for text in texts for pk in _KEPT.findall(text)}
    said = {str(pk): name.text for pk, name in RecordedName.objects.in_bulk(map(int, wanted)).items()} if wanted else {}
    if html:
        said = {pk: escape(name) for pk, name in said.items()}
    return [_KEPT.sub(lambda found: said[found[1]], text) for text in texts]
