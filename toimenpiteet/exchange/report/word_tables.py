"""Tables of a Word file, as WordprocessingML: a call for each cell would read its whole row anew."""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from toimenpiteet.exchange.report.document import Cell, Column, Line, Table
from toimenpiteet.exchange.report.word_styles import COLOURS, INK, SHADE, TABLE_TEXT

_HAIR, _LONG = "B8BEC6", 600
_EDGE = '<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{colour}"/>'
_BORDERS = "".join(
    _EDGE.format(side=side, size=size, colour=colour)
    for side, size, colour in (("top", 4, INK), ("bottom", 4, _HAIR), ("insideH", 4, _HAIR))
)
_MARGINS = "".join(f'<w:{side} w:w="70" w:type="dxa"/>' for side in ("top", "left", "bottom", "right"))
# Half points: heads are smaller, so that their longest words stay whole.
_HEAD_SHADE = f'<w:shd w:val="clear" w:color="auto" w:fill="{SHADE}"/>'
_HEAD_SIZE = '<w:sz w:val="15"/>'
_NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def table_xml(table: Table, width: int, language: str) -> str:
    """Return a table as XML; `width` in twentieths of a point, `language` of its texts where they name none."""
    whole = sum(column.weight for column in table.columns)
    widths = [round(width * column.weight / whole) for column in table.columns]
    head = tuple((Line(column.head, strong=True),) for column in table.columns)
    rows = [_row(head, table.columns, widths, language, head=True)]
    rows += [_row(row, table.columns, widths, language) for row in table.rows]
    grid = "".join(f'<w:gridCol w:w="{each}"/>' for each in widths)
    return f"<w:tbl {_NAMESPACE}>{_properties(table, width)}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def _properties(table: Table, width: int) -> str:
    return (
        f'<w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:tblBorders>{_BORDERS}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{_MARGINS}</w:tblCellMar>'
        f'<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="{int(table.total)}" w:firstColumn="0" w:lastColumn="0"'
        f' w:noHBand="1" w:noVBand="1"/><w:tblCaption w:val={quoteattr(table.caption)}/></w:tblPr>'
    )


def _row(
    row: Sequence[Cell], columns: Sequence[Column], widths: Sequence[int], language: str, *, head: bool = False
) -> str:
    short = all(sum(len(line.text) for line in cell) < _LONG for cell in row)
    properties = ("<w:cantSplit/>" if short else "") + ("<w:tblHeader/>" if head else "")
    shade, size = (_HEAD_SHADE, _HEAD_SIZE) if head else ("", "")
    cells = (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>'
        f"{_paragraphs(cell, column, language, size)}</w:tc>"
        for cell, column, width in zip(row, columns, widths, strict=True)
    )
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def _paragraphs(cell: Cell, column: Column, language: str, size: str) -> str:
    side = '<w:jc w:val="right"/>' if column.number else ""
    properties = f'<w:pPr><w:pStyle w:val="{TABLE_TEXT}"/>{side}</w:pPr>'
    # A cell without a paragraph is none.
    return "".join(f"<w:p>{properties}{run_xml(line, language, size)}</w:p>" for line in cell or (Line(""),))


def run_xml(line: Line, language: str, size: str = "") -> str:
    """Return a text as a run, in its language."""
    bold = "<w:b/>" if line.strong or line.mark else ""
    colour = f'<w:color w:val="{COLOURS[line.mark]}"/>' if line.mark else ""
    said = f'<w:lang w:val="{line.lang or language}"/>'
    return f'<w:r><w:rPr>{bold}{colour}{size}{said}</w:rPr><w:t xml:space="preserve">{escape(line.text)}</w:t></w:r>'
