"""The API described: its OpenAPI 3.1 document, a page to read it, and a list of the addresses."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_safe
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from toimenpiteet.api.views import ApiView
from toimenpiteet.languages import PROGRAMS

RESOURCES = (
    *("strategies", "goals", "action-items", "plans", "steps", "units", "projects", "indicators", "rounds"),
    "change-requests",
)

ADDRESSES = inline_serializer("Addresses", {name: serializers.URLField() for name in (*RESOURCES, "schema", "reader")})


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the library registers it without types
    """How the document speaks of our tokens."""

    target_class = "toimenpiteet.api.authentication.Token"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> Any:
        """Return the security scheme."""
        return build_bearer_security_scheme_object(header_name="Authorization", token_prefix="Token")  # noqa: S106  # a word of the header, no secret


@cache
def document() -> Any:
    """Return the OpenAPI document; made once in each process, in English, since it is the same for everybody."""
    with override(PROGRAMS):
        return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # the library has no types


class Schema(ApiView):
    """The OpenAPI document: JSON, or YAML for those who ask for `application/vnd.oai.openapi`."""

    renderer_classes = [JSONRenderer, OpenApiJsonRenderer, OpenApiYamlRenderer]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """Return the document."""
        return Response(document())


class Addresses(ApiView):
    """Where to find what."""

    @extend_schema(operation_id="addresses", responses=ADDRESSES)
    def get(self, request: Request) -> Response:
        """List the addresses of the API."""
        names = {name: f"api:{name}" for name in RESOURCES} | {"schema": "api:schema", "reader": "api:reader"}
        return Response({name: reverse(view, request=request) for name, view in names.items()})


class Nothing(ApiView):
    """Answers for every address below the API that is none, so that a client never gets a page of HTML."""

    permission_classes = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse whatever the method."""
        raise NotFound


@require_safe
def reader(request: HttpRequest) -> HttpResponse:
    """Show the document as a page that can also send requests."""
    return render(request, "api/reader.html")
