"""Content in the language of the page, or in another one that is then marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import get_language

from toimenpiteet.alphabet import sort_key
from toimenpiteet.models import Audited

_ORDER = ("fi", "sv", "en")


@dataclass(frozen=True)
class Text:
    """A text and, where it is not in the page's language, the language that it is in (for the lang attribute)."""

    text: str
    lang: str = ""

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


def text_of(obj: Audited, field: str, own: str = "fi") -> Text:
    """Return `field` of `obj` in the active language, else in the municipality's `own`, else in any it has."""
    return text_in([getattr(obj, f"{field}_{language}", None) for language in _ORDER], own)


def columns_for(field: str) -> list[str]:
    """Return the columns that ``text_in`` wants of a translated `field`."""
    return [f"{field}_{language}" for language in _ORDER]


def text_in(texts: Sequence[str | None], own: str = "fi") -> Text:
    """Return that of the `texts` of one field, in the order of ``columns_for``, which ``text_of`` would give."""
    wanted, order = _looked_for((get_language() or "fi")[:2], own)
    for at in order:
        if value := texts[at]:
            return Text(value, "" if at == wanted else _ORDER[at])
    return Text("")


def in_alphabet(text: Text | str) -> tuple[str, str]:
    """Return what names are sorted by on a page in the active language."""
    return sort_key(str(text), get_language() or "fi")


@lru_cache(maxsize=32)
def _looked_for(wanted: str, own: str) -> tuple[int, tuple[int, ...]]:
    order = dict.fromkeys(language for language in (wanted, own, *_ORDER) if language in _ORDER)
    return _ORDER.index(wanted) if wanted in _ORDER else -1, tuple(map(_ORDER.index, order))
