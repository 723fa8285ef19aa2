"""Sets one document with Typst: a program of its own, since Typst keeps what it has set.

A report of 150 plans leaves 150 megabytes behind in its process each time; here they go with it. Reads what to do as
JSON from standard input (`source`, `root`, `fonts`, `told`, and either `made` for a PDF or `ppi` for a PNG), and writes
the file to standard output. Run by its path, so that nothing of the product is loaded.
"""

import io
import json
import sys
from datetime import datetime
from typing import Any

import typst


def main() -> None:
    """Read, set, write."""
    asked = json.load(sys.stdin)
    sys.stdout.buffer.write(pdf(asked) if "made" in asked else png(asked))


def pdf(asked: dict[str, Any]) -> bytes:
    """Return a PDF that is tagged (PDF/UA-1) and to be kept (PDF/A-2a)."""
    made = datetime.fromisoformat(asked["made"])
    return small(_compile(asked, format="pdf", pdf_standards=["ua-1", "a-2a"], timestamp=made))


def png(asked: dict[str, Any]) -> bytes:
    """Return a picture."""
    return _compile(asked, format="png", ppi=asked["ppi"])


def small(data: bytes) -> bytes:
    """Return a PDF with its tags packed too: a third of the bytes, and nothing else is another."""
    import pikepdf  # noqa: PLC0415  # pictures need none of it

    packed = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as file:
        file.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate, fix_metadata_version=False)
    return packed.getvalue()


def _compile(asked: dict[str, Any], **how: Any) -> bytes:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[asked["fonts"]])
    made: bytes = typst.compile(
        asked["source"],
        root=asked["root"],
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs=asked["told"],
        **how,
    )
    return made


if __name__ == "__main__":
    main()
