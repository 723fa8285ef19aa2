"""One goal."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from toimenpiteet.selectors import theme_pages
from toimenpiteet.web.crumbs import trail
from toimenpiteet.web.door import Visit, published
from toimenpiteet.web.keep_links import keep_links
from toimenpiteet.web.paging import page_of

PAGE = 40


@require_safe
@published
def goal(request: HttpRequest, me: Visit, goal_id: int) -> HttpResponse:
    """Show one goal: its action items with where they stand, its projects and its indicators."""
    found = theme_pages.find_goal(me.scope, goal_id)
    pages = page_of(request, theme_pages.items_of(me.scope, found), PAGE)
    page = theme_pages.goal_page(me.scope, found, pages.rows, me.today)
    themes = [("theme", theme) for theme in page.above]
    above = (("municipality", page.municipality), ("strategy", page.strategy), *themes)
    context = {"goal": page, "pages": pages, "crumbs": trail("strategies", *above, here=page.name)}
    context["keep_links"] = keep_links(request, me.scope, page.municipality.pk, "goal", page.pk, "item")
    return render(request, "toimenpiteet/goal.html", context)
