"""Lists and single things, alike for every noun: seen through access, filtered, paged, read in a few queries."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import Http404
from django_filters.filters import MultipleChoiceFilter
from django_filters.rest_framework import FilterSet
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from toimenpiteet.api.etags import etag
from toimenpiteet.api.fields import Json
from toimenpiteet.api.pagination import Pages, bounded_count
from toimenpiteet.api.views import ApiView, published
from toimenpiteet.selectors.catalogue import listed


class Resource(ApiView, GenericAPIView[Any]):
    """One kind of thing: `model` is what it is kept in, `serializer_class` names what leaves of it."""

    model: ClassVar[type[Model]]
    serializer_class: type[BaseSerializer[Any]]

    def rows(self) -> "QuerySet[Any]":
        """Return those that exist for the caller, in the order in which lists show them."""
        return listed(self.scope, self.model)

    def get_queryset(self) -> "QuerySet[Any]":
        """Return no rows: only the description of the API asks, to learn the model."""
        return self.model._default_manager.none()

    def read(self, queryset: "QuerySet[Any]") -> list[Json]:
        """Return rows as they leave, with all that belongs to them."""
        return list(self.serializer_class(queryset, many=True).data)


class Listed(Resource):
    """A list in pages."""

    pagination_class = Pages
    filterset_class: ClassVar[type[FilterSet]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let each list say which parameters it knows."""
        super().__init_subclass__(**kwargs)
        known = cls.filterset_class.base_filters
        cls.parameters = Pages.parameters | frozenset(known)
        cls.repeated = frozenset(name for name, by in known.items() if isinstance(by, MultipleChoiceFilter))

    def get(self, request: Request) -> Response:
        """List what exists for the caller."""
        queryset = self.rows()
        if not Pages.parameters.issuperset(request.query_params):
            queryset = self.filter_queryset(queryset)
        return Pages().respond(
            request, lambda start, stop: self.read(queryset[start:stop]), lambda: bounded_count(queryset)
        )


class Single(Resource):
    """One thing by its id, with its version as ETag."""

    pagination_class = None

    @published
    def get(self, request: Request, pk: int) -> Response:
        """Show one; 404 where it does not exist for the caller."""
        rows = self.read(self.rows().filter(pk=pk))
        if not rows:
            raise Http404
        return Response(rows[0], headers=etag(rows[0]["version"]))
