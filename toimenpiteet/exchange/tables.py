"""Tables as files. Text stays text: a cell that a spreadsheet would run as a formula is made harmless."""

import csv
from collections.abc import Iterable, Iterator
from decimal import Decimal

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")

Cell = str | int | Decimal | None


def safe_cell(value: Cell) -> str:
    """Return a cell for CSV: numbers as they are, text that begins like a formula with an apostrophe before it."""
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_DANGEROUS) else text


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
