"""Tables as files, CSV and XLSX. Text stays text: no cell can be run as a formula by a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import chain, count, islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any, NamedTuple

import xlsxwriter

from toimenpiteet.calendar import HELSINKI

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
# What a cell of a spreadsheet can hold, how wide a column is before its text wraps, and how long a sheet's name is.
_CELL_LIMIT, _WIDEST, _NAME_LIMIT = 32767, 60, 31
_A4 = 9
# Of how many rows the widths are found, in characters; how high a line and a row are, in points.
_LOOKED_AT, _NARROWEST, _LINE, _HIGHEST = 500, 12, 15, 400
_IN_MEMORY = 1 << 20

# A `datetime` is an instant with its zone.
Cell = str | int | Decimal | date | datetime | None


def safe_cell(value: Cell) -> str:
    """Return a cell for CSV: numbers with a comma, text that begins like a formula with an apostrophe before it.

    Days are 2020-11-30, instants 2020-11-30 14:05 in Europe/Helsinki: so a spreadsheet takes them for what they are.
    """
    match value:
        case None:
            return ""
        case datetime():
            return f"{_local(value):%Y-%m-%d %H:%M}"
        case Decimal():
            return f"{value:f}".replace(".", ",")
        case str() if value.startswith(_DANGEROUS):
            return f"'{value}"
        case _:
            return str(value)


def _local(at: datetime) -> datetime:
    """Return an instant by the clock of Europe/Helsinki, without a zone, as spreadsheets know time."""
    return at.astimezone(HELSINKI).replace(tzinfo=None)


class _Line:
    def write(self, text: str) -> str:
        return text


def csv_lines(heads: Iterable[str], rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    """Yield a CSV file line by line: semicolons and a byte-order mark, as Finnish spreadsheets open it."""
    writer = csv.writer(_Line(), delimiter=";")
    yield "\ufeff"
    yield writer.writerow([safe_cell(head) for head in heads])
    for row in rows:
        yield writer.writerow([safe_cell(cell) for cell in row])


class Picture(NamedTuple):
    """A picture beside the columns of a sheet: a PNG, what it shows, and how much smaller it is drawn."""

    data: bytes
    words: str
    scale: float


class Sheet(NamedTuple):
    """One sheet of a workbook: its name, the heads of its columns, its rows, and a picture beside them."""

    name: str
    heads: Sequence[str]
    rows: Iterable[Iterable[Cell]]
    picture: Picture | None = None


def xlsx_file(heads: Sequence[str], rows: Iterable[Iterable[Cell]], *, name: str, made: datetime) -> IO[bytes]:
    """Return an XLSX file at its beginning, with one sheet called `name`; see ``workbook``."""
    return workbook([Sheet(name, heads, rows)], title=name, made=made)


def workbook(sheets: Iterable[Sheet], *, title: str, made: datetime, above: str = "") -> IO[bytes]:
    """Return an XLSX file at its beginning; rows are written as they come.

    Texts are strings, whole and decimal numbers numbers, days dates, instants the time in Europe/Helsinki. `made` is
    when the file says it was made, `above` a word that stands over each page when it is printed.
    """
    file: IO[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # whoever sends it closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    # The format keeps the time without a zone, as UTC.
    book.set_properties({"created": made.astimezone(UTC).replace(tzinfo=None), "title": title})
    taken: set[str] = set()
    for sheet in sheets:
        written = _write_sheet(book, _sheet_name(sheet.name, taken), sheet.heads, sheet.rows)
        if sheet.picture:
            _draw(written, len(sheet.heads) + 1, sheet.picture)
        if above:
            written.set_header(f"&C&B{above}")
    book.close()
    file.seek(0)
    return file


def _sheet_name(name: str, taken: set[str]) -> str:
    """Return `name` as a sheet may be called: short, without some signs, and once."""
    plain = "".join(" " if character in "[]:*?/\\" else character for character in name)
    ends = ("" if at == 1 else f" {at}" for at in count(1))
    found = next(one for end in ends if (one := _short(plain, _NAME_LIMIT - len(end)) + end).casefold() not in taken)
    taken.add(found.casefold())
    return found


def _short(name: str, most: int) -> str:
    """Return a name of at most `most` characters, cut after a word."""
    words = name if len(name) <= most else name[: most + 1].rpartition(" ")[0] or name[:most]
    return words.strip("'(,– ") or "1"


def _write_sheet(book: Any, name: str, heads: Sequence[str], rows: Iterable[Iterable[Cell]]) -> Any:
    sheet = book.add_worksheet(name)
    bold, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    formats = _formats(book)
    coming = map(list, rows)
    first = list(islice(coming, _LOOKED_AT))
    widths = [_width(head, [row[at] for row in first if at < len(row)]) for at, head in enumerate(heads)]
    for at, head in enumerate(heads):
        sheet.set_column(at, at, widths[at], wrapped)
        sheet.write_string(0, at, head, bold)
    sheet.freeze_panes(1, 1)
    # On paper: as wide as a page lying down, with the heads on each.
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    last = 0
    for last, row in enumerate(chain(first, coming), 1):
        # Not every program makes a row as high as its texts by itself.
        if (lines := _lines(row, widths)) > 1:
            sheet.set_row(last, min(lines * _LINE, _HIGHEST))
        for at, cell in enumerate(row):
            _write_cell(sheet, (last, at), cell, formats)
    sheet.autofilter(0, 0, last, max(0, len(heads) - 1))
    return sheet


def _width(head: str, cells: Iterable[Cell]) -> int:
    """Return how many characters wide a column is: as its texts ask for, within bounds."""
    longest = max((len(line) for cell in cells for line in safe_cell(cell).split("\n")), default=0)
    # The head has the button of its filter beside it.
    return max(_NARROWEST, min(_WIDEST, max(len(head) + 4, longest + 2)))


def _lines(row: Sequence[Cell], widths: Sequence[int]) -> int:
    """Return how many lines the longest text of a row takes."""
    texts = ((cell, width) for cell, width in zip(row, widths, strict=False) if isinstance(cell, str))
    return max((sum(-(-len(line) // width) or 1 for line in text.split("\n")) for text, width in texts), default=1)


def _draw(sheet: Any, column: int, picture: Picture) -> None:
    small = dict.fromkeys(("x_scale", "y_scale"), picture.scale)
    how = {"image_data": BytesIO(picture.data), "description": picture.words, **small}
    sheet.insert_image(1, column, "picture", how)


class _Formats(NamedTuple):
    """How days, instants, and figures by their decimals are shown."""

    day: Any
    moment: Any
    figures: list[Any]


def _formats(book: Any) -> _Formats:
    figures = [f"#,##0{'.' * bool(places)}{'0' * places}" for places in range(5)]
    day, moment, *rest = (book.add_format({"num_format": form}) for form in ("d.m.yyyy", "d.m.yyyy h:mm", *figures))
    return _Formats(day, moment, rest)


def _write_cell(sheet: Any, place: tuple[int, int], cell: Cell, formats: _Formats) -> None:
    match cell:
        case None | "":
            return
        case str():
            sheet.write_string(*place, cell[:_CELL_LIMIT])
        case datetime():
            sheet.write_datetime(*place, _local(cell), formats.moment)
        case date():
            sheet.write_datetime(*place, cell, formats.day)
        case Decimal():
            places = len(f"{cell:f}".partition(".")[2])
            sheet.write_number(*place, cell, formats.figures[min(places, len(formats.figures) - 1)])
        case _:
            sheet.write_number(*place, cell)
