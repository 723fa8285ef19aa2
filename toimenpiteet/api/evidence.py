"""Evidence beside the answers of a round: read, added as a link or a file, and taken away."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from toimenpiteet.api import round_serializers
from toimenpiteet.api.authentication import SignedIn
from toimenpiteet.api.etags import IF_MATCH, etag
from toimenpiteet.api.fields import Json
from toimenpiteet.api.parsers import Json as JsonParser
from toimenpiteet.api.parsers import PlainText, Strict, Truth
from toimenpiteet.api.resources import Acting
from toimenpiteet.api.views import ApiView, published
from toimenpiteet.models import Evidence
from toimenpiteet.selectors.rounds.evidence import find, of_round
from toimenpiteet.selectors.rounds.rounds import find_round
from toimenpiteet.services.rounds import evidence as services
from toimenpiteet.services.rounds.evidence import Given


class LinkBody(Strict):
    """A link: its title and address, and whether everybody may read it once the round is published."""

    name = PlainText(allow_blank=True, trim_whitespace=False)
    url = PlainText(allow_blank=True, trim_whitespace=False)
    public = Truth(required=False, default=False)

    def given(self) -> Given:
        """Return what was given."""
        return Given(**self.validated_data)


class FileBody(Strict):
    """A file as multipart/form-data; without a title it is called by its name."""

    name = PlainText(required=False, allow_blank=True, default="", trim_whitespace=False)
    public = serializers.BooleanField(required=False, default=False)
    file = serializers.FileField(allow_empty_file=True, max_length=None)

    def given(self) -> Given:
        """Return what was given."""
        said, file = self.validated_data, self.validated_data["file"]
        return Given(said["name"], public=said["public"], file_name=file.name, data=file.read())


def _evidence(row: Evidence) -> Json:
    return {
        "id": row.pk,
        "round": row.round_id,
        "plan": row.plan_id,
        "name": row.name,
        "url": row.url,
        "public": row.public,
        "file": _file(row) if row.file else None,
        "version": row.version,
    }


def _file(row: Evidence) -> Json:
    kept: Any = row.file
    return {
        "name": kept.name,
        "content_type": kept.content_type,
        "size": kept.size,
        "sha256": kept.sha256,
        "address": reverse("api:evidence-file", args=[row.round_id, row.plan_id, row.pk]),
    }


class _Beside(ApiView):
    def rows(self, pk: int, plan: int) -> "QuerySet[Evidence]":
        """Return what stands beside an answer; raises Http404 when its round does not exist for the caller."""
        return of_round(self.scope, find_round(self.scope, pk).pk, [plan])


class EvidenceList(_Beside):
    """What stands beside an answer. Without signing in: what is public, of a published round."""

    parser_classes = [JsonParser, MultiPartParser]

    @extend_schema(responses={200: round_serializers.Evidence(many=True)}, operation_id="rounds_answers_evidence_list")
    @published
    def get(self, request: Request, pk: int, plan: int) -> Response:
        """List the evidence of one plan's answer."""
        return Response([_evidence(row) for row in self.rows(pk, plan)])

    @extend_schema(
        request={"application/json": LinkBody, "multipart/form-data": FileBody},
        responses={201: round_serializers.Evidence},
        operation_id="rounds_answers_evidence_create",
    )
    def post(self, request: Request, pk: int, plan: int) -> Response:
        """Put a link (JSON) or a file (multipart/form-data, at most 10 MB) beside the answer."""
        kind = LinkBody if request.content_type == JsonParser.media_type else FileBody
        body = kind(data=request.data)
        body.is_valid(raise_exception=True)
        made = services.add(pk, plan, body.given(), scope=self.scope, actor=self.actor, now=self.now)
        return Response(_evidence(made), status=201, headers=etag(made.version))


class EvidenceDetail(_Beside, Acting):
    """A piece of evidence."""

    permission_classes = [SignedIn]

    @extend_schema(
        request=None, responses={204: None}, parameters=[IF_MATCH], operation_id="rounds_answers_evidence_destroy"
    )
    def delete(self, request: Request, pk: int, plan: int, piece: int) -> Response:
        """Take it away, until the answer is accepted or the round is locked; the record keeps what it was."""
        services.remove(pk, plan, piece, **self.by(request))
        return Response(status=204)


class EvidenceFile(_Beside):
    """The file of a piece of evidence."""

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        operation_id="rounds_answers_evidence_file_retrieve",
    )
    @published
    def get(self, request: Request, pk: int, plan: int, piece: int) -> HttpResponse:
        """Give its bytes as they were kept; their SHA-256 stands in the list."""
        row = find(self.scope, piece, round=pk, plan=plan, file__isnull=False)
        return self.kept_file(row.file_id or 0)
