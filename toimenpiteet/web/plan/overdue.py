"""Myöhässä: the overdue list; columns, filters and order in the address, and as files."""

from collections.abc import Iterator
from datetime import date

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from toimenpiteet import access, labels
from toimenpiteet.access import Scope, Verb
from toimenpiteet.models import Goal, PlanPeriod, Unit
from toimenpiteet.selectors.batches import in_batches
from toimenpiteet.selectors.plan import overdue as late_plans
from toimenpiteet.selectors.plan.moves import moves_of_director
from toimenpiteet.selectors.plan.overdue import LONGEST, PAGE, Filters
from toimenpiteet.selectors.plan.view import ROW, PlanView, views
from toimenpiteet.web import lists
from toimenpiteet.web.lists import Column
from toimenpiteet.web.paging import neighbours, page_number
from toimenpiteet.web.request import request_context, signed_in, whole_number
from toimenpiteet.workflow import OPEN_VALUES, Status


def _goal(row: PlanView) -> str:
    return f"{row.goal_number or ''} {row.goal_name}".strip()


def _units(row: PlanView) -> str:
    return ", ".join(unit.name.text for unit in row.units)


COLUMNS = (
    Column("name", gettext_lazy("Action item"), lambda row: row.item_name.text, sort=True, fixed=True),
    Column("goal", gettext_lazy("Goal"), _goal, sort=True),
    Column("period", gettext_lazy("Period"), lambda row: row.period_name.text, sort=True),
    Column("units", gettext_lazy("Responsible units"), _units),
    Column("status", gettext_lazy("Status"), lambda row: row.status_label, sort=True),
    Column(
        "steps",
        gettext_lazy("Steps done"),
        lambda row: row.steps_done,
        beside=Column("steps_all", gettext_lazy("Steps"), lambda row: row.steps_all),
    ),
    Column(
        LONGEST,
        gettext_lazy("Deadline"),
        lambda row: row.late and row.late.since,
        sort=True,
        up=gettext_lazy("most overdue first"),
        down=gettext_lazy("least overdue first"),
    ),
    Column("late", gettext_lazy("Days late"), lambda row: row.late and row.late.days, shown=False),
    Column("why", gettext_lazy("Why late"), lambda row: row.late and row.late.why, shown=False),
)


def _filters(scope: Scope, request: HttpRequest, sort: str) -> Filters:
    """Read the filters; an id that does not exist for the person is a 404, as everywhere."""
    query = request.GET
    unit, goal, period = (whole_number(query.get(name)) for name in ("unit", "goal", "period"))
    status = query.get("status", "")
    return Filters(
        unit=access.get(scope, access.visible(scope, Unit), pk=unit) if query.get("unit") else None,
        goal=access.get(scope, access.visible(scope, Goal), pk=goal) if query.get("goal") else None,
        period=access.get(scope, access.visible(scope, PlanPeriod), pk=period) if query.get("period") else None,
        status=Status(status) if status in OPEN_VALUES else None,
        days=min(whole_number(query.get("days")), 36500),
        sort=sort,
        page=page_number(request),
    )


@require_safe
@signed_in
def overdue(request: HttpRequest, file: str = "") -> HttpResponseBase:
    """Show what is overdue, or give it as the `file` (csv or xlsx) that the address asks for."""
    me = request_context(request)
    table = lists.read(COLUMNS, request, sort=LONGEST, file=file)
    filters = _filters(me.scope, request, table.sort)
    if table.file:
        keys = late_plans.keys_of(me.scope, filters, me.today, lists.FILE_LIMIT + 1)
        return lists.download(table, _rows(keys, me.today), name=_("Overdue"), now=me.now)
    page = late_plans.page_of(me.scope, filters, me.today)
    start = (filters.page - 1) * PAGE
    directs = access.where(me.scope, Verb.DIRECT)
    context = {
        "rows": views(page.keys, me.today, ROW),
        "table": table,
        "filters": filters,
        "choices": late_plans.choices(me.scope),
        "statuses": [(status, labels.STATUS[Status(status)]) for status in OPEN_VALUES],
        "count": page.count,
        "count_limit": late_plans.COUNT_LIMIT,
        "first": start + 1,
        "last": start + len(page.keys),
        "directs": directs,
        "bulk_moves": moves_of_director() if directs else [],
        **neighbours(request, filters.page, more=page.more),
    }
    return render(request, "toimenpiteet/plan/overdue.html", context)


def _rows(keys: list[int], today: date) -> Iterator[PlanView]:
    for batch in in_batches(keys):
        yield from views(batch, today, ROW)
