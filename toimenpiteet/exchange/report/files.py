"""The files of a report: in which languages and formats it is made, and the making and keeping of them."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.text import slugify
from django.utils.translation import override, pgettext

from toimenpiteet.exchange.report.build import Locked, plan, report
from toimenpiteet.exchange.report.document import Document
from toimenpiteet.exchange.report.excel import excel
from toimenpiteet.exchange.report.logo import with_logo
from toimenpiteet.exchange.report.pdf import pdf
from toimenpiteet.exchange.report.word import word
from toimenpiteet.languages import OFFICIAL
from toimenpiteet.models import Actor, Door, ReportVersion, Stamp
from toimenpiteet.selectors.rounds import reports as selected
from toimenpiteet.selectors.rounds.reports import Source
from toimenpiteet.services import audited, logos
from toimenpiteet.services.rounds import reports as services
from toimenpiteet.services.rounds.reports import PRINTED
from toimenpiteet.snapshots import WholePlan

_LOG = logging.getLogger(__name__)
FORMATS: dict[str, Callable[[Sequence[Document]], bytes]] = {"pdf": pdf, "docx": word, "xlsx": excel}
"""Each format by the end of a file's name."""
BOTH = "both"
LANGUAGES: dict[str, tuple[str, ...]] = {**{code: (code,) for code in OFFICIAL}, BOTH: OFFICIAL}
"""The languages of a file, by what asks for them: one, or both after each other."""


@dataclass(frozen=True)
class Form:
    """How a report is wanted: a key of LANGUAGES and one of FORMATS."""

    language: str
    format: str

    def __str__(self) -> str:
        return f"{self.language}.{self.format}"


FORMS = tuple(Form(language, each) for language in LANGUAGES for each in FORMATS)


def made(source: Source, form: Form) -> bytes:
    """Return a report as a file; it takes about a second."""
    return _file([document(source, code) for code in LANGUAGES[form.language]], source.snapshot, form.format)


def plan_made(snapshot: WholePlan, language: str, kind: str) -> bytes:
    """Return the whole plan of a strategy as a file of a format; it takes about a second."""
    return _file([plan(snapshot, language)], snapshot, kind)


def _file(documents: Sequence[Document], snapshot: WholePlan, kind: str) -> bytes:
    logo = logos.drawn_of(snapshot["municipality"])
    return FORMATS[kind]([with_logo(each, logo) for each in documents])


def document(source: Source, language: str) -> Document:
    """Return the report of a round, or its draft, as a document in a language."""
    version = source.version
    if version is None:
        return report(source.snapshot, language)
    beside = {name: getattr(version, name) for name in PRINTED}
    return report(source.snapshot, language, Locked(source.sha256, version.number, **beside))


def name_of(source: Source, form: Form) -> str:
    """Return what a file of the report is called, such as ``kuopio-talousarvio-2027-fi.pdf``."""
    codes, number = LANGUAGES[form.language], source.version.number if source.version else 0
    with override(codes[0]):
        occasion = slugify(source.asked.occasion)
    later = [f"v{number}"] if number > 1 else [] if number else ["draft"]
    return "-".join([source.snapshot["municipality"]["key"], occasion, *codes, *later]) + f".{form.format}"


def keep_owed(now: datetime, *, door: Door, most: int | None = None) -> int:
    """Make the files of locked rounds that are not there yet and keep them, those of the last lock first.

    Returns how many were made; `most` stops after as many, for a task that others wait behind. What is owed is read
    from the database each time: it is safe to run at any time, twice, or in several processes. A file that cannot be
    made is logged and tried again the next time; the others do not wait for it.
    """
    stamp = audited.stamp(Actor.system("Report files", door), pgettext("reason", "Made of the locked round"), now)
    found = 0
    for version in selected.unfinished(len(FORMS)):
        there, source = selected.files_of(version), selected.kept(version)
        owed = [form for form in FORMS if str(form) not in there]
        found += sum(_keep(version, source, form, stamp) for form in owed)
        if most is not None and found >= most:
            break
    return found


def _keep(version: ReportVersion, source: Source, form: Form, stamp: Stamp) -> bool:
    try:
        # Made before anything is locked: nobody waits for it.
        data = made(source, form)
        return services.keep(version, str(form), name_of(source, form), data, stamp=stamp) is not None
    except Exception:
        _LOG.exception("No %s of the report of round %s could be made.", form, source.asked.pk)
        return False
