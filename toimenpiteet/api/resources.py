"""Lists and single things, alike for every kind of row: seen through access, filtered, paged, read in a few queries."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import Http404
from django_filters.filters import MultipleChoiceFilter
from django_filters.rest_framework import FilterSet
from rest_framework.exceptions import NotAuthenticated, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.api.etags import etag, version_seen
from toimenpiteet.api.fields import Json
from toimenpiteet.api.pagination import Pages
from toimenpiteet.api.parsers import Strict
from toimenpiteet.api.views import ApiView, published
from toimenpiteet.selectors.catalogue import bounded_count, listed
from toimenpiteet.selectors.history.past import NoSuchDay, as_of, past_day


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
        """List what exists for the caller, or what existed on the day that they ask for."""
        with self._on_the_day():
            queryset = self.rows()
            if not Pages.parameters.issuperset(request.query_params):
                queryset = self.filter_queryset(queryset)
            return Pages().respond(
                request,
                lambda start, stop: self.read(queryset[start:stop]),
                lambda limit: bounded_count(queryset, limit),
            )

    @contextmanager
    def _on_the_day(self) -> Iterator[None]:
        """Let a past day be read, and be today: texts that were taken away are not for the public to read on."""
        text = self.request.query_params.get("as_of")
        if text is None:
            yield
            return
        if self.scope.anonymous:
            raise NotAuthenticated
        try:
            day = past_day(text, self.scope, self.today)
        except NoSuchDay as error:
            raise ValidationError({"as_of": [str(error)]}) from error
        # A copy, which has not read today's tree of units.
        self.today, self.scope = day, replace(self.scope)
        with as_of(day):
            yield


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


class EmptyBody(Strict):
    """Nothing: the address says it all."""


class Acting(ApiView):
    """What is done to one thing, at the version that the caller saw; `body` is what the act asks for."""

    body: type[Strict] = EmptyBody

    def by(self, request: Request) -> dict[str, Any]:
        """Return which version the caller saw, who acts and when, as services ask it."""
        return {"version": version_seen(request), "scope": self.scope, "actor": self.actor, "now": self.now}

    def asked(self, request: Request) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return who acts on which version, and what the body says; raises as ``version_seen`` and ValidationError."""
        by, body = self.by(request), self.body(data=request.data or {})
        body.is_valid(raise_exception=True)
        return by, body.validated_data
