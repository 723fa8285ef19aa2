"""Myöhässä: the overdue list with filters in the address, and as a CSV file."""

from collections.abc import Iterator
from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.exchange.tables import Cell, csv_lines
from toimenpiteet.models import Goal, PlanPeriod, Unit
from toimenpiteet.selectors import overdue_page
from toimenpiteet.selectors.overdue_page import PAGE, SORTS, Filters
from toimenpiteet.web.door import visit, whole_number

CSV_LIMIT = 10000
CSV_CHUNK = 500


def _filters(scope: Scope, query: QueryDict) -> Filters:
    """Read the filters; an id that does not exist for the person is a 404, as everywhere."""
    unit, goal, period = (whole_number(query.get(name)) for name in ("unit", "goal", "period"))
    return Filters(
        unit=access.get(scope, access.visible(scope, Unit), pk=unit) if query.get("unit") else None,
        goal=access.get(scope, access.visible(scope, Goal), pk=goal) if query.get("goal") else None,
        period=access.get(scope, access.visible(scope, PlanPeriod), pk=period) if query.get("period") else None,
        days=min(whole_number(query.get("days")), 36500),
        sort=query.get("sort", "") if query.get("sort") in SORTS else "deadline",
        page=max(1, min(whole_number(query.get("page"), 1), 10000)),
    )


@require_GET
@login_required
def overdue(request: HttpRequest) -> HttpResponse:
    """Show what is overdue; every filter, sort and page is an address."""
    me = visit(request)
    filters = _filters(me.scope, request.GET)
    plans = overdue_page.overdue_plans(me.scope, filters, me.today)
    page = overdue_page.page_of(plans, filters.page)
    start = (filters.page - 1) * PAGE
    context = {
        "rows": overdue_page.rows(page.keys, me.today),
        "filters": filters,
        "choices": overdue_page.choices(me.scope),
        "count": page.count,
        "count_limit": overdue_page.COUNT_LIMIT,
        "first": start + 1,
        "last": start + len(page.keys),
        "previous": _address(request, filters.page - 1) if filters.page > 1 else "",
        "following": _address(request, filters.page + 1) if page.more else "",
        "csv": f"csv/?{_without(request, 'page')}",
        "sorts": _sorts(request, filters.sort),
    }
    return render(request, "toimenpiteet/overdue.html", context)


def _without(request: HttpRequest, *names: str) -> str:
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    return query.urlencode()


def _address(request: HttpRequest, page: int) -> str:
    return f"?{_without(request, 'page')}&page={page}".replace("?&", "?")


def _sorts(request: HttpRequest, current: str) -> list[dict[str, object]]:
    names = {
        "deadline": _("most overdue first"),
        "-deadline": _("least overdue first"),
        "goal": _("by goal"),
        "name": _("by name"),
        "status": _("by status"),
    }
    return [{"key": key, "label": names[key], "current": key == current} for key in SORTS]


@require_GET
@login_required
def overdue_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Give the list that the address names as a CSV file, at most CSV_LIMIT rows."""
    me = visit(request)
    plans = overdue_page.overdue_plans(me.scope, _filters(me.scope, request.GET), me.today)
    keys = list(plans.values_list("pk", flat=True)[:CSV_LIMIT])
    lines = csv_lines(_heads(), _cells(keys, me.today))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="myohassa-{me.today.isoformat()}.csv"'
    return response


def _heads() -> list[str]:
    return [
        *(_("Goal"), _("Action item"), _("Period"), _("Status"), _("Responsible units")),
        *(_("Deadline"), _("Days late"), _("Steps done"), _("Steps")),
    ]


def _cells(keys: list[int], today: date) -> Iterator[list[Cell]]:
    for start in range(0, len(keys), CSV_CHUNK):
        for row in overdue_page.rows(keys[start : start + CSV_CHUNK], today):
            yield [
                f"{row.goal_number or ''} {row.goal_name}".strip(),
                row.item_name.text,
                row.period_name.text,
                row.status_label,
                ", ".join(unit.name.text for unit in row.units),
                row.deadline_on.isoformat(),
                row.days_late,
                row.steps_done,
                row.steps_all,
            ]
