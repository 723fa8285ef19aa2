"""The indicators of a strategy, and one of them with all its figures."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from toimenpiteet.selectors import indicators as indicator_pages
from toimenpiteet.selectors.indicators import MINUS, IndicatorLink
from toimenpiteet.selectors.strategies.strategy import find_strategy
from toimenpiteet.selectors.translated import named_of
from toimenpiteet.web import lists, tables
from toimenpiteet.web.crumbs import trail
from toimenpiteet.web.edit.links import edit_links
from toimenpiteet.web.request import RequestContext, published


@dataclass(frozen=True)
class _Line:
    perspective: str
    indicator: IndicatorLink


def _targets(row: _Line) -> str:
    return "; ".join(one.words or one.note.text for one in row.indicator.targets)


def _doubt(row: _Line) -> str:
    return " ".join(dict.fromkeys(filter(None, (row.indicator.doubt, row.indicator.last_doubt))))


# Programs that read a file know a negative number by its hyphen.
_COLUMNS = (
    lists.Column("perspective", gettext_lazy("Perspective"), lambda row: row.perspective, sort=True),
    lists.Column("name", gettext_lazy("Indicator"), lambda row: row.indicator.name.text, fixed=True, sort=True),
    lists.Column("unit", gettext_lazy("Unit of measure"), lambda row: row.indicator.unit, sort=True),
    lists.Column("of", gettext_lazy("Belongs to"), lambda row: row.indicator.of.name.text, sort=True),
    lists.Column(
        "last",
        gettext_lazy("Last figure"),
        lambda row: row.indicator.last,
        sort=True,
        in_file=lambda row: row.indicator.last_value,
    ),
    lists.Column("when", gettext_lazy("Year"), lambda row: row.indicator.last_when, sort=True),
    lists.Column("doubt", gettext_lazy("Doubt in the source"), _doubt),
    lists.Column("targets", gettext_lazy("Target"), _targets, in_file=lambda row: _targets(row).replace(MINUS, "-")),
)


@require_safe
@published
def indicators(request: HttpRequest, me: RequestContext, strategy_id: int) -> HttpResponseBase:
    """List the indicators of a strategy by perspective, with last figure and targets; also as a table or a file."""
    strategy = find_strategy(me.scope, strategy_id)
    own = strategy.municipality.language
    groups = indicator_pages.by_perspective(strategy, own, me.today)
    table = lists.read(_COLUMNS, request, sort="")
    if tables.wanted(request, table):
        lines = (_Line(perspective, row) for perspective, rows in groups for row in rows)
        listed = tables.Listed(_("Indicators"), lambda row: reverse("indicator", args=[row.indicator.pk]), me.now)
        return tables.show(request, table, lines, listed)
    home = named_of(strategy.municipality, own)
    name = named_of(strategy, own)
    crumbs = trail("strategies", ("municipality", home), ("strategy", name), here=_("Indicators"))
    context = {"strategy": name, "groups": groups, "crumbs": crumbs, "table": table}
    return render(request, "toimenpiteet/indicators/indicators.html", context)


@require_safe
@published
def indicator(request: HttpRequest, me: RequestContext, indicator_id: int) -> HttpResponse:
    """Show one indicator: figures by year and kind, side by side, and targets."""
    page = indicator_pages.indicator_page(me.scope, indicator_id)
    crumbs = trail("strategies", ("municipality", page.municipality), ("strategy", page.strategy), here=page.name)
    crumbs.insert(-1, (_("Indicators"), reverse("indicators", args=[page.strategy.pk])))
    links = edit_links(request, me.scope, page.municipality.pk, "indicator", page.pk)
    context = {"indicator": page, "crumbs": crumbs, "edit_links": links}
    return render(request, "toimenpiteet/indicators/indicator.html", context)
