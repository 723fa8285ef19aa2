"""The files of a report: in which formats and languages it is made, and the making."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from toimenpiteet.exchange.report.build import report
from toimenpiteet.exchange.report.document import Document
from toimenpiteet.exchange.report.excel import excel
from toimenpiteet.exchange.report.pdf import pdf
from toimenpiteet.exchange.report.word import word
from toimenpiteet.languages import OFFICIAL
from toimenpiteet.selectors.rounds.reports import Source

FORMATS: dict[str, Callable[[Sequence[Document]], bytes]] = {"docx": word, "pdf": pdf, "xlsx": excel}
"""Each format by the end of a file's name."""
BOTH = "both"
LANGUAGES: dict[str, tuple[str, ...]] = {**{code: (code,) for code in OFFICIAL}, BOTH: OFFICIAL}
"""The languages of a file, by what asks for them: one, or both after each other."""


@dataclass(frozen=True)
class Form:
    """How a report is wanted: a key of FORMATS and one of LANGUAGES."""

    format: str
    language: str


FORMS = tuple(Form(each, language) for language in LANGUAGES for each in FORMATS)


def made(source: Source, form: Form) -> bytes:
    """Return a report as a file; it takes about a second."""
    documents = [report(source.snapshot, code, sha256=source.sha256) for code in LANGUAGES[form.language]]
    return FORMATS[form.format](documents)
