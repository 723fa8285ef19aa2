"""Whether a file cites what its documents have: the document, and the lines where their number is known."""

from django.utils.translation import gettext as _

from toimenpiteet.exchange import schema
from toimenpiteet.exchange.strategy.checked import Checked, Found
from toimenpiteet.selectors.cited import places


def wrong(checked: Checked) -> Found:
    """Yield each citation of a document that the file does not name, or of lines that it does not have."""
    lines = {document.number: document.lines for document in checked.file.documents}
    for path, entry in checked.of(schema.Sourced):
        yield from (((*path, "source"), what, cure) for what, cure in dict(_of(entry.source or "", lines)).items())


def _of(source: str, lines: dict[str, int | None]) -> list[tuple[str, str]]:
    cited = [place for place in places(source) if place]
    return [flaw for number, first, last in cited for flaw in _flaws(number, int(first), int(last or first), lines)]


def _flaws(number: str, first: int, last: int, lines: dict[str, int | None]) -> list[tuple[str, str]]:
    if number not in lines:
        what = _("Document %(number)s is not among the documents of the file.") % {"number": number}
        return [(what, _("Add it to documents, or correct the number."))]
    if first > last:
        what = _("The lines %(first)s–%(last)s stand the wrong way round.") % {"first": first, "last": last}
        return [(what, _("Write the smaller first."))]
    most = lines[number]
    beyond = next((line for line in (first, last) if most is not None and not 1 <= line <= most), None)
    if beyond is None:
        return []
    what = _("Document %(number)s has %(most)s lines, and no line %(line)s.")
    values = {"number": number, "most": most, "line": beyond}
    return [(what % values, _("Correct the line, or the number of lines in documents."))]
