"""``manage.py board_report``: the report of a round as a file, as the page of the report gives it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.http import Http404
from django.utils import timezone
from django.utils.translation import override

from toimenpiteet.exchange.report.files import FORMATS, LANGUAGES, Form, made
from toimenpiteet.languages import PROGRAMS
from toimenpiteet.models import ReportingRound
from toimenpiteet.selectors.rounds import reports
from toimenpiteet.selectors.rounds.reports import Source
from toimenpiteet.selectors.rounds.rounds import find_round


class Command(BaseCommand):
    """A door to ``exchange.report``."""

    help = (
        "Write the report of a reporting round to a file: of a locked round the file that was made of what the lock "
        "kept (made now where it is not there yet), of one that is "
        "open or in review as a draft, marked so on every page. Changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--round", type=int, metavar="ID", help="default: the round that was locked last")
        parser.add_argument("--format", required=True, choices=FORMATS)
        parser.add_argument("--language", required=True, choices=LANGUAGES)
        parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="written over if it is there")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file and say what it is."""
        source, form = _source(options["round"]), Form(options["language"], options["format"])
        # What was made of a version once is the file of record, and no second one with another hash.
        kept = reports.files_of(source.version).get(str(form)) if source.version else None
        data = bytes(kept.file.bytes.data) if kept else made(source, form)
        out: Path = options["out"]
        try:
            out.write_bytes(data)
        except OSError as error:
            raise CommandError(f"Cannot write {out}: {error.strerror}. Give another --out.") from error
        kind = f"of the snapshot with SHA-256 {source.sha256}" if source.sha256 else "a draft, as the round is now"
        self.stdout.write(f"{out}: {_name(source.asked)}, {kind}; {len(data)} bytes.")


def _source(pk: int | None) -> Source:
    version = reports.newest_locked() if pk is None else next(iter(reports.versions_of(pk)), None)
    if version is not None:
        return reports.kept(version)
    if pk is None:
        raise CommandError(f"No round has been locked yet. Name one by --round, and a draft is made. {_there_are()}")
    try:
        found = reports.draft(find_round(None, pk), timezone.now())
    except Http404:
        raise CommandError(f"There is no reporting round {pk}. {_there_are()}") from None
    if found is None:
        raise CommandError(f"Round {pk} has not been opened, so there is nothing to report. {_there_are()}")
    return found


def _there_are() -> str:
    rounds = [f"  --round {asked.pk}: {_name(asked)}, {asked.status}" for asked in reports.reportable()]
    return "\n".join(["These have a report, or a draft of one:", *rounds]) if rounds else "No round has been opened."


def _name(asked: ReportingRound) -> str:
    with override(PROGRAMS):
        return f"{asked.occasion} of {asked.strategy}"
