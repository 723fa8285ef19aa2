"""The tables of a report as a workbook: a sheet for each, and one for what the report is."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import override

from toimenpiteet.exchange import tables
from toimenpiteet.exchange.report.document import Cell, Document, Part, Table
from toimenpiteet.exchange.tables import Picture, Sheet


def excel(documents: Sequence[Document]) -> bytes:
    """Return the tables of the reports, a language after the other; the first one's title and day are the file's."""
    first = documents[0]
    sheets = [sheet for each in documents for sheet in _sheets(each, marked=len(documents) > 1)]
    made = datetime.fromisoformat(first.made)
    with tables.workbook(sheets, title=first.title, made=made, above=first.above) as file:
        return file.read()


def _sheets(document: Document, *, marked: bool) -> Iterator[Sheet]:
    """Yield the sheets of a report; `marked` puts its language before their names."""
    before = f"{document.language} " if marked else ""
    with override(document.language):
        logo = document.logo
        picture = Picture(logo.data, logo.alt.text, logo.scale) if logo else None
        yield Sheet(f"{before}{_('Report')}", (document.title, document.above), _about(document), picture)
    for part in document.parts:
        found = [block for block in part.blocks if isinstance(block, Table)]
        for _key, alike in groupby(found, key=lambda table: table.key):
            yield _sheet(part, list(alike), before)


def _about(document: Document) -> list[tuple[str, str]]:
    lights = [(_text(light), _text(means)) for light, means in document.lights.rows] if document.lights else []
    return [*((label, value.text) for label, value in document.facts), *lights]


def _sheet(part: Part, alike: list[Table], before: str) -> Sheet:
    """Return tables with the same columns as one sheet; what tells them apart is its first column."""
    columns, grouped = alike[0].columns, any(table.group for table in alike)
    heads = [*([alike[0].grouped_by] if grouped else []), *(column.head for column in columns)]
    rows = [
        [
            *([table.group] if grouped else []),
            *(_value(cell, number=column.number) for cell, column in zip(row, columns, strict=True)),
        ]
        for table in alike
        for row in table.rows
    ]
    return Sheet(f"{before}{part.heading}", heads, rows)


def _value(cell: Cell, *, number: bool) -> tables.Cell:
    text = _text(cell)
    return int(text) if number and text.isdecimal() else text


def _text(cell: Cell) -> str:
    return "\n".join(line.text for line in cell)
