"""Keep the message catalogues (.po) and compile them (.mo), without GNU gettext.

``python -m tools.messages`` compiles those that are newer than their compiled form; with ``--update`` it first adds
what the code newly asks for, to be translated, and takes out what it asks for no more.
"""

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

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


def update_catalogues(root: Path = ROOT) -> list[str]:
    """Bring the catalogues under `root` in step with the code; return what changed, a sentence for each."""
    from tools import strings  # noqa: PLC0415  # needs Django, which the first run has not installed yet

    asked, told = strings.in_code(root), []
    for source in sorted(root.glob("*/locale/*/LC_MESSAGES/*.po")):
        text = source.read_text(encoding="utf-8")
        catalogue = read_po(io.BytesIO(text.encode()), locale=source.parts[-3], abort_invalid=True)
        there = {strings.message_of(one) for one in catalogue if one.id}
        for context, forms in sorted(asked.keys() - there):
            catalogue.add(forms if len(forms) > 1 else forms[0], context=context or None)
        for context, forms in there - asked.keys():
            catalogue.delete(forms[0], context=context or None)
        for one in catalogue:
            if one.id:
                # The file alone: lines move with every change.
                one.locations = [(place, None) for place in asked[strings.message_of(one)]]  # type: ignore[misc]  # as Babel reads such a line
        whole = _head(text) + _body(catalogue)
        if whole != text:
            source.write_text(whole, encoding="utf-8")
            added, gone = len(asked.keys() - there), len(there - asked.keys())
            told.append(f"{source.relative_to(root)}: {added} new, to be translated at its end; {gone} taken out.")
    return told


def _head(text: str) -> str:
    """Return the head of a catalogue with the blank line after it, which the library would write anew."""
    return text[: text.index("\n\n") + 2]


def _body(catalogue: Catalog) -> str:
    written = io.BytesIO()
    write_po(written, catalogue, width=0, omit_header=True)
    return written.getvalue().decode().lstrip("\n")


def _is_fresh(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime


if __name__ == "__main__":
    try:
        for change in update_catalogues() if "--update" in sys.argv else []:
            print(change)
        for path in compile_catalogues():
            print(f"Compiled {path.relative_to(ROOT)}.")
    except PoFileError as error:
        sys.exit(f"A message catalogue is broken: {error}")
