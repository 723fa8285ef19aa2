"""What a city's case management asks about a report and its files, as a small file beside them.

What nobody has given stays None: they fill it in there.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from toimenpiteet.exchange.report.build import title
from toimenpiteet.exchange.report.files import FORMS, LANGUAGES
from toimenpiteet.languages import OFFICIAL
from toimenpiteet.models import ReportFile
from toimenpiteet.selectors.rounds.reports import Source

FORMAT = "toimenpiteet/report-metadata/1"


def metadata(source: Source, files: Mapping[str, ReportFile], meetings: Mapping[str, date]) -> dict[str, Any]:
    """Return it of a locked round's report; days are ``YYYY-MM-DD``. Raises ValueError for a draft."""
    version, town = source.version, source.asked.strategy.municipality
    if version is None:
        raise ValueError("A draft is nobody's record.")
    return {
        "format": FORMAT,
        "title": {code: title(source.snapshot, code) for code in OFFICIAL},
        "type": "report",
        "matter": version.matter or None,
        "function_class": town.function_class or None,
        "register_number": version.register_number or None,
        "author": source.snapshot["municipality"]["name"],
        "date": source.snapshot["frozen_at"],
        "version": version.number,
        "languages": list(OFFICIAL),
        "publicity": {
            "class": version.publicity,
            "ground": version.secrecy_ground or None,
            "years": version.secrecy_years,
        },
        "personal_data": version.personal_data,
        "retention": town.retention or None,
        "annex_or_background": version.attachment,
        "meetings": [{"which": which, "on": day.isoformat()} for which, day in meetings.items()],
        "decision": _decision(version.body, version.decided_on, version.section),
        "snapshot": {"format": source.snapshot["format"], "sha256": source.sha256},
        "files": [_file(files[str(form)], form.language) for form in FORMS if str(form) in files],
    }


def _decision(body: str, on: date | None, section: str) -> dict[str, str | None] | None:
    return {"body": body, "on": on.isoformat(), "section": section or None} if on else None


def _file(row: ReportFile, language: str) -> dict[str, Any]:
    kept = row.file
    return {
        "form": row.form,
        "name": kept.name,
        "languages": list(LANGUAGES[language]),
        "content_type": kept.content_type,
        "size": kept.size,
        "sha256": kept.sha256,
    }
