"""Responsible units, as a tree and one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from toimenpiteet.selectors.people import mail_choices
from toimenpiteet.selectors.plan.view import views
from toimenpiteet.selectors.strategies.strategy import strategies_named
from toimenpiteet.selectors.translated import Named
from toimenpiteet.selectors.units import pages as unit_pages
from toimenpiteet.selectors.units.pages import CityUnits, UnitNode
from toimenpiteet.web import lists, tables
from toimenpiteet.web.crumbs import trail
from toimenpiteet.web.edit.links import edit_links
from toimenpiteet.web.paging import page_of
from toimenpiteet.web.request import RequestContext, published, request_context

PAGE = 25


@dataclass(frozen=True)
class _Line:
    city: CityUnits
    unit: UnitNode
    under: str


def _names(units: Sequence[Named | None]) -> str:
    return ", ".join(unit.name.text for unit in units if unit)


_COLUMNS = (
    lists.Column("municipality", gettext_lazy("Municipality"), lambda row: row.city.municipality.name.text, sort=True),
    lists.Column("name", gettext_lazy("Responsible unit"), lambda row: row.unit.name.text, fixed=True, sort=True),
    lists.Column("kind", gettext_lazy("Kind"), lambda row: row.unit.kind, sort=True),
    lists.Column("under", gettext_lazy("Under"), lambda row: row.under, sort=True),
    lists.Column("plans", gettext_lazy("Open plans"), lambda row: row.unit.plans, sort=True),
    lists.Column("members", gettext_lazy("Members"), lambda row: _names(row.unit.members), shown=False),
    lists.Column(
        "ended",
        gettext_lazy("Last day"),
        lambda row: row.unit.last_day,
        shown=False,
        in_file=lambda row: row.unit.ends_on,
    ),
    lists.Column("successor", gettext_lazy("Successor"), lambda row: _names([row.unit.successor]), shown=False),
)


@require_safe
def units(request: HttpRequest) -> HttpResponseBase:
    """List the units that exist for the person, by municipality, as a tree; also as a table or a file."""
    me = request_context(request)
    cities, table = unit_pages.unit_lists(me.scope, me.today), lists.read(_COLUMNS, request, sort="")
    if tables.wanted(request, table):
        rows = (line for city in cities for line in _lines(city, [*city.tree, *city.groups, *city.ended], ""))
        listed = tables.Listed(_("Responsible units"), lambda row: reverse("unit", args=[row.unit.pk]), me.now)
        return tables.show(request, table, rows, listed)
    return render(request, "toimenpiteet/units/units.html", {"cities": cities, "table": table})


def _lines(city: CityUnits, units: list[UnitNode], under: str) -> Iterator[_Line]:
    for unit in units:
        yield _Line(city, unit, under)
        yield from _lines(city, unit.under, unit.name.text)


@require_safe
@published
def unit(request: HttpRequest, me: RequestContext, unit_id: int) -> HttpResponse:
    """Show one unit: who works there, what it was called, and the plans for which it is responsible."""
    page = unit_pages.unit_page(me.scope, unit_id, me.today)
    pages = page_of(request, unit_pages.plans_of(me.scope, page.counted), PAGE)
    plans = views(pages.rows, me.today)
    above = (("municipality", page.municipality), *(("unit", unit) for unit in page.above))
    context = {"unit": page, "plans": plans, "pages": pages, "crumbs": trail("units", *above, here=page.name)}
    if not me.scope.anonymous:
        context["strategies"] = strategies_named(me.scope, {plan.strategy_id for plan in plans})
        context["mail_trouble"] = mail_choices.of_address(page.email, me.now)
    context["edit_links"] = edit_links(request, me.scope, page.municipality.pk, "unit", page.pk)
    return render(request, "toimenpiteet/units/unit.html", context)
