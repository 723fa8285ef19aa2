"""Pages of API lists.

A page never costs more than the rows up to it: what is left over is found by reading one row more, and the count stops
at COUNT_LIMIT: counting very many rows takes longer than everything else in the request.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from toimenpiteet.api.fields import Json

COUNT_LIMIT = 1000
_LAST_PAGE = 10_000_000


@dataclass(frozen=True)
class Window:
    """Which rows a page holds."""

    number: int
    size: int

    @property
    def start(self) -> int:
        """Return the number of rows before the page."""
        return (self.number - 1) * self.size


class Pages(BasePagination):
    """25 rows a page; ``page_size`` up to 200."""

    size: ClassVar[int] = 25
    largest: ClassVar[int] = 200
    parameters: ClassVar[frozenset[str]] = frozenset({"page", "page_size"})

    def respond(
        self, request: Request, read: Callable[[int, int], list[Json]], count: Callable[[int], int]
    ) -> Response:
        """Return the page that the request asks for.

        `read` gives the rows from one place up to another, `count` how many there are, counting no further than told.
        Raises ValidationError for a page that is no number, Http404 for one after the last.
        """
        window = self.window(request)
        rows = read(window.start, window.start + window.size + 1)
        if not rows and window.number > 1:
            raise Http404
        more, rows = len(rows) > window.size, rows[: window.size]
        seen = window.start + len(rows)
        total = max(seen, count(COUNT_LIMIT)) if more else seen
        return Response(
            {
                "count": total,
                "count_is_exact": not more or total < COUNT_LIMIT,
                "next": self._link(request, window.number + 1) if more else None,
                "previous": self._link(request, window.number - 1) if window.number > 1 else None,
                "results": rows,
            }
        )

    def window(self, request: Request) -> Window:
        """Return the page that the request asks for; raises ValidationError or Http404."""
        number = _whole(request, "page", 1, None)
        if number > _LAST_PAGE:
            raise Http404
        return Window(number, _whole(request, "page_size", self.size, self.largest))

    @staticmethod
    def _link(request: Request, number: int) -> str:
        url = request.build_absolute_uri()
        return remove_query_param(url, "page") if number == 1 else replace_query_param(url, "page", str(number))

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return the parameters of every list, for the OpenAPI schema."""
        size = {"type": "integer", "minimum": 1, "maximum": self.largest, "default": self.size}
        return [
            _parameter("page", "The page, from 1.", {"type": "integer", "minimum": 1, "default": 1}),
            _parameter("page_size", "Rows on a page.", size),
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the shape of a page around rows of `schema`."""
        link = {"type": ["string", "null"], "format": "uri"}
        exact = "False where there are more rows than are counted."
        return {
            "type": "object",
            "required": ["count", "count_is_exact", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "description": f"Rows in all; counted up to {COUNT_LIMIT}."},
                "count_is_exact": {"type": "boolean", "description": exact},
                "next": link,
                "previous": link,
                "results": schema,
            },
        }


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _whole(request: Request, name: str, default: int, largest: int | None) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    # Python reads digits of every script, and refuses to read thousands of them.
    value = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    if len(text) >= 20 and text.isdigit() and largest is None:
        raise Http404
    if value < 1 or (largest is not None and value > largest):
        raise ValidationError({name: [_page_message(largest)]})
    return value


def _page_message(largest: int | None) -> str:
    if largest is None:
        return _("Give a whole number, 1 or more.")
    return _("Give a whole number from 1 to %(largest)s.") % {"largest": largest}
