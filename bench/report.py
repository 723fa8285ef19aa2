"""What was measured, as ratios."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

Key = tuple[str, str, int]
"""What is measured, by what ("product", "floor", …), over how many items."""


@dataclass(frozen=True)
class Case:
    """One thing that is measured, against the floors that it is compared with.

    `aims` are the least ratios; `growth` is the most that a larger city may cost, as a multiple of the smallest.
    """

    key: str
    name: str
    floors: dict[str, str]
    aims: dict[str, float]
    growth: float = 1.5


CASES = (
    Case("page", "overdue page, 50 rows", {"floor": "bare Django view"}, {"floor": 0.25}),
    Case(
        "list",
        "API list, 25 action items",
        {"floor": "bare DRF list, flat", "full": "bare DRF list, same content"},
        {"floor": 0.4},
    ),
    Case(
        "move",
        "status move by the API",
        {"floor": "bare two-row view", "raw": "raw two-row transaction"},
        {"floor": 0.3},
    ),
    Case("waiting", "director's first page", {}, {}, growth=2.0),
    # Lists that are to cost no more than twice as much (bench/addresses.py).
    Case("by-status", "API list by status", {}, {}, growth=2.0),
    Case("by-word", "API list with a word", {}, {}, growth=2.0),
    Case("by-name", "overdue page by name", {}, {}, growth=2.0),
    Case("goal", "rows of a goal", {}, {}, growth=2.0),
    Case("goal-status", "rows of a goal by status", {}, {}, growth=2.0),
    Case("glance", "a strategy at a glance", {}, {}, growth=2.0),
    Case("plan-status", "the plan by status", {}, {}, growth=2.0),
    Case("search", "search for one word", {}, {}, growth=2.0),
)


@dataclass
class Measured:
    """Requests per second, round by round, and statements per request."""

    rates: dict[Key, list[float]] = field(default_factory=lambda: defaultdict(list))
    queries: dict[tuple[str, int], int] = field(default_factory=dict)

    def ratio(self, over: Key, under: Key) -> float | None:
        """Return the median of the rounds' ratios, each taken within its round; None where one is not measured."""
        ratios = self._ratios(over, under)
        return median(ratios) if ratios else None

    def spread(self, over: Key, under: Key) -> str:
        """Return the least and the largest of the rounds' ratios."""
        ratios = sorted(self._ratios(over, under))
        return f"{ratios[0]:.2f}–{ratios[-1]:.2f}"

    def _ratios(self, over: Key, under: Key) -> list[float]:
        return [one / other for one, other in zip(self.rates.get(over, []), self.rates.get(under, []), strict=False)]


def lines(measured: Measured, sizes: list[int]) -> Iterable[str]:
    """Yield the report."""
    rows = [("", "items", "against", "ratio", "rounds", "aim", "")]
    for case in CASES:
        for size in sizes:
            rows += _against_floors(measured, case, size)
    for case in CASES:
        rows += _growth(measured, case, sizes)
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    yield ""
    for case in CASES:
        if (case.key, "product", sizes[0]) not in measured.rates:
            continue
        counts = ", ".join(f"{measured.queries[case.key, size]} at {size} items" for size in sizes)
        yield f"SQL statements, {case.name}: {counts}"
    yield ""
    yield "Requests per second on this machine (medians; they say nothing about another one):"
    for (case_key, by, size), rates in sorted(measured.rates.items()):
        yield f"  {case_key:11} {by:8} {size:7}: {median(rates):8.1f}"


_Cells = tuple[str, str, str, str, str, str, str]


def _against_floors(measured: Measured, case: Case, size: int) -> Iterable[_Cells]:
    product = (case.key, "product", size)
    for by, name in case.floors.items():
        ratio = measured.ratio(product, (case.key, by, size))
        if ratio is None:
            continue
        aim = case.aims.get(by)
        verdict = "" if aim is None else "reached" if ratio >= aim else "missed"
        spread = measured.spread(product, (case.key, by, size))
        yield case.name, str(size), name, f"{ratio:.2f}", spread, f"≥ {aim}" if aim else "", verdict


def _growth(measured: Measured, case: Case, sizes: list[int]) -> Iterable[_Cells]:
    least, *larger = sizes
    for size in larger:
        small, large = (case.key, "product", least), (case.key, "product", size)
        cost = measured.ratio(small, large)
        if cost is None:
            continue
        verdict = "reached" if cost <= case.growth else "missed"
        spread = measured.spread(small, large)
        yield case.name, str(size), f"its cost at {least}", f"{cost:.2f}", spread, f"≤ {case.growth}", verdict
