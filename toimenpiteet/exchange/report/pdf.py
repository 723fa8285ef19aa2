"""Reports as PDF: tagged (PDF/UA-1), to be kept (PDF/A-2a), with fonts of our own.

Texts go in as data, never as markup. A character that none of the fonts has would stop the whole file: it is written as
its code (`[U+4E2D]`).
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont

from toimenpiteet.calendar import HELSINKI
from toimenpiteet.exchange.report.document import Chart, Document

_HERE = Path(__file__).parent
_FONTS, _ROOT, _PROGRAM = _HERE / "fonts", _HERE / "typst", _HERE / "typeset.py"
_SHARP = 200  # pixels per inch of the chart's picture
_PATIENCE = 300  # seconds
# Longer than any word: it would run over its column and off the page.
_UNBROKEN, _PIECES, _MAY_BREAK = re.compile(r"[^\s/–-]{60,}"), re.compile(r".{1,20}"), "\N{SOFT HYPHEN}"


class NotSet(RuntimeError):
    """A document could not be set; the text is what the program said of it."""


def pdf(documents: Sequence[Document]) -> bytes:
    """Return the reports, a language after the other, as one file; the first one's title and day are the file's."""
    # A lock has microseconds, and the compiler refuses a time that has.
    made = datetime.fromisoformat(documents[0].made).replace(microsecond=0)
    told = json.dumps([_data(document) for document in documents])
    return _set("report.typ", {"documents": told}, made=made.isoformat())


def picture(chart: Chart, language: str) -> bytes:
    """Return a chart as a PNG."""
    told = json.dumps(_shown({"language": language, "bars": [asdict(bar) for bar in chart.bars]}))
    return _set("chart.typ", {"chart": told}, ppi=_SHARP)


def _set(name: str, told: dict[str, str], **how: Any) -> bytes:
    """Return what the program beside this module makes; raises NotSet when it fails or takes too long."""
    asked = {"source": str(_ROOT / name), "root": str(_ROOT), "fonts": str(_FONTS), "told": told, **how}
    command = [sys.executable, str(_PROGRAM)]
    try:
        done = subprocess.run(  # noqa: S603  # our own program
            command, input=json.dumps(asked).encode(), capture_output=True, check=True, timeout=_PATIENCE
        )
    except subprocess.CalledProcessError as error:
        raise NotSet(error.stderr.decode(errors="replace")[-2000:]) from error
    except subprocess.TimeoutExpired as error:
        raise NotSet(f"It took more than {_PATIENCE} seconds.") from error
    return done.stdout


def _data(document: Document) -> dict[str, Any]:
    made = datetime.fromisoformat(document.made).astimezone(HELSINKI)
    data: dict[str, Any] = _shown(asdict(document))
    return data | {"day": {"year": made.year, "month": made.month, "day": made.day}}


def _shown(value: Any) -> Any:
    match value:
        case str():
            return showable(value)
        case bytes():
            return list(value)
        case dict():
            return {key: _shown(each) for key, each in value.items()}
        case list() | tuple():
            return [_shown(each) for each in value]
    return value


def showable(text: str) -> str:
    """Return `text` with each character that the fonts have not as its code, and no run that cannot be broken."""
    known = _characters()
    told = "".join(one if one in known or one == "\n" else f"[U+{ord(one):04X}]" for one in text)
    return _UNBROKEN.sub(lambda run: _MAY_BREAK.join(_PIECES.findall(run.group())), told)


@cache
def _characters() -> frozenset[str]:
    found: set[str] = set()
    for path in sorted(_FONTS.glob("*.ttf")):
        with TTFont(path, lazy=True) as font:
            found |= {chr(code) for code in font.getBestCmap()}
    return frozenset(found)
