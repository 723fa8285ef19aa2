"""Compile the message catalogues (.po) that are newer than their compiled form (.mo), without GNU gettext."""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

ROOT = Path(__file__).resolve().parent.parent


def compile_catalogues(root: Path = ROOT) -> list[Path]:
    """Compile what needs it under `root`; return what was compiled. Raises PoFileError for a broken catalogue."""
    sources = [*root.glob("*/locale/*/LC_MESSAGES/*.po")]
    stale = [source for source in sources if not _is_fresh(source)]
    for source in stale:
        with source.open("rb") as lines:
            catalogue = read_po(lines, locale=source.parts[-3], abort_invalid=True)
        draft = source.with_suffix(".mo.part")
        with draft.open("wb") as compiled:
            write_mo(compiled, catalogue)
        draft.replace(source.with_suffix(".mo"))
    return stale


def _is_fresh(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime


if __name__ == "__main__":
    try:
        for path in compile_catalogues():
            print(f"Compiled {path.relative_to(ROOT)}.")
    except PoFileError as error:
        sys.exit(f"A message catalogue is broken: {error}")
