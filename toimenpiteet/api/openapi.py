"""How drf-spectacular reads our addresses: which are lists, and that every error has one shape."""

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

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


_PROBLEM = OpenApiResponse(Problem, description="What is wrong, where, and what to do.")
_LANGUAGE = OpenApiParameter(
    "Accept-Language", OpenApiTypes.STR, OpenApiParameter.HEADER, enum=CODES, description="Language."
)


class Schema(AutoSchema):
    """The description of one address and method."""

    def _is_list_view(self, serializer: Any = None) -> bool:
        # A page of rows says so itself; the heuristics look for a ListModelMixin.
        if self.method == "GET" and getattr(self.view, "pagination_class", None) and serializer is None:
            return True
        return bool(super()._is_list_view(serializer)) or self._is_row_of_page(serializer)

    def _is_row_of_page(self, serializer: Any) -> bool:
        shape = getattr(self.view, "serializer_class", None)
        paged = self.method == "GET" and getattr(self.view, "pagination_class", None) is not None
        return paged and shape is not None and isinstance(serializer, shape)

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular calls it
        """Return what the address is, rather than what GET does on each of them."""
        if self.method == "GET" and hasattr(self.view, "serializer_class"):
            return str(self.view.__class__.__doc__ or "")
        return str(super().get_description())

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Return how to sign in; reading goes without it."""
        schemes: list[dict[str, list[str]]] = super().get_auth()
        return [*schemes, {}] if self.method == "GET" and {} not in schemes else schemes

    def get_override_parameters(self) -> list[Any]:
        """Return the parameters that no list or path tells."""
        return [*super().get_override_parameters(), _LANGUAGE]

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        problem = self._get_response_for_code(_PROBLEM, "4XX", [MEDIA_TYPE], direction)  # type: ignore[no-untyped-call]  # the library has no types
        bodies["4XX"] = problem
        return bodies
