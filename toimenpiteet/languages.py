"""The languages of texts, pages and mails: the only list. Pure.

One more is a line here, a migration (its columns, and its part of the search's index) and message catalogues.
"""

from typing import NamedTuple


class Language(NamedTuple):
    """One language: its code (ISO 639-1) as in column names, and what it calls itself.

    `dictionary` is the one of PostgreSQL's full-text search. `after_z` tells whether å, ä and ö end its alphabet.
    `wanted` asks for a text in it: a message of the catalogues. Cities write to their bodies in an `official` one.
    """

    code: str
    name: str
    dictionary: str
    wanted: str
    after_z: bool = False
    official: bool = False


def _(message: str) -> str:
    # Marks a message for the catalogues: whoever shows it translates it.
    return message


_ALL = (
    Language("fi", "suomi", "finnish", _("%(text)s in Finnish"), after_z=True, official=True),
    Language("sv", "svenska", "swedish", _("%(text)s in Swedish"), after_z=True, official=True),
    Language("en", "English", "english", _("%(text)s in English")),
)

LANGUAGES: tuple[tuple[str, str], ...] = tuple((language.code, language.name) for language in _ALL)
"""Each code with the language's own name, in the order in which they are offered, and looked for."""

CODES: tuple[str, ...] = tuple(language.code for language in _ALL)
OFFICIAL: tuple[str, ...] = tuple(language.code for language in _ALL if language.official)
BY_CODE: dict[str, Language] = {language.code: language for language in _ALL}

DEFAULT = CODES[0]
"""The language of pages for whom no other is known, and of a text in a file that does not say its language."""

PROGRAMS = "en"
"""The language of what only programs and their makers read: API documents, what commands write."""


def spoken(active: str | None) -> str:
    """Return the two letters of the `active` locale ("sv-fi", or None where none is), known or not."""
    return (active or DEFAULT)[:2]


def columns_for(name: str) -> list[str]:
    """Return the columns of the translated field `name` (or path, such as ``unit__name``), in the order of CODES."""
    return [f"{name}_{code}" for code in CODES]


def base_of(column: str) -> str:
    """Return the translated field that `column` has in one language; "" when it is no such column."""
    name, _sep, code = column.rpartition("_")
    return name if code in BY_CODE else ""
