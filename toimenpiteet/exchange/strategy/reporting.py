"""What a load did: counts per kind and file, and what it left for a person to look at."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from toimenpiteet.exchange.strategy.kinds import KINDS
from toimenpiteet.languages import base_of
from toimenpiteet.models import Audited, PeriodPlan
from toimenpiteet.selectors.edit import title
from toimenpiteet.services.rules import PARENT


class Outcome(StrEnum):
    """What became of one entry of a file."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    """A link or another spelling that the file no longer has."""


@dataclass
class Report:
    """What a load did to the files named in `files`."""

    files: list[str]
    counts: Counter[tuple[str, str, Outcome]] = field(default_factory=Counter)
    """How many, by file, kind of object and outcome."""
    changed: list[str] = field(default_factory=list)
    """What the files changed, with the fields, and which links they removed."""
    kept: list[str] = field(default_factory=list)
    """What people changed in the product after the last load, so that the file did not overrule them."""
    left: list[str] = field(default_factory=list)
    """What the files no longer have; it stays, since work may hang on it."""

    def note(self, file: str, model: type[Audited], outcome: Outcome) -> None:
        """Count one entry."""
        self.counts[file, kind_name(model), outcome] += 1

    def total(self, outcome: Outcome, file: str | None = None) -> int:
        """Return how many entries had `outcome`, in one file or in all."""
        return sum(
            count for (name, _kind, what), count in self.counts.items() if what is outcome and file in (None, name)
        )

    def per_kind(self) -> dict[str, dict[str, int]]:
        """Return kind → outcome → count, every outcome named."""
        kinds = dict.fromkeys(sorted({kind for _file, kind, _outcome in self.counts}))
        return {
            kind: {
                str(outcome): sum(
                    count for (_file, name, what), count in self.counts.items() if (name, what) == (kind, outcome)
                )
                for outcome in Outcome
            }
            for kind in kinds
        }


def row_words(row: Audited, own: str) -> str:
    """Return what a row is and what it is called, and of what it is a part, in the active language."""
    of = PARENT.get(type(row), "")
    parent = getattr(row, of, None) if of and of != "municipality" and getattr(row, f"{of}_id") else None
    named = f'{row._meta.verbose_name} "{_called(row, own)}"'
    # A plan is called by its action item already.
    return named if parent is None or isinstance(row, PeriodPlan) else f"{named} ({_called(parent, own)})"


def _called(row: Any, own: str) -> str:
    """Return the name of a row; of a plan with its action item's, of a link that of what it leads to."""
    name = str(title(row, own))
    if isinstance(row, PeriodPlan):
        return f"{title(row.item, own)}, {name}"
    return name or str(title(getattr(row, KINDS[type(row)].identity[-1].removesuffix("_id")), own))


def column_words(model: type[Audited], column: str) -> str:
    """Return what a column is called on forms, in the active language."""
    name = base_of(column) or column.removesuffix("_id")
    return str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # a column of the model's own


def kind_name(model: type[Audited]) -> str:
    """Return the name of a kind in reports, such as 'action_item'."""
    name = model.__name__
    return "".join(f"_{letter.lower()}" if letter.isupper() and i else letter.lower() for i, letter in enumerate(name))
