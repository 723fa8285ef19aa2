"""One page of a list: which one the address asks for, and the addresses of the pages before and after it."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from toimenpiteet.web.lists import address
from toimenpiteet.web.request import whole_number

LAST = 10_000
"""Nobody turns to a later page; a number beyond it would only be long to count to."""


@dataclass(frozen=True)
class Pages:
    """What components/pages.html and the line above a list say."""

    rows: list[Any]
    count: int
    number: int
    all: int
    previous: str
    following: str


def page_of(request: HttpRequest, rows: Any, size: int, number: int = 0, landing: str = "#tulos") -> Pages:
    """Return the page of `rows` (a list, or a queryset) that the address asks for, or the nearest one that there is.

    `number` is the page where the address does not say it, `landing` as in `neighbours`. Two queries, none of a list.
    """
    page = Paginator(rows, size).get_page(number or page_number(request))
    number, last = page.number, page.paginator.num_pages
    beside = neighbours(request, number, more=number < last, landing=landing)
    return Pages(list(page.object_list), page.paginator.count, number, last, **beside)


def page_number(request: HttpRequest) -> int:
    """Return the number of the page that the address asks for, from 1."""
    return max(1, min(whole_number(request.GET.get("page"), 1), LAST))


def neighbours(request: HttpRequest, number: int, *, more: bool, landing: str = "#tulos") -> dict[str, str]:
    """Return the addresses of the pages before and after `number`, empty where there is none; for the template.

    They lead to `landing`: to the line that says how much was found, which takes the focus; "" where a page leads
    elsewhere and adds it itself.
    """
    return {
        "previous": f"{address(request.GET, page=number - 1)}{landing}" if number > 1 else "",
        "following": f"{address(request.GET, page=number + 1)}{landing}" if more else "",
    }
