"""Evidence beside the answers of a round and the assessments of goals: read, added as link or file, taken away."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
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
from toimenpiteet.selectors.rounds.evidence import Beside, beside, find
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
        "goal": row.goal_id,
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
        "address": _address(row),
    }


def _address(row: Evidence) -> str:
    if row.goal_id is None:
        return reverse("api:evidence-file", kwargs={"pk": row.round_id, "plan": row.plan_id, "piece": row.pk})
    return reverse("api:goal-evidence-file", kwargs={"pk": row.round_id, "goal": row.goal_id, "piece": row.pk})


class _Evidence(ApiView):
    def place(self) -> Beside:
        """Return what the address asks about; raises Http404 for a round that does not exist for the caller."""
        of = self.kwargs
        return Beside(find_round(self.scope, of["pk"]).pk, of.get("plan"), of.get("goal"))


_LIST: Any = {"responses": {200: round_serializers.Evidence(many=True)}}
_ADD: Any = {
    "request": {"application/json": LinkBody, "multipart/form-data": FileBody},
    "responses": {201: round_serializers.Evidence},
}
_REMOVE: Any = {"request": None, "responses": {204: None}, "parameters": [IF_MATCH]}
_FILE: Any = {"responses": {(200, "application/octet-stream"): OpenApiTypes.BINARY}}


@extend_schema_view(
    get=extend_schema(**_LIST, operation_id="rounds_answers_evidence_list"),
    post=extend_schema(**_ADD, operation_id="rounds_answers_evidence_create"),
)
class EvidenceList(_Evidence):
    """What stands beside an answer. Without signing in: what is public, of a published round."""

    parser_classes = [JsonParser, MultiPartParser]

    @published
    def get(self, request: Request, pk: int, plan: int | None = None, goal: int | None = None) -> Response:
        """List the evidence."""
        return Response([_evidence(row) for row in beside(self.scope, self.place())])

    def post(self, request: Request, pk: int, plan: int | None = None, goal: int | None = None) -> Response:
        """Put a link (JSON) or a file (multipart/form-data, at most 10 MB) beside it."""
        kind = LinkBody if request.content_type == JsonParser.media_type else FileBody
        body = kind(data=request.data)
        body.is_valid(raise_exception=True)
        made = services.add(self.place(), body.given(), scope=self.scope, actor=self.actor, now=self.now)
        return Response(_evidence(made), status=201, headers=etag(made.version))


@extend_schema_view(delete=extend_schema(**_REMOVE, operation_id="rounds_answers_evidence_destroy"))
class EvidenceDetail(_Evidence, Acting):
    """A piece of evidence."""

    permission_classes = [SignedIn]

    def delete(
        self, request: Request, pk: int, piece: int, plan: int | None = None, goal: int | None = None
    ) -> Response:
        """Take it away, until the answer is accepted or the round is locked; the record keeps what it was."""
        services.remove(self.place(), piece, **self.by(request))
        return Response(status=204)


@extend_schema_view(get=extend_schema(**_FILE, operation_id="rounds_answers_evidence_file_retrieve"))
class EvidenceFile(_Evidence):
    """The file of a piece of evidence."""

    @published
    def get(
        self, request: Request, pk: int, piece: int, plan: int | None = None, goal: int | None = None
    ) -> HttpResponse:
        """Give its bytes as they were kept; their SHA-256 stands in the list."""
        return self.kept_file(find(self.scope, piece, self.place()).file_id or 0)


@extend_schema_view(
    get=extend_schema(**_LIST, operation_id="rounds_goals_evidence_list"),
    post=extend_schema(**_ADD, operation_id="rounds_goals_evidence_create"),
)
class GoalEvidenceList(EvidenceList):
    """What stands beside the assessment of a goal. Without signing in: what is public, of a published round."""


@extend_schema_view(delete=extend_schema(**_REMOVE, operation_id="rounds_goals_evidence_destroy"))
class GoalEvidenceDetail(EvidenceDetail):
    """A piece of evidence beside the assessment of a goal."""


@extend_schema_view(get=extend_schema(**_FILE, operation_id="rounds_goals_evidence_file_retrieve"))
class GoalEvidenceFile(EvidenceFile):
    """The file of a piece of evidence beside the assessment of a goal."""
