"""One municipality: its strategies, units and programmes, in numbers, and who keeps them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from toimenpiteet import access, labels
from toimenpiteet.access import Scope
from toimenpiteet.dates import day_words
from toimenpiteet.models import ActionItem, Municipality, MunicipalityRole, Programme, Project, Unit
from toimenpiteet.models.people import Dated, UnitKind
from toimenpiteet.models.sorting import by_name
from toimenpiteet.selectors.strategies.logos import Logo, logo_of
from toimenpiteet.selectors.strategies.strategy import ProgrammeLink, StrategyRow, programme_links, strategy_rows
from toimenpiteet.selectors.translated import Text, text_of
from toimenpiteet.selectors.units.pages import PersonRow
from toimenpiteet.workflow import Role


@dataclass(frozen=True)
class MunicipalityPage:
    """Everything of a municipality's page; `people` only for those who are signed in."""

    pk: int
    name: Text
    logo: Logo | None
    demonstration: bool
    strategies: list[StrategyRow]
    units: list[tuple[str, int]]
    unit_count: int
    items: int
    projects: int
    programmes: list[ProgrammeLink]
    people: list[PersonRow]


def own_municipalities(scope: Scope) -> "QuerySet[Municipality]":
    """Return the person's municipalities; to the public, one of a demonstration where there is one."""
    if scope.anonymous:
        return Municipality.objects.filter(demonstration=True)[:1]
    return Municipality.objects.filter(pk__in=scope.municipalities)


def municipality_page(scope: Scope, key: str, today: date) -> MunicipalityPage:
    """Return the page of the municipality with this key or id; raises Http404 when it does not exist for the person."""
    rows = access.visible(scope, Municipality).select_related("logo")
    row = access.get(scope, rows, **({"pk": key} if key.isdigit() else {"key": key}))
    units = _units(scope, row, today)
    return MunicipalityPage(
        pk=row.pk,
        name=text_of(row, "name", row.language),
        logo=logo_of(row),
        demonstration=row.demonstration,
        strategies=strategy_rows(scope, today, row),
        units=units,
        unit_count=sum(count for _kind, count in units),
        items=access.visible(scope, ActionItem).filter(municipality=row).count(),
        projects=access.visible(scope, Project).filter(municipality=row).count(),
        programmes=programme_links(access.visible(scope, Programme).filter(municipality=row), row.language),
        people=_people(scope, row, today),
    )


def _units(scope: Scope, home: Municipality, today: date) -> list[tuple[str, int]]:
    in_force = access.visible(scope, Unit).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=today), municipality=home
    )
    counts: dict[str, int] = dict(in_force.order_by().values_list("kind").annotate(Count("pk", distinct=True)))
    return [(str(kind.label), counts[kind]) for kind in UnitKind if kind.value in counts]


def _people(scope: Scope, home: Municipality, today: date) -> list[PersonRow]:
    rows = access.visible(scope, MunicipalityRole).filter(Q(Dated.on(today), user__is_active=True), municipality=home)
    return [
        PersonRow(
            str(row.user), str(labels.ROLE[Role(row.role)]), day_words(row.valid_until) if row.valid_until else ""
        )
        for row in rows.select_related("user").order_by("role", by_name("user__name"))
    ]
