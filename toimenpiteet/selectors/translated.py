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


class Phrase(str):
    """A sentence of ours that names things of the content; pages mark each with its language (templatetags.words.say).

    As a string it is whole. `form` has %(name)s for each of the things, `named` what these are called.
    """

    __slots__ = ("form", "named")
    form: str
    named: dict[str, list[Text]]

    @classmethod
    def of(cls, form: str, **named: "Text | str | Sequence[Text]") -> "Phrase":
        """Return `form` with what it names: a text, or several, which stand side by side."""
        things = {key: _texts(value) for key, value in named.items()}
        made = cls(form % {key: ", ".join(map(str, texts)) for key, texts in things.items()})
        made.form, made.named = form, things
        return made


def _texts(value: "Text | str | Sequence[Text]") -> list[Text]:
    if isinstance(value, str):
        return [Text(value)]
    return [value] if isinstance(value, Text) else list(value)


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


def in_turn(own: str) -> list[str]:
    """Return the languages in which a text is looked for: the active one, the municipality's `own`, the others."""
    return list(_in_turn(spoken(get_language()), own))


@lru_cache(maxsize=32)
def _in_turn(wanted: str, own: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(language for language in (wanted, own, *CODES) if language in CODES))


@lru_cache(maxsize=32)
def _looked_for(wanted: str, own: str) -> tuple[int, tuple[int, ...]]:
    return CODES.index(wanted) if wanted in CODES else -1, tuple(map(CODES.index, _in_turn(wanted, own)))
