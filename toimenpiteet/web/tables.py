"""A short list as a table: words to find, columns, order and files, all in the address (see lists.py).

For lists that are read as a tree first and have a few hundred rows at most: finding and sorting look at the cells
themselves, so that a list needs nothing but its columns.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from toimenpiteet.exchange.tables import Cell
from toimenpiteet.folding import fold, words_in
from toimenpiteet.selectors.translated import in_alphabet
from toimenpiteet.web import lists
from toimenpiteet.web.lists import Column, Table
from toimenpiteet.web.paging import page_of

PAGE = 100


@dataclass(frozen=True)
class Line:
    """One row of the table: its cells under their labels, and where the row's own page is."""

    cells: list[tuple[Column, str, Cell]]
    href: str


@dataclass(frozen=True)
class Listed:
    """A list that can be shown as a table; `href` gives the address of a row's own page."""

    title: str
    href: Callable[[Any], str]
    now: datetime


def wanted(request: HttpRequest, table: Table) -> bool:
    """Tell whether the address asks for the list as a table or as a file."""
    return bool(table.file) or request.GET.get("view") == "table"


def show(request: HttpRequest, table: Table, rows: Iterable[Any], listed: Listed) -> HttpResponseBase:
    """Answer with the rows that have the words looked for, in the order asked for: as a page or as a file."""
    words = request.GET.get("q", "")[:200].replace("\x00", "")
    found = _ordered(table, [row for row in rows if _has(table, row, words)])
    if table.file:
        return lists.download(table, found, name=listed.title, now=listed.now)
    pages = page_of(request, found, PAGE)
    context = {
        "title": listed.title,
        "table": table,
        "words": words,
        "lines": [
            Line([(column, str(column.label), column.cell(row)) for column in table.columns], listed.href(row))
            for row in pages.rows
        ],
        "pages": pages,
    }
    return render(request, "toimenpiteet/frame/table.html", context)


def _has(table: Table, row: Any, words: str) -> bool:
    if not words.strip():
        return True
    said = fold(" ".join(str(column.cell(row) or "") for column in table.all))
    return all(word in said for word in words_in(words))


def _ordered(table: Table, rows: list[Any]) -> list[Any]:
    column = next((one for one in table.all if one.key == table.sort.removeprefix("-")), None)
    if column is None:
        return rows
    valued = [(column.value(row), row) for row in rows]
    filled = [(_place(value), row) for value, row in valued if value not in {None, ""}]
    empty = [row for value, row in valued if value in {None, ""}]
    # What says nothing stands last, whichever way the order goes.
    filled.sort(key=lambda one: one[0], reverse=table.sort.startswith("-"))
    return [*(row for _at, row in filled), *empty]


def _place(cell: Cell) -> tuple[Any, ...]:
    return (0, cell) if isinstance(cell, int | Decimal) else (1, in_alphabet(str(cell)))
