"""What changed in an action item from one plan period to the next: its text, and each kind of what belongs to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _

from toimenpiteet.labels import Label
from toimenpiteet.selectors.history.wording import Piece, differences, likeness
from toimenpiteet.selectors.plan.view import PlanView
from toimenpiteet.selectors.translated import Named, Text
from toimenpiteet.selectors.units.units import spelling

# Two steps that share this much are one step that was reworded.
_SAME_STEP = 0.72
_LONGEST = 400


@dataclass(frozen=True)
class Entry:
    """A step, means, unit, project or budget line: `mark` is added, removed or reworded (then with `pieces`)."""

    mark: str
    name: Text
    pieces: list[Piece]


@dataclass(frozen=True)
class Part:
    """What changed among the things of one kind, and what stayed."""

    label: Label
    changed: list[Entry]
    kept: list[Named]


@dataclass(frozen=True)
class Comparison:
    """What became of a plan in the next period that the item has one in."""

    earlier: Text
    later: Text
    text: list[Piece]
    lang: str
    text_changed: bool
    parts: list[Part]

    @property
    def changed(self) -> bool:
        """Tell whether anything differs."""
        return self.text_changed or any(part.changed for part in self.parts)


def comparisons(plans: Iterable[PlanView | None]) -> list[Comparison]:
    """Return the comparison of each plan with the next one; `plans` in the order of their periods."""
    present = [plan for plan in plans if plan is not None]
    return [_compare(earlier, later) for earlier, later in pairwise(present)]


def _compare(earlier: PlanView, later: PlanView) -> Comparison:
    parts = [
        _worded(_("Steps"), [step.text for step in earlier.steps], [step.text for step in later.steps]),
        _worded(_("Means"), [means.text for means in earlier.means], [means.text for means in later.means]),
        _things(_("Responsible units"), earlier.units, later.units),
        _things(_("Projects"), earlier.projects, later.projects),
        _things(_("Budget lines"), earlier.budget_lines, later.budget_lines),
    ]
    return Comparison(
        earlier=earlier.period_name,
        later=later.period_name,
        text=differences(earlier.text.text, later.text.text),
        lang=later.text.lang or earlier.text.lang,
        text_changed=earlier.text.text != later.text.text,
        parts=[part for part in parts if part.changed or part.kept],
    )


def _things(label: Label, earlier: list[Named], later: list[Named]) -> Part:
    old, new = {thing.pk for thing in earlier}, {thing.pk for thing in later}
    added = [Entry("added", thing.name, []) for thing in later if thing.pk not in old]
    removed = [Entry("removed", thing.name, []) for thing in earlier if thing.pk not in new]
    return Part(label, added + removed, [thing for thing in later if thing.pk in old])


def _worded(label: Label, earlier: list[Text], later: list[Text]) -> Part:
    """Match steps or means by what they say: a document gives them no lasting names."""
    left, kept, new = list(earlier), [], []
    for text in later:
        same = next((old for old in left if spelling(old.text) == spelling(text.text)), None)
        if same is None:
            new.append(text)
        else:
            left.remove(same)
            kept.append(Named(0, text))
    changed = [_reworded(text, left) for text in new]
    return Part(label, changed + [Entry("removed", text, []) for text in left], kept)


def _reworded(text: Text, left: list[Text]) -> Entry:
    short = [old for old in left if max(len(old.text), len(text.text)) <= _LONGEST]
    best = max(short, key=lambda old: likeness(old.text, text.text), default=None)
    if best is None or likeness(best.text, text.text) < _SAME_STEP:
        return Entry("added", text, [])
    left.remove(best)
    return Entry("reworded", text, differences(best.text, text.text))
