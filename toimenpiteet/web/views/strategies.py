"""The strategies and the plan, as people know them from the documents."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from toimenpiteet import access
from toimenpiteet.dates import due_words
from toimenpiteet.models import Strategy
from toimenpiteet.selectors import strategy_page
from toimenpiteet.selectors.plan_page import plan_page
from toimenpiteet.selectors.words import text_of
from toimenpiteet.web.door import visit


@require_GET
def strategies(request: HttpRequest) -> HttpResponse:
    """List the strategies that exist for the person, by municipality."""
    rows = access.visible(visit(request).scope, Strategy).select_related("municipality")
    listed = [
        {
            "pk": row.pk,
            "name": text_of(row, "name", row.municipality.language),
            "municipality": text_of(row.municipality, "name", row.municipality.language),
            "years": strategy_page.years_words(row.start_year, row.end_year),
            "status": row.get_status_display(),
        }
        for row in rows.order_by("municipality__key", "-start_year", "name_fi")
    ]
    return render(request, "toimenpiteet/strategies.html", {"strategies": listed})


@require_GET
def strategy(request: HttpRequest, strategy_id: int) -> HttpResponse:
    """Show one strategy: its own texts, then theme → goal → rows with both periods side by side."""
    me = visit(request)
    rows = access.visible(me.scope, Strategy).select_related("municipality")
    found = access.get(me.scope, rows, pk=strategy_id)
    own = found.municipality.language
    context = {
        "strategy": found,
        "texts": {name: text_of(found, name, own) for name in ("name", "slogan", "mission", "vision", "decided_by")},
        "municipality": text_of(found.municipality, "name", own),
        "years": strategy_page.years_words(found.start_year, found.end_year),
        "decided": due_words(found.decided_on, found.decided_on_precision) if found.decided_on else "",
        "documents": found.documents.splitlines(),
        "plan": plan_page(me.scope, found, me.today),
        "parts": strategy_page.parts(found),
        "values": strategy_page.values(found),
        "events": strategy_page.events(found),
        "follow_ups": strategy_page.follow_ups(found),
        "programmes": strategy_page.programmes(found),
        "indicators": strategy_page.indicators(found),
    }
    return render(request, "toimenpiteet/strategy.html", context)
