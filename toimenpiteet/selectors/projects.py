"""Projects and the budget lines that pay for them, and programmes: what each of them serves."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.models import (
    ActionItem,
    BudgetLine,
    Indicator,
    PeriodPlan,
    PlanBudgetLine,
    Programme,
    Project,
    Strategy,
    Theme,
)
from toimenpiteet.selectors.indicators import IndicatorLink, indicator_links
from toimenpiteet.selectors.plan.view import keys_in_plan_order
from toimenpiteet.selectors.strategies.strategy import years_words
from toimenpiteet.selectors.translated import Named, Text, named_of, text_of

_NAMED = 20


@dataclass(frozen=True)
class ProjectRow:
    """A project in a list; `plans` is how many action plans it serves."""

    pk: int
    name: Text
    kind: str
    years: str
    plans: int


@dataclass(frozen=True)
class LineRow:
    """A budget line with its projects; `plans` is how many plans it pays for by itself. No line: `pk` is 0.

    `items` are the action items of those plans, where they are few enough to be named.
    """

    pk: int
    name: Text
    plans: int
    doubt: str
    source: str
    items: list[Named]
    projects: list[ProjectRow]


@dataclass(frozen=True)
class CityProjects:
    """The projects of one municipality, under their budget lines."""

    municipality: Named
    lines: list[LineRow]
    count: int


@dataclass(frozen=True)
class ProjectPage:
    """One project; what it serves is read page by page (``plans_of``)."""

    pk: int
    municipality: Named
    name: Text
    kind: str
    years: str
    description: Text
    funding: str
    budget_line: Named | None
    aliases: list[str]
    doubt: str
    source: str


@dataclass(frozen=True)
class ProgrammePage:
    """One programme."""

    pk: int
    municipality: Named
    name: Text
    years: str
    status: str
    prepared_by: str
    approved_by: str
    description: Text
    follow_up: Text
    doubt: str
    source: str
    strategies: list[Named]
    themes: list[Named]
    indicators: list[IndicatorLink]


def project_lists(scope: Scope) -> list[CityProjects]:
    """Return the projects that the person may see, by municipality and budget line; three queries."""
    lines = access.visible(scope, BudgetLine).select_related("municipality")
    line_rows = list(lines.annotate(plans=Count("plan_links", distinct=True)).order_by("order", "key"))
    projects = access.visible(scope, Project).select_related("municipality")
    rows: list[Any] = list(projects.annotate(plans=Count("plan_links", distinct=True)).order_by("order", "key"))
    homes = {row.municipality_id: row.municipality for row in [*line_rows, *rows]}
    paid = _paid(scope, [line.pk for line in line_rows if 0 < line.plans <= _NAMED])
    return [
        _city(
            home,
            [(line, paid[line.pk]) for line in line_rows if line.municipality_id == home.pk],
            [row for row in rows if row.municipality_id == home.pk],
        )
        for home in sorted(homes.values(), key=lambda home: home.key)
    ]


def _paid(scope: Scope, lines: list[int]) -> dict[int, list[ActionItem]]:
    """Return the action items for which each of `lines` pays by itself."""
    links = access.visible(scope, PlanBudgetLine).filter(budget_line__in=lines).select_related("plan__item")
    found: dict[int, dict[int, ActionItem]] = defaultdict(dict)
    for link in links.order_by("plan__item__order", "plan__item_id"):
        found[link.budget_line_id][link.plan.item_id] = link.plan.item
    return defaultdict(list, {line: list(items.values()) for line, items in found.items()})


def _city(home: Any, lines: list[tuple[Any, list[ActionItem]]], projects: list[Any]) -> CityProjects:
    own = home.language
    rows = list(_lines(lines, projects, own))
    return CityProjects(named_of(home, own), rows, len(projects))


def _lines(lines: list[tuple[Any, list[ActionItem]]], projects: list[Any], own: str) -> Iterator[LineRow]:
    there = {line.pk for line, _items in lines}
    for line, paid in lines:
        under = [_row(project, own) for project in projects if project.budget_line_id == line.pk]
        items = [named_of(item, own) for item in paid]
        yield LineRow(line.pk, text_of(line, "name", own), line.plans, line.doubt, line.source, items, under)
    # A line may be hidden from the public while its project is seen.
    free = [_row(project, own) for project in projects if project.budget_line_id not in there]
    if free:
        yield LineRow(0, Text(""), 0, "", "", [], free)


def _row(project: Any, own: str) -> ProjectRow:
    years = years_words(project.start_year, project.end_year)
    return ProjectRow(project.pk, text_of(project, "name", own), project.get_kind_display(), years, project.plans)


def project_page(scope: Scope, project_id: int) -> ProjectPage:
    """Return the page of a project; raises Http404 when it does not exist for the person."""
    rows = access.visible(scope, Project).select_related("municipality", "budget_line")
    row = access.get(scope, rows.prefetch_related("aliases"), pk=project_id)
    own = row.municipality.language
    line = row.budget_line
    return ProjectPage(
        pk=row.pk,
        municipality=named_of(row.municipality, own),
        name=text_of(row, "name", own),
        kind=row.get_kind_display(),
        years=years_words(row.start_year, row.end_year),
        description=text_of(row, "description", own),
        funding=row.funding,
        budget_line=Named(line.pk, text_of(line, "name", own), line.doubt) if line else None,
        aliases=[alias.text for alias in row.aliases.all()],
        doubt=row.doubt,
        source=row.source,
    )


def plans_of(scope: Scope, project_id: int) -> "QuerySet[Any]":
    """Return the keys of the plans that a project serves, in the order of the document."""
    return keys_in_plan_order(access.visible(scope, PeriodPlan).filter(project_links__project=project_id))


def programme_page(scope: Scope, programme_id: int, today: date) -> ProgrammePage:
    """Return the page of a programme; raises Http404 when it does not exist for the person."""
    rows = access.visible(scope, Programme).select_related("municipality")
    row = access.get(scope, rows, pk=programme_id)
    own = row.municipality.language
    strategies = access.visible(scope, Strategy).filter(programme_links__programme=row)
    themes = access.visible(scope, Theme).filter(programme_links__programme=row)
    measured = access.visible(scope, Indicator).filter(programme=row)
    return ProgrammePage(
        pk=row.pk,
        municipality=named_of(row.municipality, own),
        name=text_of(row, "name", own),
        years=years_words(row.start_year, row.end_year),
        status=row.get_status_display() if row.status else "",
        prepared_by=row.prepared_by,
        approved_by=row.approved_by,
        description=text_of(row, "description", own),
        follow_up=text_of(row, "follow_up", own),
        doubt=row.doubt,
        source=row.source,
        strategies=[named_of(each, own) for each in strategies],
        themes=[named_of(each, own) for each in themes],
        indicators=indicator_links(measured, own, today),
    )
