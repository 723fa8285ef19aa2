"""Search: a page with a form, and its results as one types."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from toimenpiteet.models import SearchDocument
from toimenpiteet.selectors.search.hits import Hit, Marked
from toimenpiteet.selectors.search.search import QUERY_LIMIT, Found, every_hit
from toimenpiteet.selectors.search.search import search as found_for
from toimenpiteet.web import lists
from toimenpiteet.web.lists import Column
from toimenpiteet.web.paging import neighbours, page_number
from toimenpiteet.web.request import is_fragment, request_context

# Where a thing of each model is shown.
_PAGES = {
    "strategy": "strategy",
    "strategypart": "strategy-whole",
    "corevalue": "strategy-whole",
    "processevent": "strategy-whole",
    "followup": "strategy-whole",
    "theme": "theme",
    "goal": "goal",
    "actionitem": "item",
    "comment": "item",
    "unit": "unit",
    "project": "project",
    "programme": "programme",
    "indicator": "indicator",
}


@dataclass(frozen=True)
class Result:
    """A hit with its address."""

    hit: Hit
    href: str


@dataclass(frozen=True)
class KindChoice:
    """A kind of thing to narrow the results to, with its address."""

    label: str
    count: int
    href: str
    current: bool


@require_safe
@vary_on_headers("HX-Request")
def search(request: HttpRequest) -> HttpResponseBase:
    """Show what the person may see that has the words of `q`; a piece of the page for htmx."""
    query = " ".join(request.GET.get("q", "").replace("\x00", " ").split())
    kind = request.GET.get("kind", "")
    kind = kind if kind in SearchDocument.Kind.values else ""
    me = request_context(request)
    table = lists.read(_COLUMNS, request, sort="")
    if table.file:
        hits = every_hit(me.scope, query, kind, me.today)
        every = [(hit, request.build_absolute_uri(_address(hit))) for hit in hits]
        return lists.download(table, every, name=_("Search"), now=me.now)
    found = found_for(me.scope, query, kind, page_number(request), me.today)
    context: dict[str, Any] = {
        "query": query[:QUERY_LIMIT],
        "kind": kind,
        "found": found,
        "results": [Result(hit, _address(hit)) for hit in found.hits],
        "kinds": _kinds(request, found, kind),
        "sheet": table,
        **neighbours(request, found.page, more=found.page < found.last),
    }
    piece = is_fragment(request)
    return render(request, f"toimenpiteet/search/{'parts/results' if piece else 'page'}.html", context)


def _plain(marked: Marked) -> str:
    return "".join(piece for piece, _is_hit in marked.pieces)


_COLUMNS = (
    Column("kind", gettext_lazy("Kind"), lambda row: row[0].kind_label),
    Column("name", gettext_lazy("Name"), lambda row: _plain(row[0].title), fixed=True),
    Column("where", gettext_lazy("Where"), lambda row: ", ".join(text.text for text in row[0].where)),
    Column("status", gettext_lazy("Status"), lambda row: row[0].status_label),
    Column("said", gettext_lazy("Text"), lambda row: _plain(row[0].snippet)),
    Column("address", gettext_lazy("Address"), lambda row: row[1]),
)


def _address(hit: Hit) -> str:
    place = f"#{hit.anchor}" if hit.anchor else ""
    if hit.model == "budgetline":
        return reverse("projects") + place
    return reverse(_PAGES[hit.model], args=[hit.page_id]) + place


def _kinds(request: HttpRequest, found: Found, chosen: str) -> list[KindChoice]:
    query = request.GET.copy()
    query.pop("page", None)

    def href(kind: str) -> str:
        query["kind"] = kind
        return f"?{query.urlencode()}"

    return [KindChoice(label, count, href(kind), kind == chosen) for kind, label, count in found.counts]
