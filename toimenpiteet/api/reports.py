"""The report of a round: what there is to know of a locked one and of its files, each file, and its next version."""

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from toimenpiteet import access
from toimenpiteet.access import Verb
from toimenpiteet.api.etags import IF_MATCH, etag, version_seen
from toimenpiteet.api.parsers import OneOf, PlainText, Strict, Truth
from toimenpiteet.api.views import ApiView, attached, published
from toimenpiteet.exchange.report.files import FORMATS, LANGUAGES, Form, made, name_of
from toimenpiteet.exchange.report.metadata import FORMAT, metadata
from toimenpiteet.models import Attachment, Publicity, ReportVersion
from toimenpiteet.selectors.rounds import reports as selected
from toimenpiteet.selectors.rounds.rounds import find_round
from toimenpiteet.services import audited, text
from toimenpiteet.services.errors import need
from toimenpiteet.services.files import TYPES
from toimenpiteet.services.rounds import reports as services
from toimenpiteet.services.rounds.reports import GIVEN, Given

_VERSION = OpenApiParameter("version", int, description="A version by its number; without it the newest.")
_REPORT = {
    "type": "object",
    "description": f"What a case management asks about a report, as {FORMAT}; `files` are those made so far.",
    "required": ["format", "version", "snapshot", "files"],
}


class _Reports(ApiView):
    parameters = frozenset({"version"})

    def version(self, request: Request, versions: list[ReportVersion]) -> ReportVersion:
        """Return the one of `versions` that the address asks for; raises Http404 when it is not among them."""
        wanted = request.query_params.get("version", "")
        found = next((one for one in versions if wanted in {"", str(one.number)}), None)
        if found is None:
            raise Http404
        return found


class VersionBody(Strict):
    """What holds of the next version, and why it is told; what is left out holds as in the newest one."""

    register_number = PlainText(required=False, allow_blank=True)
    body = PlainText(required=False, allow_blank=True)
    decided_on = serializers.DateField(required=False, allow_null=True)
    section = PlainText(required=False, allow_blank=True)
    attachment = OneOf(Attachment.choices, required=False)
    matter = PlainText(required=False, allow_blank=True)
    publicity = OneOf(Publicity.choices, required=False)
    secrecy_ground = PlainText(required=False, allow_blank=True)
    secrecy_years = serializers.IntegerField(required=False, allow_null=True)
    personal_data = Truth(required=False)
    reason = PlainText(allow_blank=True, trim_whitespace=False)


class Report(_Reports):
    """The report of a locked round. The ETag is the number of the version."""

    @extend_schema(
        responses={(200, "application/json"): _REPORT}, parameters=[_VERSION], operation_id="rounds_report_retrieve"
    )
    @published
    def get(self, request: Request, pk: int) -> Response:
        """Tell of the report and its files: to the people of its municipality, of a published round to all."""
        return self._shown(request, pk, self.version(request, selected.versions_of(pk, self.scope)))

    @extend_schema(
        request=VersionBody,
        responses={(201, "application/json"): _REPORT},
        parameters=[IF_MATCH],
        operation_id="rounds_report_create",
    )
    def post(self, request: Request, pk: int) -> Response:
        """Make the next version of the same snapshot, as the strategy director; its files come by themselves."""
        seen, newest = version_seen(request), self.version(request, selected.versions_of(pk, self.scope))
        need(access.may(self.scope, Verb.DIRECT, newest.round))
        body = VersionBody(data=request.data)
        body.is_valid(raise_exception=True)
        said: dict[str, Any] = {name: getattr(newest, name) for name in GIVEN} | body.validated_data
        stamp = audited.stamp(self.actor, text.reason_of(said.pop("reason")), self.now)
        version = services.add_version(pk, Given(**said), seen=seen, scope=self.scope, stamp=stamp)
        return self._shown(request, pk, version, 201)

    def _shown(self, request: Request, pk: int, version: ReportVersion, status: int = 200) -> Response:
        files = selected.files_of(version)
        told: dict[str, Any] = metadata(selected.kept(version), files, selected.meetings(version.round))
        for one in told["files"]:
            to = reverse("api:report-file", args=[pk, *one["form"].split(".")])
            one["href"] = request.build_absolute_uri(f"{to}?version={version.number}")
        return Response(told, status=status, headers=etag(version.number))


class ReportFile(_Reports):
    """A file of the report of a round."""

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        parameters=[_VERSION],
        operation_id="rounds_report_file_retrieve",
    )
    @published
    def get(self, request: Request, pk: int, language: str, kind: str) -> HttpResponse:
        """Give its bytes as they were kept, with their SHA-256 in the report; to the director a draft, made now."""
        if language not in LANGUAGES or kind not in FORMATS:
            raise Http404
        form, versions = Form(language, kind), selected.versions_of(pk, self.scope)
        if not versions and not self.scope.anonymous:
            return self._draft(pk, form)
        there = selected.file_of(self.scope, self.version(request, versions), str(form))
        if there is None:
            raise Http404
        return self.kept_file(there.file_id)

    def _draft(self, pk: int, form: Form) -> HttpResponse:
        asked = find_round(self.scope, pk)
        need(access.may(self.scope, Verb.DIRECT, asked))
        source = selected.draft(asked, self.now)
        if source is None:
            raise Http404
        return attached(made(source, form), name_of(source, form), TYPES[f".{form.format}"][0])
