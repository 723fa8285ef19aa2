"""A strategy file becomes plain data and the place of each entry in the file; nothing that YAML could do happens.

Stricter than YAML: no anchors, aliases, tags, repeated keys or second documents. Plain words stay text, but for
true, false, null, whole and decimal numbers; so ``2021-06``, ``no`` and ``003`` are text.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from toimenpiteet.exchange.strategy.problems import At, Marks, Problem, Refused, Steps

MAX_BYTES = 2_000_000
MAX_DEPTH = 30
MAX_ENTRIES = 200_000

# libyaml is ten times as fast where it is there; both tell lines and columns.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


class Source:
    """One file as read: its data, and where in it each entry stands."""

    def __init__(self, name: str, data: object, marks: Marks) -> None:
        self.name = name
        self.data = data
        self.marks = marks


def read(path: Path) -> Source:
    """Read one file; raises Refused when it cannot be read, is no YAML, or uses more of YAML than is allowed."""
    text = _text(path)
    builder = _Builder(path.name, text)
    data = builder.build()
    if builder.problems:
        raise Refused(builder.problems)
    return Source(path.name, data, builder.marks)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Refused([_unopened(path, error)]) from error
    if len(content) > MAX_BYTES:
        what = _("The file is larger than %(limit)s megabytes.") % {"limit": MAX_BYTES // 1_000_000}
        raise Refused([Problem(path.name, what, _("Give each strategy a file of its own."))])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = _("The file is not UTF-8 text.")
        raise Refused([Problem(path.name, what, _("Save it again as UTF-8."), At(line, 1))]) from error
    return _printable(path.name, text)


def _unopened(path: Path, error: OSError) -> Problem:
    if isinstance(error, FileNotFoundError):
        return Problem(path.name, _("There is no such file."), _("Check the path: %(path)s") % {"path": path})
    if isinstance(error, IsADirectoryError):
        return Problem(path.name, _("This is a folder."), _("Name the files in it instead."))
    return Problem(path.name, _("The file cannot be opened."), _("Check that you may read it."))


def _printable(name: str, text: str) -> str:
    # \r alone and \r\n are line breaks in YAML too; the pattern takes \r for a control character.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = _UNREADABLE.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        what = _("There is an invisible control character (U+%(code)04X).") % {"code": ord(found.group())}
        raise Refused([Problem(name, what, _("Remove it."), At(line, column))])
    return text


class _Builder:
    """Builds plain data from YAML's events, noting the line of every entry."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.lines = text.split("\n")
        self.events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self.marks: Marks = {}
        self.problems: list[Problem] = []

    def build(self) -> object:
        """Return the data of the one document; what is refused lands in `problems`."""
        try:
            return self._document()
        except yaml.YAMLError as error:
            self.problems.append(self._broken(error))
        except Refused as refused:
            self.problems += refused.problems
        return None

    def _document(self) -> object:
        next(self.events)
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            self._refuse(None, _("The file is empty."), _("Begin with: format: 1"))
            return None
        self.marks[()] = At(1, 1)
        data = self._value(next(self.events), ())
        next(self.events)
        event = next(self.events)
        if not isinstance(event, yaml.StreamEndEvent):
            self._refuse(event, _("A second document begins here."), _("Remove the line ---; one file, one strategy."))
        return data

    def _value(self, event: Any, path: Steps) -> object:
        if len(self.marks) > MAX_ENTRIES or len(path) > MAX_DEPTH:
            what = _("The file has too many entries, or entries inside each other.")
            raise Refused([self._problem(event, what, _("A strategy needs far fewer; check the file."))])
        self._plain(event)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return _scalar(event) if isinstance(event, yaml.ScalarEvent) else None

    def _plain(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            self._refuse(event, _("References (& and *) are not allowed."), _("Write the value out here."))
        elif event.tag:
            self._refuse(event, _("Tags (!) are not allowed."), _("Write a plain value."))

    def _sequence(self, path: Steps) -> list[object]:
        found: list[object] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            here = (*path, len(found))
            self.marks[here] = _at(event)
            found.append(self._value(event, here))
        return found

    def _mapping(self, path: Steps) -> dict[str, object]:
        found: dict[str, object] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            self._plain(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise Refused([self._problem(event, _("The name of a field must be a word."), _("Write name: value"))])
            here = (*path, event.value)
            if event.value in found:
                what = _('The field "%(name)s" is here twice; first on line %(line)s.')
                values = {"name": event.value, "line": self.marks[here].line}
                self._refuse(event, what % values, _("Keep one of them."))
            else:
                self.marks[here] = _at(event)
            found[event.value] = self._value(next(self.events), here)
        return found

    def _refuse(self, event: Any, what: str, cure: str) -> None:
        self.problems.append(self._problem(event, what, cure))

    def _problem(self, event: Any, what: str, cure: str) -> Problem:
        return Problem(self.name, what, cure, _at(event) if event else None)

    def _broken(self, error: yaml.YAMLError) -> Problem:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        cure = _("Check the indentation and the colons; text with a colon and a space or with # in it needs quotes.")
        if mark is None:
            return Problem(self.name, _("This is not valid YAML."), cure)
        whole = self.lines[mark.line] if mark.line < len(self.lines) else ""
        line = whole.strip()
        if "\t" in whole[: len(whole) - len(whole.lstrip())]:
            # Nobody sees it.
            what, cure = _("The line is indented with a tab."), _("Indent with spaces, two for each level.")
            return Problem(self.name, what, cure, At(mark.line + 1, 1))
        what = _('This is not valid YAML: "%(text)s".') % {"text": line[:80]} if line else _("This is not valid YAML.")
        return Problem(self.name, what, cure, At(mark.line + 1, mark.column + 1))


def _at(event: Any) -> At:
    return At(event.start_mark.line + 1, event.start_mark.column + 1)


def _scalar(event: Any) -> object:
    value: str = event.value
    if event.style:
        return value
    if value.lower() in _WORDS:
        return _WORDS[value.lower()]
    if _WHOLE.fullmatch(value):
        return int(value)
    return Decimal(value) if _DECIMAL.fullmatch(value) else value
