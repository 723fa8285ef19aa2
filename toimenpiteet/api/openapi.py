"""How drf-spectacular reads our addresses: which are lists, and that every error has one shape."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from toimenpiteet.api.authentication import SignedIn
from toimenpiteet.api.problems import MEDIA_TYPE
from toimenpiteet.languages import CODES


class FieldError(serializers.Serializer[Any]):
    """What is wrong with one field or parameter."""

    field = serializers.CharField()
    message = serializers.CharField()


class Current(serializers.Serializer[Any]):
    """Where the thing stands now."""

    version = serializers.IntegerField()
    status = serializers.CharField(allow_null=True)


class Problem(serializers.Serializer[Any]):
    """What is wrong, where, and what to do (RFC 9457), in the caller's language."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    code = serializers.CharField(help_text="Stable, for programs.")
    errors = FieldError(many=True, required=False)  # type: ignore[assignment]  # RFC 9457 gives the example
    current = Current(required=False, help_text="With 412 and 409: the version and status of now.")


_LANGUAGE = OpenApiParameter(
    "Accept-Language", OpenApiTypes.STR, OpenApiParameter.HEADER, enum=CODES, description="Language."
)


class Schema(AutoSchema):
    """The description of one address and method."""

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular calls it
        """Return what the address is, rather than what GET does on each of them."""
        if self.method == "GET" and hasattr(self.view, "serializer_class"):
            return str(self.view.__class__.__doc__ or "")
        return str(super().get_description())

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Return how to sign in; reading mostly goes without it."""
        schemes: list[dict[str, list[str]]] = super().get_auth()
        open_to_all = self.method == "GET" and SignedIn not in self.view.permission_classes
        return [*schemes, {}] if open_to_all and {} not in schemes else schemes

    def get_override_parameters(self) -> list[Any]:
        """Return the parameters that no list or path tells."""
        return [*super().get_override_parameters(), _LANGUAGE]

    def get_operation(self, *args: Any) -> dict[str, Any] | None:
        """Return all of it, with the shape of errors."""
        operation: dict[str, Any] | None = super().get_operation(*args)
        if operation:
            shape = self.resolve_serializer(Problem, "response").ref
            content = {MEDIA_TYPE: {"schema": shape}}
            operation["responses"]["4XX"] = {"content": content, "description": "What is wrong, where, and what to do."}
        return operation
