"""Load strategy files (``docs/data-format.md``); without a name, those that come with the product."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from toimenpiteet.exchange import strategy
from toimenpiteet.exchange.strategy import Outcome, Refused, Report
from toimenpiteet.languages import CODES, DEFAULT


class Command(BaseCommand):
    """A door to ``exchange.strategy``. A caller may say as of when (`now`)."""

    stealth_options = ("now",)
    help = (
        "Load strategies from YAML files: all of them or, when anything is wrong, none. Running it again changes "
        "nothing; what people have changed in the product since stays as they left it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the files and the forms of the answer."""
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="default: the bundled strategies")
        parser.add_argument("--check", action="store_true", help="say what loading would do, and load nothing")
        parser.add_argument("--json", action="store_true", help="print counts per kind as JSON, and nothing else")
        parser.add_argument("--language", choices=CODES, default=DEFAULT, help=f"of the messages (default {DEFAULT})")

    def handle(self, *args: Any, files: list[Path], language: str, **options: Any) -> None:
        """Load, then print what was done; exit with 1 when a file is refused."""
        with override(language):
            try:
                report = strategy.load(
                    files or strategy.bundled_files(),
                    actor=strategy.LOADER,
                    now=options.get("now") or timezone.now(),
                    progress=self._progress if options["verbosity"] and not options["json"] else None,
                    trial=options["check"],
                )
            except Refused as refused:
                self._refuse(refused, as_json=options["json"])
                sys.exit(1)
            self._tell(report, as_json=options["json"], verbosity=options["verbosity"], check=options["check"])

    def _progress(self, name: str) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"  {name}", self.style.SUCCESS)

    def _refuse(self, refused: Refused, *, as_json: bool) -> None:
        if as_json:
            problems = [problem.as_data() for problem in refused.problems]
            self.stdout.write(json.dumps({"problems": problems}, ensure_ascii=False, indent=2))
        else:
            self.stderr.write(_("Nothing was loaded. Correct these and run the command again:"))
            for line in refused.lines():
                self.stderr.write(f"  {line}")

    def _tell(self, report: Report, *, as_json: bool, verbosity: int, check: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report.per_kind(), indent=2))
        elif verbosity:
            for line in _lines(report):
                self.stdout.write(line)
            if check:
                self.stdout.write(_("This was a trial: nothing was loaded."))


def _lines(report: Report) -> list[str]:
    lines = [f"{file}: {_counts(report, file)}" for file in report.files]
    for title, entries in (
        (_("Changed:"), report.changed),
        (_("Left in place, though no longer in the file:"), report.left),
        (_("Kept as people have changed it in the product:"), report.kept),
    ):
        lines += [title, *(f"  {entry}" for entry in entries)] if entries else []
    return [*lines, _("In all: %(counts)s") % {"counts": _counts(report)}]


def _counts(report: Report, file: str | None = None) -> str:
    counts = {str(outcome): number_format(report.total(outcome, file), force_grouping=True) for outcome in Outcome}
    return _("%(created)s new, %(changed)s changed, %(removed)s removed, %(unchanged)s unchanged") % counts
