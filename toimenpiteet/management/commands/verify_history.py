"""``manage.py verify_history``: says whether the record explains every row."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from toimenpiteet.selectors.history import integrity
from toimenpiteet.selectors.history.stream import tracked_models


class Command(BaseCommand):
    """Names every row that the record does not explain; exit 0 when there is none."""

    help = "Check that history explains every live row and every status; name each row that it does not."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --json."""
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the findings; raise CommandError when there are any."""
        findings = list(integrity.verify())
        if options["json"]:
            rows = [vars(finding) for finding in findings]
            self.stdout.write(json.dumps({"ok": not rows, "findings": rows}, default=str, ensure_ascii=False, indent=2))
        else:
            for finding in findings:
                self.stdout.write(str(finding))
        if findings:
            raise CommandError(f"{len(findings)} finding(s): the record does not explain every row.")
        if not options["json"]:
            self.stdout.write(f"The record explains every row of {len(tracked_models())} tables.")
