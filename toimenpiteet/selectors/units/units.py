"""Finding units by what documents and people call them."""

import unicodedata

from django.db.models import Exists, OuterRef, QuerySet

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.languages import columns_for
from toimenpiteet.models import PeriodPlan, PlanUnit, Unit, UnitAlias
from toimenpiteet.models.sorting import by_text

_SOFT_HYPHEN = "\u00ad"


def spelling(text: str) -> str:
    """Return what two spellings of a name have in common: neither case nor hyphens nor spaces count.

    "Markkinointi- ja viestintä" and "markkinointi ja viestintä" are the same.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(
        char for char in plain if not char.isspace() and char != _SOFT_HYPHEN and unicodedata.category(char) != "Pd"
    )


def find_unit(scope: Scope, municipality: int, pk: int) -> Unit:
    """Return a unit of a municipality; raises Http404 when it does not exist for the person."""
    return access.get(scope, access.visible(scope, Unit).filter(municipality=municipality), pk=pk)


def units_by_name(scope: Scope) -> "QuerySet[Unit]":
    """Return the units that exist for the person, as a field offers them."""
    return access.visible(scope, Unit).order_by(by_text("name"), "pk")


def units_in_force(scope: Scope) -> "QuerySet[Unit]":
    """Likewise, without those that go on under another."""
    return units_by_name(scope).filter(successor=None)


def named_unit(municipality: int, text: str, *, follow: bool = False) -> Unit | None:
    """Return the unit of a municipality that `text` names, or None.

    A name in any language is preferred to another spelling, that to a key, and a unit that goes on to one that was
    renamed. With `follow` the answer is what the unit is called now, without it the unit that had the name.
    """
    wanted = spelling(text)
    if not wanted:
        return None
    units = list(Unit.objects.filter(municipality=municipality).order_by("successor_id", "pk"))
    aliases = UnitAlias.objects.filter(unit__municipality=municipality).values_list("unit_id", "text")
    aliased = {unit for unit, alias in aliases if spelling(alias) == wanted}
    ranked = [(rank, unit) for unit in units if (rank := _rank(unit, wanted, aliased)) is not None]
    if not ranked:
        return None
    found = min(ranked, key=lambda pair: (pair[0], pair[1].successor_id is not None, pair[1].pk))[1]
    return latest(found, {unit.pk: unit for unit in units}) if follow else found


def without_unit() -> "QuerySet[PeriodPlan]":
    """Return the plans for which nobody is responsible; there are to be none."""
    return QuerySet(PeriodPlan).filter(~Exists(PlanUnit.objects.filter(plan=OuterRef("pk"))))


def _rank(unit: Unit, wanted: str, aliased: set[int]) -> int | None:
    names = {spelling(getattr(unit, column) or "") for column in columns_for("name")}
    if wanted in names:
        return 0
    if unit.pk in aliased:
        return 1
    return 2 if spelling(unit.key) == wanted else None


def latest(unit: Unit, units: dict[int, Unit]) -> Unit:
    """Follow the successors within `units`; a ring of them ends where it began."""
    seen = {unit.pk}
    while unit.successor_id in units and unit.successor_id not in seen:
        unit = units[unit.successor_id]
        seen.add(unit.pk)
    return unit
