"""Projects and the budget lines that pay for them, and programmes."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from toimenpiteet.selectors import projects as project_pages
from toimenpiteet.selectors.plan.view import views
from toimenpiteet.selectors.projects import CityProjects, LineRow, ProjectRow
from toimenpiteet.web import lists, tables
from toimenpiteet.web.crumbs import trail
from toimenpiteet.web.edit.links import edit_links
from toimenpiteet.web.paging import page_of
from toimenpiteet.web.request import RequestContext, published, request_context

PAGE = 40


@dataclass(frozen=True)
class _Line:
    city: CityProjects
    line: LineRow
    project: ProjectRow


_COLUMNS = (
    lists.Column("municipality", gettext_lazy("Municipality"), lambda row: row.city.municipality.name.text, sort=True),
    lists.Column("line", gettext_lazy("Budget line"), lambda row: row.line.name.text, sort=True),
    lists.Column("name", gettext_lazy("Project"), lambda row: row.project.name.text, fixed=True, sort=True),
    lists.Column("kind", gettext_lazy("Kind"), lambda row: row.project.kind, sort=True),
    lists.Column("years", gettext_lazy("Years"), lambda row: row.project.years, sort=True),
    lists.Column("plans", gettext_lazy("Plans"), lambda row: row.project.plans, sort=True),
)


@require_safe
def projects(request: HttpRequest) -> HttpResponseBase:
    """List the projects that exist for the person, by municipality and budget line; also as a table or a file."""
    me = request_context(request)
    cities, table = project_pages.project_lists(me.scope), lists.read(_COLUMNS, request, sort="")
    if tables.wanted(request, table):
        listed = tables.Listed(_("Projects"), lambda row: reverse("project", args=[row.project.pk]), me.now)
        return tables.show(request, table, _lines(cities), listed)
    return render(request, "toimenpiteet/projects/projects.html", {"cities": cities, "table": table})


def _lines(cities: list[CityProjects]) -> Iterator[_Line]:
    for city in cities:
        for line in city.lines:
            yield from (_Line(city, line, project) for project in line.projects)


@require_safe
@published
def project(request: HttpRequest, me: RequestContext, project_id: int) -> HttpResponse:
    """Show one project and everything that it serves: goals, action items, plans."""
    page = project_pages.project_page(me.scope, project_id)
    pages = page_of(request, project_pages.plans_of(me.scope, project_id), PAGE)
    plans = views(pages.rows, me.today)
    crumbs = trail("projects", ("municipality", page.municipality), here=page.name)
    context = {"project": page, "plans": plans, "pages": pages, "crumbs": crumbs}
    context["edit_links"] = edit_links(request, me.scope, page.municipality.pk, "project", page.pk)
    return render(request, "toimenpiteet/projects/project.html", context)


@require_safe
@published
def programme(request: HttpRequest, me: RequestContext, programme_id: int) -> HttpResponse:
    """Show one programme: who prepares and approves it, which strategies and themes it serves."""
    page = project_pages.programme_page(me.scope, programme_id, me.today)
    crumbs = trail("strategies", ("municipality", page.municipality), here=page.name)
    links = edit_links(request, me.scope, page.municipality.pk, "programme", page.pk)
    context = {"programme": page, "crumbs": crumbs, "edit_links": links}
    return render(request, "toimenpiteet/projects/programme.html", context)
