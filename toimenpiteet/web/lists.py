"""Lists of rows: chosen columns, sorting by their heads, CSV and XLSX of what is shown; the address says it all.

A list declares its columns once, and its page reads what the address asks of them::

    COLUMNS = (
        Column("name", _("Name"), lambda row: row.name.text, sort=True, fixed=True),
        Column("email", _("E-mail"), lambda row: row.email, shown=False),
    )

    def units(request):
        table = lists.read(COLUMNS, request, sort="name")
        rows = selectors.units(scope, order=table.sort)             # "name", or "-name" for the other way round
        if table.file:
            return lists.download(table, rows, name=_("Units"), now=me.now)
        return render(request, "…", {"table": table, "rows": rows[:PAGE]})

In the template, inside its ``<form method="get">`` with the filters, ``{% include "components/list_tools.html" %}``
writes the order and the columns to choose; outside it ``{% include "components/list_files.html" %}`` the two links;
in the table ``<thead><tr>{% include "components/list_heads.html" %}</tr></thead>``, and a cell stands under
``{% if table.shows.email %}<td data-label="{{ table.labels.email }}">…</td>{% endif %}``, in the order declared.
The parameters `columns`, `sort` and `as` belong to this module, `page` to the page; all others are left as they are.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.http import FileResponse, HttpRequest, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.text import slugify
from django.utils.translation import gettext as _

from toimenpiteet.calendar import local_day
from toimenpiteet.exchange.tables import Cell, csv_lines, xlsx_file
from toimenpiteet.labels import Label

# What a sheet of XLSX holds, beside its heads and the word that it was cut.
FILE_LIMIT = (1 << 20) - 2
FORMATS = ("csv", "xlsx")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Column:
    """One column: `cell` gives a row's value for pages and files; `key` names it in the address and in templates.

    `fixed` is always there (it names the row), `shown` is there unless other columns are chosen. `up` and `down` are
    what the two orders are called where "by name" would say too little. `in_file` is what files say instead of `cell`,
    and what a table is sorted by: a number, a day or an instant where the page shows one in words. `beside` is a
    column that files have after this one, because the page says both in one cell ("2/4").
    """

    key: str
    label: Label
    cell: Callable[[Any], Cell]
    sort: bool = False
    fixed: bool = False
    shown: bool = True
    up: Label = ""
    down: Label = ""
    in_file: Callable[[Any], Cell] | None = None
    beside: "Column | None" = None

    def value(self, row: Any) -> Cell:
        """Return what a row has here for files and for sorting."""
        return (self.in_file or self.cell)(row)


@dataclass(frozen=True)
class Head:
    """One head of the table; `href` sorts by it, the other way round when it is sorted by it already."""

    label: str
    href: str
    direction: str


@dataclass(frozen=True)
class Choice:
    """One thing that a form offers: a column to show, or an order."""

    key: str
    label: str
    chosen: bool
    fixed: bool = False


@dataclass(frozen=True)
class Table:
    """What the address asks of a list: the `columns` shown, `sort` (a key, or -key) and `file` (csv, xlsx or "")."""

    all: tuple[Column, ...]
    columns: tuple[Column, ...]
    sort: str
    file: str
    query: QueryDict

    @property
    def shows(self) -> dict[str, bool]:
        """Return whether each column is shown, by key."""
        shown = {column.key for column in self.columns}
        # A template that looks for a key in vain takes long over it.
        return {column.key: column.key in shown for column in self.all}

    @property
    def labels(self) -> dict[str, str]:
        """Return what the columns are called, by key."""
        return {column.key: str(column.label) for column in self.all}

    @property
    def heads(self) -> list[Head]:
        """Return the heads of the table, each with its link and its direction (for aria-sort)."""
        return [self._head(column) for column in self.columns]

    def _head(self, column: Column) -> Head:
        if not column.sort:
            return Head(str(column.label), "", "")
        up, down = self.sort == column.key, self.sort == f"-{column.key}"
        href = self.address(sort=f"-{column.key}" if up else column.key, page=None)
        return Head(str(column.label), href, "ascending" if up else "descending" if down else "none")

    @property
    def chooser(self) -> list[Choice]:
        """Return every column as a choice."""
        shown = self.shows
        return [Choice(one.key, str(one.label), shown[one.key], one.fixed) for one in self.all]

    @property
    def orders(self) -> list[Choice]:
        """Return every order as a choice, for those who see no heads."""
        return [Choice(key, label, key == self.sort) for one in self.all if one.sort for key, label in _orders(one)]

    @property
    def chosen(self) -> bool:
        """Tell whether other columns are shown than those shown to begin with."""
        return self.columns != _first_shown(self.all)

    @property
    def files(self) -> list[Choice]:
        """Return the addresses of what is shown as files."""
        return [Choice(self.address(**{"as": kind, "page": None}), kind.upper(), chosen=False) for kind in FORMATS]

    def address(self, **changes: str | int | None) -> str:
        """Return the address of this list with some parameters changed, or left out where None."""
        return address(self.query, **changes)


def _orders(column: Column) -> list[tuple[str, str]]:
    name = {"column": column.label}
    up = str(column.up) or _("%(column)s, ascending") % name
    return [(column.key, up), (f"-{column.key}", str(column.down) or _("%(column)s, descending") % name)]


def _first_shown(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    return tuple(column for column in columns if column.fixed or column.shown)


def address(query: QueryDict, **changes: str | int | None) -> str:
    """Return `?` and `query` with `changes`; what is None or empty is left out."""
    copy = query.copy()
    for name, value in changes.items():
        copy.pop(name, None)
        if value not in {None, ""}:
            copy[name] = str(value)
    for name in [name for name, values in copy.lists() if not any(values)]:
        del copy[name]
    return f"?{copy.urlencode()}"


def read(columns: Sequence[Column], request: HttpRequest, *, sort: str, file: str = "") -> Table:
    """Return what the address asks for; what it does not know of is passed over. `sort` is the order to begin with."""
    query, wanted = request.GET, set(request.GET.getlist("columns"))
    every = tuple(columns)
    known = wanted & {column.key for column in every}
    chosen = tuple(column for column in every if column.fixed or column.key in known) if known else _first_shown(every)
    orders = {key for column in every if column.sort for key in (column.key, f"-{column.key}")}
    asked, kind = query.get("sort", ""), file or query.get("as", "")
    return Table(every, chosen, asked if asked in orders else sort, kind if kind in FORMATS else "", query)


def download(table: Table, rows: Iterable[Any], *, name: str, now: datetime) -> HttpResponseBase:
    """Give `rows` with the shown columns as the file that the address asks for; its last row says if it was cut.

    `name` is the sheet's, and with the day the file's. It holds FILE_LIMIT rows at most; rows that come one by one
    are never all in memory.
    """
    columns = [one for column in table.columns for one in (column, column.beside) if one]
    heads, cells = [str(column.label) for column in columns], _cells(columns, rows)
    filename = f"{slugify(name)}-{local_day(now).isoformat()}.{table.file}"
    if table.file == "xlsx":
        file = xlsx_file(heads, cells, name=name, made=now)
        return FileResponse(file, as_attachment=True, filename=filename, content_type=_XLSX)
    response = StreamingHttpResponse(csv_lines(heads, cells), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _cells(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[list[Cell]]:
    rest = iter(rows)
    for row in islice(rest, FILE_LIMIT):
        yield [column.value(row) for column in columns]
    if next(rest, None) is not None:
        yield [_("The list goes on: a file holds its first %(limit)s rows. Narrow it down.") % {"limit": FILE_LIMIT}]
