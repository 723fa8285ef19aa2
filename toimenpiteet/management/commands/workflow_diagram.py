"""``manage.py workflow_diagram``: the workflow table as a diagram."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from toimenpiteet.workflow import CLOSED, INITIAL, TRANSITIONS, Transition

_START, _END = "```mermaid\n", "\n```\n"


def _arrow(move: Transition) -> str:
    roles = ", ".join(sorted(move.roles))
    return f"{move.name} ({roles}{'; comment' if move.comment_required else ''})"


def _lines() -> Iterator[str]:
    yield "stateDiagram-v2"
    yield f"    [*] --> {INITIAL}"
    for move in TRANSITIONS:
        for source in move.sources:
            yield f"    {source} --> {move.target}: {_arrow(move)}"
    for status in sorted(CLOSED):
        yield f"    {status} --> [*]"


def diagram() -> str:
    """Return the table of moves as a mermaid state diagram, fenced for Markdown."""
    return _START + "\n".join(_lines()) + _END


class Command(BaseCommand):
    """Prints the diagram, or puts it into docs/workflow.md."""

    help = "Print the workflow table as a mermaid diagram; --write puts it into docs/workflow.md."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --write."""
        parser.add_argument("--write", action="store_true", help="replace the diagram in docs/workflow.md")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print or write."""
        if not options["write"]:
            self.stdout.write(diagram())
            return
        path = Path(settings.BASE_DIR) / "docs" / "workflow.md"
        before, start, rest = path.read_text(encoding="utf-8").partition(_START)
        _, end, after = rest.partition(_END)
        if not (start and end):
            raise CommandError(f"{path} has no mermaid block to replace. Put an empty one where the diagram belongs.")
        path.write_text(before + diagram() + after, encoding="utf-8")
