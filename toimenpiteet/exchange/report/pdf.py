"""Reports as PDF: tagged (PDF/UA-1), to be kept (PDF/A-2a), with fonts of our own.

Texts go in as data, never as markup. A character that none of the fonts has would stop the whole file: it is written as
its code (`[U+4E2D]`).
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from fontTools.ttLib import TTFont

from toimenpiteet.calendar import HELSINKI
from toimenpiteet.exchange.report.document import Chart, Document

_HERE = Path(__file__).parent
_FONTS, _ROOT = _HERE / "fonts", _HERE / "typst"
_SHARP = 200  # pixels per inch of the chart's picture


def pdf(documents: Sequence[Document]) -> bytes:
    """Return the reports, a language after the other, as one file; the first one's title and day are the file's."""
    # A lock has microseconds, and the compiler refuses a time that has.
    made = datetime.fromisoformat(documents[0].made).replace(microsecond=0)
    told = json.dumps([_data(document) for document in documents])
    return _compile("report.typ", {"documents": told}, format="pdf", pdf_standards=["ua-1", "a-2a"], timestamp=made)


def picture(chart: Chart, language: str) -> bytes:
    """Return a chart as a PNG."""
    told = json.dumps(_shown({"language": language, "bars": [asdict(bar) for bar in chart.bars]}))
    return _compile("chart.typ", {"chart": told}, format="png", ppi=_SHARP)


def _compile(name: str, told: dict[str, str], **how: Any) -> bytes:
    made: bytes = typst.compile(
        _ROOT / name, root=_ROOT, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=told, **how
    )
    return made


def _data(document: Document) -> dict[str, Any]:
    made = datetime.fromisoformat(document.made).astimezone(HELSINKI)
    data: dict[str, Any] = _shown(asdict(document))
    return data | {"day": {"year": made.year, "month": made.month, "day": made.day}}


def _shown(value: Any) -> Any:
    match value:
        case str():
            return showable(value)
        case dict():
            return {key: _shown(each) for key, each in value.items()}
        case list() | tuple():
            return [_shown(each) for each in value]
    return value


def showable(text: str) -> str:
    """Return `text` with each character that the fonts have not as its code."""
    known = _characters()
    return "".join(one if one in known or one == "\n" else f"[U+{ord(one):04X}]" for one in text)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_FONTS)])


@cache
def _characters() -> frozenset[str]:
    found: set[str] = set()
    for path in sorted(_FONTS.glob("*.ttf")):
        with TTFont(path, lazy=True) as font:
            found |= {chr(code) for code in font.getBestCmap()}
    return frozenset(found)
