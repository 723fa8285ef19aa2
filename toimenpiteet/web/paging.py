"""One page of a list, with the addresses of the pages before and after it."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from toimenpiteet.web.request import whole_number


@dataclass(frozen=True)
class Pages:
    """What components/pages.html and the line above a list say."""

    rows: list[Any]
    count: int
    number: int
    all: int
    previous: str
    following: str


def page_of(request: HttpRequest, rows: "QuerySet[Any] | list[Any]", size: int) -> Pages:
    """Return the page that the address asks for, the nearest one that there is; two queries, none of a list."""
    page = Paginator(rows, size).get_page(whole_number(request.GET.get("page"), 1))
    number, last = page.number, page.paginator.num_pages
    previous, following = neighbours(request, number, last)
    return Pages(list(page.object_list), page.paginator.count, number, last, previous, following)


def neighbours(request: HttpRequest, number: int, last: int) -> tuple[str, str]:
    """Return the addresses of the pages before and after `number`, empty where there is none."""
    return (
        address(request, number - 1) if number > 1 else "",
        address(request, number + 1) if number < last else "",
    )


def address(request: HttpRequest, number: int) -> str:
    """Return the address of another page of the same list."""
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"
