"""Lists and single things, alike for every kind of row: seen through access, filtered, paged, read in a few queries."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import Http404
from django_filters.filters import MultipleChoiceFilter
from django_filters.rest_framework import FilterSet
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.api.etags import etag
from toimenpiteet.api.fields import Json
from toimenpiteet.api.pagination import Pages
from toimenpiteet.api.views import ApiView, published
from toimenpiteet.selectors.catalogue import bounded_count, listed


class Resource(ApiView, GenericAPIView[Any]):
    """One kind of thing: `model` is what it is kept in, `serializer_class` names what leaves of it."""

    model: ClassVar[type[Model]]
    serializer_class: type[BaseSerializer[Any]]

    def rows(self, **only: int) -> "QuerySet[Any]":
        """Return those that exist for the caller, in the order in which lists show them; `only` one by its `pk`."""
        return listed(self.scope, self.model, **only)

    def get_queryset(self) -> "QuerySet[Any]":
        """Return what exists for nobody: only the description of the API asks, to learn the model."""
        return access.visible(Scope(), self.model)

    def read(self, queryset: "QuerySet[Any]") -> list[Json]:
        """Return rows as they leave, with all that belongs to them."""
        return list(self.serializer_class(queryset, many=True).data)


class Listed(Resource):
    """A list in pages."""

    # As DRF's view sets say it, and the description of the API reads it.
    action = "list"
    pagination_class = Pages
    filterset_class: ClassVar[type[FilterSet]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let each list say which parameters it knows."""
        super().__init_subclass__(**kwargs)
        known = cls.filterset_class.base_filters
        cls.parameters = Pages.parameters | frozenset(known)
        cls.repeated = frozenset(name for name, by in known.items() if isinstance(by, MultipleChoiceFilter))

    def get(self, request: Request, **_of: int) -> Response:
        """List what exists for the caller."""
        queryset = self.rows()
        if not Pages.parameters.issuperset(request.query_params):
            queryset = self.filter_queryset(queryset)
        return Pages().respond(
            request, lambda start, stop: self.read(queryset[start:stop]), lambda limit: bounded_count(queryset, limit)
        )


class Single(Resource):
    """One thing by its id, with its version as ETag."""

    pagination_class = None

    @published
    def get(self, request: Request, pk: int) -> Response:
        """Show one; 404 where it does not exist for the caller."""
        rows = self.read(self.rows(pk=pk))
        if not rows:
            raise Http404
        return Response(rows[0], headers=etag(rows[0]["version"]))
