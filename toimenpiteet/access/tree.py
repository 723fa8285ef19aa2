"""The units of municipalities as a graph: whose responsibility reaches whom."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from toimenpiteet.models import Unit
from toimenpiteet.models.reading import columns_of


@dataclass(frozen=True)
class UnitTree:
    """The units of some municipalities, as a graph small enough to hold in memory (hundreds of rows)."""

    parent: dict[int, int | None]
    predecessors: dict[int, set[int]]
    groups_of: dict[int, set[int]]
    children: dict[int, set[int]]
    members: dict[int, set[int]]

    @classmethod
    def load(cls, municipalities: Iterable[int]) -> "UnitTree":
        """Read the units and groups of `municipalities` in one query: a unit comes once for each of its members."""
        own = Unit.objects.filter(municipality__in=list(municipalities)).order_by()
        columns = [
            "pk",
            "parent_id",
            "successor_id",
            "kind",
            "member_kind",
            "municipality_id",
            "group_members__unit_id",
        ]
        found = list(columns_of(own, columns))
        rows = list(dict.fromkeys(row[:-1] for row in found))
        links = {(row[0], row[-1]) for row in found if row[-1] is not None}
        links |= {
            (group, unit)
            for group, _, _, _, wanted, owner in rows
            for unit, _, _, kind, _, other in rows
            if wanted and wanted == kind and owner == other
        }
        return cls._build(rows, links)

    @classmethod
    def _build(cls, rows: list[Any], links: set[tuple[int, int]]) -> "UnitTree":
        tree = cls({}, defaultdict(set), defaultdict(set), defaultdict(set), defaultdict(set))
        # Nothing crosses from one municipality to another, whatever a row may say.
        owner = {row[0]: row[5] for row in rows}
        links = {(group, unit) for group, unit in links if owner.get(group) == owner.get(unit)}
        for pk, *others, _, _, municipality in rows:
            parent, successor = (other if owner.get(other) == municipality else None for other in others)
            tree.parent[pk] = parent
            if parent:
                tree.children[parent].add(pk)
            if successor:
                tree.predecessors[successor].add(pk)
        for group, unit in links:
            tree.groups_of[unit].add(group)
            tree.members[group].add(unit)
        return tree

    def covered(self, units: Iterable[int]) -> frozenset[int]:
        """Return the units whose responsibility reaches a member of `units`.

        The unit itself, every unit above it, the groups that contain any of these, and what they were called before;
        but not what stood above an earlier name: that was another unit's house.
        """
        above = _closure(units, self._above)
        return _closure(above, self.predecessors.__getitem__)

    def stood_for(self, unit: int) -> frozenset[int]:
        """Return `unit`, the groups in whose place it is asked, and what each was called before."""
        return _closure([unit], lambda one: self.groups_of[one] | self.predecessors[one])

    def _above(self, unit: int) -> set[int]:
        parent = self.parent.get(unit)
        return self.groups_of[unit] | ({parent} if parent else set())

    def named(self, unit: int) -> frozenset[int]:
        """Return `unit`, and the members of it, and theirs, when it is a group."""
        return _closure([unit], self.members.__getitem__)

    def within(self, unit: int) -> frozenset[int]:
        """Return `unit`, the units under it, the members of it when it is a group, and their earlier names."""
        return _closure([unit], lambda one: self.children[one] | self.members[one] | self.predecessors[one])


def _closure(start: Iterable[int], onward: Callable[[int], Iterable[int]]) -> frozenset[int]:
    """Return everything that can be reached from `start`; circles do no harm."""
    found: set[int] = set()
    waiting = list(start)
    while waiting:
        unit = waiting.pop()
        if unit not in found:
            found.add(unit)
            waiting += onward(unit)
    return frozenset(found)
