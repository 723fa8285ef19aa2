"""What is wrong with a strategy file, where, and what to do about it: in words, in the active language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext, pgettext_lazy
from pydantic import ValidationError

from toimenpiteet.exchange.values import KEY_PATTERN
from toimenpiteet.folding import fold
from toimenpiteet.labels import Label

SHOWN = 20
"""So many problems of one file are told; more would only hide the first ones."""

Steps: TypeAlias = tuple[str | int, ...]
"""The way to an entry: field names, and positions in lists from 0."""


class At(NamedTuple):
    """A place in a file, both counted from 1."""

    line: int
    column: int


Marks: TypeAlias = dict[Steps, At]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong; `entry` and `field` name the place in words, empty where the whole file is meant."""

    file: str
    what: str
    cure: str
    at: At | None = None
    entry: str = ""
    field: str = ""

    def __str__(self) -> str:
        """Return one line of text: file, line, entry, field, what is wrong, cure."""
        place = [self.file]
        if self.at:
            place.append(_("line %(line)s, column %(column)s") % {"line": self.at.line, "column": self.at.column})
        if self.entry:
            place.append(self.entry)
        if self.field:
            place.append(_('field "%(name)s"') % {"name": self.field})
        return f"{', '.join(place)}: {self.what} {self.cure}".strip()

    def as_data(self) -> dict[str, object]:
        """Return the parts, for programs."""
        return {
            "file": self.file,
            "line": self.at.line if self.at else None,
            "column": self.at.column if self.at else None,
            "entry": self.entry,
            "field": self.field,
            "message": self.what,
            "cure": self.cure,
        }


class Refused(Exception):
    """The files are refused whole; nothing has been written."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: (problem.file, problem.at or At(0, 0)))
        super().__init__(f"{len(self.problems)} problems")

    def lines(self) -> list[str]:
        """Return every problem as a line, at most SHOWN of one file."""
        found: list[str] = []
        for file in dict.fromkeys(problem.file for problem in self.problems):
            own = [str(problem) for problem in self.problems if problem.file == file]
            found += own[:SHOWN]
            rest = len(own) - SHOWN
            if rest > 0:
                more = ngettext("%(file)s: and %(count)s more.", "%(file)s: and %(count)s more.", rest)
                found.append(more % {"file": file, "count": rest})
        return found


# Lists whose elements are entries of their own, in the words of docs/domain.md.
_NOUNS: dict[str, Label] = {
    "documents": gettext_lazy("source document"),
    "units": gettext_lazy("responsible unit"),
    "budget_lines": gettext_lazy("budget line"),
    "projects": gettext_lazy("project"),
    "periods": gettext_lazy("plan period"),
    "calendar": gettext_lazy("rule of a day"),
    "parts": gettext_lazy("part of a strategy"),
    "events": gettext_lazy("step of the strategy process"),
    "follow_up": gettext_lazy("follow-up"),
    "themes": gettext_lazy("theme"),
    "success_factors": gettext_lazy("critical success factor"),
    "goals": gettext_lazy("goal"),
    "items": gettext_lazy("action item"),
    "plans": gettext_lazy("action plan"),
    "steps": gettext_lazy("step"),
    "means": pgettext_lazy("of a plan", "means"),
    "indicators": gettext_lazy("indicator"),
    "targets": gettext_lazy("target"),
    "programmes": gettext_lazy("programme"),
    "values": gettext_lazy("value"),
}
_NAMES = ("key", "period", "kind", "number", "year", "op")


def noun(field: str) -> Label:
    """Return what an element of the list `field` is called."""
    return _NOUNS.get(field, field)


@dataclass(frozen=True)
class Place:
    """Turns the way to an entry into words and a line of the file.

    `moved` says, for each time that entries were left out, which elements of each list were kept, the last time first.
    """

    file: str
    data: object
    marks: Marks
    moved: tuple[dict[Steps, list[int]], ...] = ()

    def problem(self, path: Steps, what: str, cure: str) -> Problem:
        """Return a problem at `path`."""
        entry, field = self._words(self.in_file(path))
        return Problem(self.file, what, cure, self.at(path), entry, field)

    def in_file(self, path: Steps) -> Steps:
        """Return the way to an entry in the file as it was read."""
        for kept in self.moved:
            lists = (kept.get(path[:at]) for at in range(len(path)))
            path = tuple(
                of[step] if of and isinstance(step, int) and step < len(of) else step
                for of, step in zip(lists, path, strict=True)
            )
        return path

    def at(self, path: Steps) -> At:
        """Return the place of `path`, or of the nearest entry around it that the file has."""
        path = self.in_file(path)
        while path not in self.marks and path:
            path = path[:-1]
        return self.marks.get(path, At(1, 1))

    def _words(self, path: Steps) -> tuple[str, str]:
        entries: list[str] = []
        fields: list[str] = []
        here = self.data
        for i, step in enumerate(path):
            here = _inside(here, step)
            if isinstance(step, int) and isinstance(here, Mapping):
                entries.append(f"{noun(str(path[i - 1]))} {_name(here, step)}")
                fields = []
            elif isinstance(step, int):
                fields.append(str(step + 1))
            else:
                fields.append(step)
        return ", ".join(entries), ".".join(fields)


def _inside(data: Any, step: str | int) -> Any:
    if isinstance(data, Mapping):
        return data.get(step)
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return data[step]
    return None


def _name(entry: Mapping[str, Any], position: int) -> str:
    for field in _NAMES:
        if isinstance(entry.get(field), str | int):
            return f'"{str(entry[field])[:80]}"'
    return str(position + 1)


def of_schema(error: ValidationError, place: Place) -> list[Problem]:
    """Return what the schema refuses, each with its cure."""
    return [place.problem(tuple(detail["loc"]), *_said(detail)) for detail in error.errors(include_url=False)]


def _said(detail: Any) -> tuple[str, str]:
    kind: str = detail["type"]
    values = {"value": _shown(detail["input"])} | detail.get("ctx", {})
    if kind == "string_pattern_mismatch" and values["pattern"] == KEY_PATTERN:
        kind, values["like"] = "not_a_key", slugify(fold(values["value"])) or "avain-1"
    what, cure = _SAYINGS.get(kind, _OTHER)
    return _(what) % values, _(cure) % values


def _shown(value: object) -> str:
    text = str(value) if isinstance(value, str | int | float | Decimal) else _("a list or a group of fields")
    return text if len(text) <= 60 else f"{text[:60]}…"


_OTHER = (
    gettext_noop('"%(value)s" does not fit here.'),
    gettext_noop("See docs/data-format.md for what belongs here."),
)
_SAYINGS: dict[str, tuple[str, str]] = {
    "missing": (gettext_noop("The field is missing."), gettext_noop("Add it.")),
    "extra_forbidden": (
        gettext_noop("There is no such field."),
        gettext_noop("Check its spelling and its indentation, or remove it."),
    ),
    "string_type": (
        gettext_noop('"%(value)s" is not text.'),
        gettext_noop('Write text; a number or a year as text goes in quotes, like "2021".'),
    ),
    "int_type": (gettext_noop('"%(value)s" is not a whole number.'), gettext_noop("Write digits without quotes.")),
    # The only class that the schema asks for is that of decimal numbers.
    "is_instance_of": (
        gettext_noop('"%(value)s" is not a number.'),
        gettext_noop("Write digits without quotes and spaces, with a point before the decimals."),
    ),
    "bool_type": (gettext_noop('"%(value)s" is neither true nor false.'), gettext_noop("Write true or false.")),
    "list_type": (
        gettext_noop('"%(value)s" is not a list.'),
        gettext_noop("Begin each element with a hyphen, or write [one, two]."),
    ),
    "model_type": (
        gettext_noop('"%(value)s" is not a group of fields.'),
        gettext_noop("Write its fields below it, indented, as name: value."),
    ),
    "literal_error": (
        gettext_noop('"%(value)s" is not one of the choices.'),
        gettext_noop("Choose one of: %(expected)s."),
    ),
    "string_pattern_mismatch": (
        gettext_noop('"%(value)s" is not the number of a document.'),
        gettext_noop('Write three digits in quotes, like "003".'),
    ),
    "not_a_key": (
        gettext_noop('"%(value)s" is not a key.'),
        gettext_noop('A key has small letters a–z (no å, ä, ö), digits and hyphens. Write "%(like)s".'),
    ),
    "string_too_long": (
        gettext_noop("The text is longer than %(max_length)s characters."),
        gettext_noop("Shorten it."),
    ),
    "too_short": (gettext_noop("The list is empty."), gettext_noop("Add at least one.")),
    "greater_than_equal": (
        gettext_noop("%(value)s is too small."),
        gettext_noop("Write a number that is at least %(ge)s."),
    ),
    "less_than_equal": (
        gettext_noop("%(value)s is too large."),
        gettext_noop("Write a number that is at most %(le)s."),
    ),
    "decimal_max_places": (
        gettext_noop("%(value)s has too many decimals."),
        gettext_noop("Use at most %(decimal_places)s decimals."),
    ),
    "decimal_whole_digits": (gettext_noop("%(value)s is too large."), gettext_noop("Use a larger unit of measure.")),
    "decimal_max_digits": (gettext_noop("%(value)s is too large."), gettext_noop("Use a larger unit of measure.")),
    "control_character": (
        gettext_noop("The text has an invisible character (U+%(code)s)."),
        gettext_noop("Remove it."),
    ),
    "empty_text": (gettext_noop("The text is empty."), gettext_noop("Write the text, or remove the field.")),
    "line_break": (
        gettext_noop("The text has a line break or a tab."),
        gettext_noop("Write it on one line."),
    ),
    "successor_kind": (
        gettext_noop("successor and successor_kind belong together, and one of them is missing."),
        gettext_noop("Write both: which unit follows, and whether this one was renamed, merged or split."),
    ),
    "no_language": (
        gettext_noop("There is no text in any language."),
        gettext_noop("Write the text, or fi:, sv: or en: with it."),
    ),
    "source": (
        gettext_noop('"%(value)s" is no place in a document.'),
        gettext_noop("Write lines like 003:205-206, a page like s. 3, or leave it out."),
    ),
    "due": (
        gettext_noop('"%(value)s" is not a date.'),
        gettext_noop(
            "Write it as exactly as the source does: 2020-11-30 for 30.11.2020, 2021-06, 2021-spring, 2021-summer, "
            "2021-autumn, 2021-h1, 2021-h2, 2021-end or 2021."
        ),
    ),
    "rule": (
        gettext_noop('"%(value)s" is no rule of a day.'),
        gettext_noop(
            "Write a month and day (12-31) or one of these: first working-day 09, last working-day 01, +15 opens, "
            "-6 board, +1 01-06, 2 mon 06, last mon 03-28, never."
        ),
    ),
    "start": (gettext_noop('"%(value)s" is not a first day.'), gettext_noop("Write 2020-11-30, 2021-06 or 2021.")),
}
