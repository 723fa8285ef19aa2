"""Sinua odottaa: what waits for me."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from toimenpiteet.models import PeriodPlan
from toimenpiteet.selectors import waiting
from toimenpiteet.selectors.overdue_page import COUNT_LIMIT, bounded_count
from toimenpiteet.selectors.rows import PlanRow, plan_rows
from toimenpiteet.web.door import Visit, visit, whole_number
from toimenpiteet.workflow import Role, Status

PAGE = 15
SHORT = 8


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Lead a signed-in person to what waits for them, others to the published strategies."""
    return redirect("strategies" if visit(request).scope.anonymous else "waiting")


@require_GET
@login_required
def waiting_page(request: HttpRequest) -> HttpResponse:
    """Show everything of my units, most urgent first; for the director the overdue and the approvals."""
    me = visit(request)
    mine = waiting.of_my_units(me.scope)
    page = Paginator(waiting.most_urgent_first(mine), PAGE).get_page(whole_number(request.GET.get("page"), 1))
    context: dict[str, Any] = {
        "rows": _rows(page, me),
        "page_of_rows": page,
        "counts": waiting.counts(mine, me.today),
        "owns_units": bool(me.scope.unit_roles),
        "directs": me.scope.has(Role.DIRECTOR),
    }
    if context["directs"]:
        directed = _for_director(me)
        shown = {row.pk for row in (*directed["approvals"], *directed["late"])}
        context |= directed | {"rows": [row for row in context["rows"] if row.pk not in shown]}
    return render(request, "toimenpiteet/waiting.html", context)


def _rows(page: "Page[PeriodPlan]", me: Visit) -> list[PlanRow]:
    keys = [plan.pk for plan in page.object_list]
    rows = {row.pk: row for row in plan_rows(PeriodPlan.objects.filter(pk__in=keys), me.scope, me.today)}
    return [rows[key] for key in keys]


def _for_director(me: Visit) -> dict[str, Any]:
    approvals = waiting.awaiting_approval(me.scope)
    # What awaits approval stands above already; a plan is on the page once.
    late = waiting.overdue_for_director(me.scope, me.today).exclude(status=Status.AWAITING_APPROVAL.value)
    return {
        "approvals": plan_rows(approvals[:SHORT], me.scope, me.today),
        "approvals_count": bounded_count(approvals),
        "late": plan_rows(late[:SHORT], me.scope, me.today),
        "late_count": bounded_count(late),
        "count_limit": COUNT_LIMIT,
    }
