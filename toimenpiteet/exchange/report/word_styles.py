"""How a Word file looks: its styles, by their built-in names, so that every program knows what they are."""

from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

FONT = "Calibri"
INK, QUIET, SHADE = "1C1F23", "4A5058", "EEF1F4"
COLOURS = {
    "on_track": "1B6E3C",
    "at_risk": "8A5A00",
    "off_track": "A3201A",
    "not_assessed": "3D5A80",
    "not_reported": "5C6470",
}
TABLE_TEXT = "TableText"
_SIZES = {
    "Normal": 10.5,
    "Title": 20,
    "Heading 1": 16,
    "Heading 2": 12.5,
    "Heading 3": 11,
    "Caption": 9,
    "Header": 8,
    "Footer": 8,
}
_PLAIN = {"Normal", "Caption", "Header", "Footer"}
_QUIET = {"Caption", "Header", "Footer"}


def dress(file: Any, language: str) -> None:
    """Give the styles of `file` one font, quiet colours and `language`."""
    for name, size in _SIZES.items():
        style = file.styles[name]
        style.font.name, style.font.size, style.font.bold = FONT, Pt(size), name not in _PLAIN
        style.font.color.rgb = RGBColor.from_string(QUIET if name in _QUIET else INK)
        _own_font(style.element)
    _space(file)
    text = file.styles.add_style("Table Text", WD_STYLE_TYPE.PARAGRAPH)
    text.base_style, text.font.size, text.paragraph_format.space_after = file.styles["Normal"], Pt(8.5), Pt(2)
    # Between its paragraphs the default has 1.15 lines.
    text.paragraph_format.line_spacing = 1.0
    defaults = file.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    _language(defaults, language)


def _space(file: Any) -> None:
    file.styles["Normal"].paragraph_format.space_after = Pt(6)
    for name, before in (("Heading 1", 16), ("Heading 2", 10), ("Heading 3", 10)):
        file.styles[name].paragraph_format.space_before = Pt(before)
        file.styles[name].paragraph_format.space_after = Pt(4)
    caption = file.styles["Caption"].paragraph_format
    caption.keep_with_next, caption.space_before, caption.space_after = True, Pt(8), Pt(3)
    rule = file.styles["Title"].element.find(f"{qn('w:pPr')}/{qn('w:pBdr')}")
    rule.getparent().remove(rule)


def _language(properties: Any, language: str) -> None:
    found = properties.find(qn("w:lang"))
    if found is None:
        found = OxmlElement("w:lang")
        properties.append(found)
    found.set(qn("w:val"), language)


def _own_font(style: Any) -> None:
    """Take the theme's fonts out of a style, which would win over its own."""
    fonts = style.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    for name in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{name}"), FONT)
