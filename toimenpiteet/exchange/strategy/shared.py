"""Units, budget lines and projects: what several strategies of a municipality share."""

from dataclasses import dataclass, field
from typing import Any

from toimenpiteet import models
from toimenpiteet.calendar import parse_due
from toimenpiteet.exchange import schema
from toimenpiteet.exchange.strategy.checked import Checked
from toimenpiteet.exchange.strategy.columns import cited, numbered, starting, words
from toimenpiteet.exchange.strategy.matching import Rows
from toimenpiteet.models.people import Asked

_ASKED = {None: "", True: Asked.YES.value, False: Asked.NO.value}


@dataclass
class City:
    """The files of one municipality and the rows that several of its strategies use."""

    rows: Rows
    files: list[Checked]
    owner: models.Municipality
    units: dict[str, models.Unit] = field(default_factory=dict)

    def unit(self, key: str) -> models.Unit:
        """Return a unit of these files, or one that an earlier load left."""
        return self.rows.get(models.Unit, self.owner.pk, key)


def write(city: City) -> None:
    """Write what the municipality's strategies share, each entry once."""
    _units(city)
    _projects(city)


def _first_definitions(files: list[Checked], name: str) -> dict[str, tuple[str, int, Any]]:
    """Return key → file, position, entry; where two files define the same, they say the same (it is checked)."""
    found: dict[str, tuple[str, int, Any]] = {}
    for checked in files:
        for order, entry in numbered(getattr(checked.file, name)):
            found.setdefault(entry.key, (checked.name, order, entry))
    return found


def _units(city: City) -> None:
    defined = _first_definitions(city.files, "units")
    for key in defined:
        _with_what_it_names(city, key, defined)
    for key, (file, _order, entry) in defined.items():
        city.rows.of(file, f"unit {key}")
        for alias in entry.aliases:
            city.rows.leaf(models.UnitAlias, {"unit_id": city.units[key].pk, "text": alias}, {})
        for member in entry.members:
            identity = {"group_id": city.units[key].pk, "unit_id": city.unit(member).pk}
            city.rows.leaf(models.GroupMember, identity, {})
        if entry.successor:
            how = {"successor_id": city.unit(entry.successor).pk, "kind": entry.successor_kind}
            city.rows.leaf(models.UnitHandover, {"unit_id": city.units[key].pk, "place": 0}, how)


def _with_what_it_names(city: City, key: str, defined: dict[str, tuple[str, int, Any]]) -> None:
    """Write the units that `key` names before it: parents and successors, which make no circle (it is checked)."""
    waiting = [key]
    while waiting:
        current = waiting[-1]
        _file, _order, entry = defined[current]
        missing = [other for other in (entry.parent, entry.successor) if other in defined and other not in city.units]
        waiting += missing
        if not missing:
            waiting.pop()
            if current not in city.units:
                city.units[current] = _unit(city, *defined[current])


def _unit(city: City, file: str, order: int, entry: schema.Unit) -> models.Unit:
    city.rows.of(file, f"unit {entry.key}")
    values = {
        **words("name", entry.name),
        **cited(entry),
        "kind": entry.kind,
        "member_kind": entry.members_kind or "",
        "asked": _ASKED[entry.asked],
        "parent_id": city.unit(entry.parent).pk if entry.parent else None,
        "successor_id": city.unit(entry.successor).pk if entry.successor else None,
        "valid_from": starting(entry.valid_from),
        "valid_until": parse_due(entry.valid_until).last_day if entry.valid_until else None,
    }
    # The place in the list is that of the file in which the unit was first met: other files list fewer units.
    once = {"order": order, "language": city.owner.language}
    return city.rows.put(models.Unit, {"municipality_id": city.owner.pk, "key": entry.key}, values, once)


def _projects(city: City) -> None:
    owner = {"municipality_id": city.owner.pk}
    for key, (file, order, line) in _first_definitions(city.files, "budget_lines").items():
        city.rows.of(file, f"budget line {key}")
        values = {**words("name", line.name), **cited(line)}
        city.rows.put(models.BudgetLine, {**owner, "key": key}, values, {"order": order})
    for key, (file, order, entry) in _first_definitions(city.files, "projects").items():
        city.rows.of(file, f"project {key}")
        project = city.rows.put(models.Project, {**owner, "key": key}, _project_values(city, entry), {"order": order})
        for alias in entry.aliases:
            city.rows.leaf(models.ProjectAlias, {"project_id": project.pk, "text": alias}, {})


def _project_values(city: City, entry: schema.Project) -> dict[str, Any]:
    line = city.rows.get(models.BudgetLine, city.owner.pk, entry.budget_line) if entry.budget_line else None
    return {
        **words("name", entry.name),
        **words("description", entry.description),
        **cited(entry),
        "kind": entry.kind,
        "start_year": entry.start_year,
        "end_year": entry.end_year,
        "funding": entry.funding or "",
        "budget_line_id": line and line.pk,
    }
