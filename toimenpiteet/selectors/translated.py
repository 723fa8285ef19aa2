"""Content in the language of the page, or in another one that is then marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import get_language

from toimenpiteet.alphabet import sort_key
from toimenpiteet.languages import CODES, DEFAULT, columns_for, spoken
from toimenpiteet.models import Audited


@dataclass(frozen=True)
class Text:
    """A text and, where it is not in the page's language, the language that it is in (for the lang attribute)."""

    text: str
    lang: str = ""

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


def numbered(number: int | None, name: Text) -> Text:
    """Return `name` after its number, where it has one."""
    return name if number is None else Text(f"{number}. {name}", name.lang)


@dataclass(frozen=True)
class Named:
    """A thing by its key and name, with what the source leaves in doubt about it."""

    pk: int
    name: Text
    doubt: str = ""


def text_of(obj: Audited, field: str, own: str = DEFAULT) -> Text:
    """Return `field` of `obj` in the active language, else in the municipality's `own`, else in any it has."""
    return text_in([getattr(obj, column, None) for column in columns_for(field)], own)


def named_of(obj: Audited, own: str = DEFAULT) -> Named:
    """Return `obj` by its key and name, as ``text_of``."""
    return Named(obj.pk, text_of(obj, "name", own))


def text_in(texts: Sequence[str | None], own: str = DEFAULT) -> Text:
    """Return that of the `texts` of one field, in the order of languages.CODES, which ``text_of`` would give."""
    wanted, order = _looked_for(spoken(get_language()), own)
    for at in order:
        if value := texts[at]:
            return Text(value, "" if at == wanted else CODES[at])
    return Text("")


def in_alphabet(text: Text | str) -> tuple[object, ...]:
    """Return what names are sorted by on a page in the active language."""
    return sort_key(str(text), spoken(get_language()))


@lru_cache(maxsize=32)
def _looked_for(wanted: str, own: str) -> tuple[int, tuple[int, ...]]:
    order = dict.fromkeys(language for language in (wanted, own, *CODES) if language in CODES)
    return CODES.index(wanted) if wanted in CODES else -1, tuple(map(CODES.index, order))
