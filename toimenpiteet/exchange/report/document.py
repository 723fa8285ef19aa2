"""What a report says, before it is a Word file, a PDF, a workbook or a page: parts, paragraphs, tables. Pure.

Every text is in the language of its document, or marked with the one that it is in.
"""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """A light as a report shows it: that of the answer, or that there is none (``answers.Light``)."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    NOT_ASSESSED = "not_assessed"
    NOT_REPORTED = "not_reported"


@dataclass(frozen=True)
class Line:
    """A paragraph of one style; `lang` where it is not in the document's language, `mark` where it names a light."""

    text: str
    lang: str = ""
    strong: bool = False
    mark: str = ""


Cell = tuple[Line, ...]


@dataclass(frozen=True)
class Column:
    """A column by its head; `weight` is its share of the width, `number` puts its numbers under each other."""

    head: str
    weight: float = 1
    number: bool = False


@dataclass(frozen=True)
class Table:
    """A table with a caption; `total` where its last row is the sum of the others.

    Tables of one `key` have the same columns. In a workbook they are one, and `group` tells them apart in a column more
    whose head is `grouped_by`.
    """

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: bool = False
    group: str = ""
    grouped_by: str = ""
    kind: str = "table"

    @property
    def labelled(self) -> list[list[tuple[Column, Cell]]]:
        """Return the rows with the column of each cell, for who shows no heads."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Paragraph:
    """One paragraph."""

    line: Line
    kind: str = "paragraph"


@dataclass(frozen=True)
class Numbered:
    """A numbered list; the numbers begin at `start`."""

    items: tuple[Line, ...]
    start: int = 1
    kind: str = "numbered"


@dataclass(frozen=True)
class Heading:
    """A heading inside a part, of level 2 or 3."""

    line: Line
    level: int = 2
    kind: str = "heading"


@dataclass(frozen=True)
class Bar:
    """A bar of a chart: its words, the mark that gives its colour, its value in words, and its length from 0 to 1."""

    label: str
    mark: str
    value: str
    length: float

    @property
    def hundredths(self) -> str:
        """Return the length of the bar in hundredths, as programs write numbers."""
        return f"{100 * self.length:.2f}"


@dataclass(frozen=True)
class Chart:
    """Bars with a caption; `alt` says in a sentence what they show."""

    caption: str
    alt: str
    bars: tuple[Bar, ...]
    kind: str = "chart"


Block = Paragraph | Numbered | Heading | Table | Chart


@dataclass(frozen=True)
class Part:
    """A part of a report; `wide` asks for pages that lie, `fresh` for a page of its own."""

    key: str
    heading: str
    blocks: tuple[Block, ...]
    wide: bool = False
    fresh: bool = False

    @property
    def size(self) -> int:
        """Return how many rows its tables have."""
        return sum(len(block.rows) for block in self.blocks if isinstance(block, Table))


@dataclass(frozen=True)
class Logo:
    """The city's logo: `alt` says what it shows, `sha256` which file it is.

    Only files have it as a PNG; `width` and `height` are centimetres, `scale` how much smaller a workbook draws it.
    """

    sha256: str
    alt: Line
    data: bytes = b""
    width: float = 0
    height: float = 0
    scale: float = 1


@dataclass(frozen=True)
class Document:
    """A report in one language. `draft` is the word for a draft, empty where it is none; `above` stands over each page.

    `made` is when its files say that they were made (RFC 3339), `page` how they number pages. `wide` asks for ones that
    lie, from the first one on. `colour` (#rrggbb), `words` and `logo` are the city's own, for its first page.
    """

    language: str
    title: str
    author: str
    made: str
    footer: str
    page: str
    facts: tuple[tuple[str, Line], ...]
    parts: tuple[Part, ...]
    draft: str = ""
    above: str = ""
    lights: Table | None = None
    wide: bool = False
    colour: str = ""
    words: tuple[Line, ...] = ()
    logo: Logo | None = None


def cell(*texts: str | Line) -> Cell:
    """Return a cell of paragraphs, without the empty ones; a text of several lines is several paragraphs."""
    return tuple(line for text in texts for line in lines(text))


def lines(text: str | Line) -> list[Line]:
    """Return a text as paragraphs, none of which is empty."""
    whole = text if isinstance(text, Line) else Line(text)
    parts = (clean(part) for part in whole.text.splitlines())
    return [Line(part, whole.lang, whole.strong, whole.mark) for part in parts if part]


def clean(text: str) -> str:
    """Return `text` without what neither XML nor a font knows (control characters, halves of characters)."""
    return "".join("\ufffd" if _unwritable(one) else one for one in text.replace("\t", " ")).strip()


def _unwritable(one: str) -> bool:
    code = ord(one)
    return code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or code in {0xFFFE, 0xFFFF}
