"""The report of a locked round: what there is to know of it and of its files, and each file as it was kept."""

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from toimenpiteet.api.views import ApiView, published
from toimenpiteet.exchange.report.metadata import FORMAT, metadata
from toimenpiteet.models import ReportVersion
from toimenpiteet.selectors.rounds import reports as selected

_VERSION = OpenApiParameter("version", int, description="A version by its number; without it the newest.")
_REPORT = {
    "type": "object",
    "description": f"What a case management asks about a report, as {FORMAT}; `files` are those made so far.",
    "required": ["format", "version", "snapshot", "files"],
}


class _Reports(ApiView):
    parameters = frozenset({"version"})

    def version(self, request: Request, pk: int) -> ReportVersion:
        """Return the version that the address asks for; raises Http404 when it does not exist for the caller."""
        wanted = request.query_params.get("version", "")
        versions = selected.versions_of(pk, self.scope)
        found = next((one for one in versions if wanted in {"", str(one.number)}), None)
        if found is None:
            raise Http404
        return found


class Report(_Reports):
    """The report of a locked round."""

    @extend_schema(
        responses={(200, "application/json"): _REPORT}, parameters=[_VERSION], operation_id="rounds_report_retrieve"
    )
    @published
    def get(self, request: Request, pk: int) -> Response:
        """Tell of the report and its files: to the people of its municipality, of a published round to all."""
        version = self.version(request, pk)
        made = selected.files_of(version)
        told: dict[str, Any] = metadata(selected.kept(version), made, selected.meetings(version.round))
        for one in told["files"]:
            to = reverse("api:report-file", args=[pk, *one["form"].split(".")])
            one["href"] = request.build_absolute_uri(f"{to}?version={version.number}")
        return Response(told)


class ReportFile(_Reports):
    """A file of the report of a locked round."""

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        parameters=[_VERSION],
        operation_id="rounds_report_file_retrieve",
    )
    @published
    def get(self, request: Request, pk: int, language: str, kind: str) -> HttpResponse:
        """Give its bytes as they were kept; their SHA-256 stands beside its name in the report."""
        there = selected.file_of(self.scope, self.version(request, pk), f"{language}.{kind}")
        if there is None:
            raise Http404
        return self.kept_file(there.file_id)
