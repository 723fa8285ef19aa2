"""Reports as a Word file: real styles, heads of tables that are repeated, languages, texts for pictures.

What python-docx has no call for (repeated heads, languages, alternative texts, page numbers) is written as
WordprocessingML (ECMA-376, part 1). Two makings differ in bytes: a file that is to stay the same is kept.
"""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt

from toimenpiteet.exchange.report.document import (
    Block,
    Chart,
    Document,
    Heading,
    Line,
    Logo,
    Numbered,
    Paragraph,
    Part,
    Table,
)
from toimenpiteet.exchange.report.pdf import picture
from toimenpiteet.exchange.report.word_styles import dress
from toimenpiteet.exchange.report.word_tables import run_xml, table_xml

_LONG, _SHORT, _MARGIN = Cm(29.7), Cm(21), Cm(2)
_CHART = Cm(16.5)
_TWIP = 635  # EMU


def word(documents: Sequence[Document]) -> bytes:
    """Return the reports, a language after the other, as one file; the first one's title and day are the file's."""
    file, first = docx.Document(), documents[0]
    dress(file, first.language)
    tabs = file.settings.element.find(qn("w:defaultTabStop"))
    tabs.addprevious(OxmlElement("w:autoHyphenation"))
    _properties(file, first)
    for at, document in enumerate(documents):
        _Writer(file, document).write(new=at > 0)
    made = io.BytesIO()
    file.save(made)
    return made.getvalue()


def _properties(file: Any, first: Document) -> None:
    made = datetime.fromisoformat(first.made).astimezone(UTC).replace(tzinfo=None)
    told = file.core_properties
    told.title, told.author, told.language, told.comments = first.title, first.author, first.language, ""
    told.created = told.modified = made
    told.last_modified_by = first.author


class _Writer:
    """Writes one report at the end of a file."""

    def __init__(self, file: Any, document: Document) -> None:
        self.file, self.document = file, document

    def write(self, *, new: bool) -> None:
        """Write the report; `new` begins it on a page of its own."""
        document = self.document
        self.section = self.file.add_section(WD_SECTION.NEW_PAGE) if new else self.file.sections[0]
        self._page(wide=document.wide)
        self._edges()
        if document.logo:
            self.logo(document.logo)
        if document.above:
            self.text("Subtitle", Line(document.above, strong=True, mark="off_track"))
        _coloured(self.text("Title", Line(document.title)), document.colour)
        for label, value in document.facts:
            self.text("Normal", Line(f"{label}: ", strong=True), value).paragraph_format.space_after = 0
        for line in document.words:
            self.text("Normal", line).paragraph_format.space_before = Pt(6)
        if document.lights:
            self.table(document.lights)
        for part in document.parts:
            self._part(part)

    def logo(self, logo: Logo) -> None:
        """Draw the city's logo, with what it shows in words."""
        self._picture(logo.data, logo.alt.text, Cm(logo.width)).paragraph_format.space_after = Pt(12)

    def _picture(self, data: bytes, alt: str, width: int) -> Any:
        shown = self.file.add_paragraph()
        shown.add_run().add_picture(io.BytesIO(data), width=width)
        for drawn in _element(shown).iter(qn("wp:docPr")):
            drawn.set("descr", alt)
        return shown

    def _page(self, *, wide: bool) -> None:
        section = self.section
        section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (_LONG, _SHORT) if wide else (_SHORT, _LONG)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
        section.header_distance = section.footer_distance = Cm(1)

    def _edges(self) -> None:
        """Write what stands above and below each page of the report."""
        for edge in (self.section.header, self.section.footer):
            edge.is_linked_to_previous = False
        document = self.document
        above = " · ".join(text for text in (document.above, document.author, document.title) if text)
        _add_run(self.section.header.paragraphs[0], Line(above), document.language)
        below = self.section.footer
        _add_run(below.paragraphs[0], Line(document.footer), document.language)
        _add_page(below.add_paragraph(style="Footer"), document.page, document.language)

    def _part(self, part: Part) -> None:
        if part.wide and not self.document.wide:
            self.section = self.file.add_section(WD_SECTION.NEW_PAGE)
            self._page(wide=True)
        heading = self.text("Heading 1", Line(part.heading))
        heading.paragraph_format.page_break_before = part.fresh
        for block in part.blocks:
            self.block(block)

    def block(self, block: Block) -> None:
        """Write one block."""
        match block:
            case Paragraph(line=line):
                self.text("Normal", line)
            case Heading(line=line, level=level):
                self.text(f"Heading {level}", line)
            case Numbered():
                self.numbered(block)
            case Table():
                self.table(block)
            case Chart():
                self.chart(block)

    def text(self, style: str, *lines: Line) -> Any:
        """Write a paragraph in a style."""
        paragraph = self.file.add_paragraph(style=style)
        for line in lines:
            _add_run(paragraph, line, self.document.language)
        return paragraph

    def numbered(self, block: Numbered) -> None:
        """Write a list that is numbered anew."""
        number = _new_numbers(self.file, block.start)
        for item in block.items:
            paragraph = self.text("List Number", item)
            properties = _element(paragraph).get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_ilvl().val, properties.get_or_add_numId().val = 0, number

    def table(self, table: Table) -> None:
        """Write a table under its caption."""
        self.text("Caption", Line(table.caption))
        section = self.section
        width = (section.page_width - section.left_margin - section.right_margin) // _TWIP
        after = self.file.add_paragraph()
        after.paragraph_format.space_after = 0
        _element(after).addprevious(parse_xml(table_xml(table, width, self.document.language)))

    def chart(self, chart: Chart) -> None:
        """Write a chart as a picture under its caption, with what it shows in words."""
        self.text("Caption", Line(chart.caption))
        self._picture(picture(chart, self.document.language), chart.alt, _CHART)


def _element(paragraph: Any) -> Any:
    """Return the XML of a paragraph: that of its format is the same."""
    return paragraph.paragraph_format.element


def _coloured(title: Any, colour: str) -> None:
    """Draw a line of the city's colour above the title; no text depends on it."""
    if colour:
        edge = f'<w:top w:val="single" w:sz="36" w:space="6" w:color="{colour.removeprefix("#")}"/>'
        properties = _element(title).get_or_add_pPr()
        properties.insert_element_before(
            parse_xml(f"<w:pBdr {nsdecls('w')}>{edge}</w:pBdr>"),
            "w:shd",
            "w:tabs",
            "w:spacing",
            "w:ind",
            "w:jc",
            "w:rPr",
        )


def _add_run(paragraph: Any, line: Line, language: str) -> None:
    run = run_xml(line, language).replace("<w:r>", f"<w:r {nsdecls('w')}>", 1)
    _element(paragraph).append(parse_xml(run))


def _add_page(paragraph: Any, words: str, language: str) -> None:
    """Write "page 1 of 2", with fields that the program which shows the file fills in."""
    for piece in words.replace("{page}", "\0PAGE\0").replace("{pages}", "\0NUMPAGES\0").split("\0"):
        if piece in {"PAGE", "NUMPAGES"}:
            field = f'<w:fldSimple {nsdecls("w")} w:instr="{piece}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
            _element(paragraph).append(parse_xml(field))
        elif piece:
            _add_run(paragraph, Line(piece), language)


def _new_numbers(file: Any, start: int) -> int:
    """Return the id of a numbering like that of the style, which begins at `start`."""
    numbering = file.part.numbering_part.element
    kept = file.styles["List Number"].element.pPr.numPr.numId.val
    (abstract,) = (num.abstractNumId.val for num in numbering.num_lst if num.numId == kept)
    new = numbering.add_num(abstract)
    new.add_lvlOverride(ilvl=0).add_startOverride(start)
    return int(new.numId)
