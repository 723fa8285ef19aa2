"""Content in the language of the page, or in another one that is then marked."""

from dataclasses import dataclass

from django.utils.translation import get_language

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
    wanted = (get_language() or "fi")[:2]
    for language in dict.fromkeys((wanted, own, *_ORDER)):
        value = getattr(obj, f"{field}_{language}", None)
        if value:
            return Text(value, "" if language == wanted else language)
    return Text("")
