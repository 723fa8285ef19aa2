"""What becomes of the goals in a round: read, and said by the director."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from toimenpiteet import labels
from toimenpiteet.answers import Outcome
from toimenpiteet.api import plans, round_serializers
from toimenpiteet.api.etags import IF_MATCH, etag
from toimenpiteet.api.fields import Json
from toimenpiteet.api.parsers import OneOf, PlainText
from toimenpiteet.api.resources import Acting
from toimenpiteet.api.views import ApiView, published
from toimenpiteet.models import GoalAssessment
from toimenpiteet.round_days import RoundKind
from toimenpiteet.selectors.rounds.assessments import assessments
from toimenpiteet.selectors.rounds.rounds import find_round
from toimenpiteet.selectors.translated import named_of
from toimenpiteet.services.rounds import assessments as services
from toimenpiteet.services.rounds.assessments import Assessment


class AssessmentBody(round_serializers.Unassessed):
    """What becomes of the goal, and the grounds. *Was reached* needs evidence beside it, `not_assessed` its reason."""

    outcome = OneOf(round_serializers.OUTCOME)
    grounds = PlainText(allow_blank=True, trim_whitespace=False)


def _assessment(row: GoalAssessment) -> Json:
    words = labels.OUTCOME[RoundKind(row.round.kind)][Outcome(row.outcome)]
    return {
        "round": row.round_id,
        "goal": plans.named(named_of(row.goal)),
        "outcome": row.outcome,
        "outcome_words": str(words),
        "grounds": row.grounds,
        "unknown_because": row.unknown_because,
        "known_on": row.known_on,
        "version": row.version,
    }


class AssessmentList(ApiView):
    """What becomes of the goals in a round. Without signing in: of a published round."""

    @extend_schema(responses={200: round_serializers.Assessment(many=True)}, operation_id="rounds_goals_list")
    @published
    def get(self, request: Request, pk: int) -> Response:
        """List the assessments that were made, in the order of the goals."""
        return Response([_assessment(row) for row in assessments(self.scope, find_round(self.scope, pk).pk)])


class AssessmentDetail(Acting):
    """What becomes of a goal in a round."""

    body = AssessmentBody

    @extend_schema(responses=round_serializers.Assessment, operation_id="rounds_goals_retrieve")
    @published
    def get(self, request: Request, pk: int, goal: int) -> Response:
        """Show what becomes of a goal; 404 where nothing is said of it."""
        return self._shown(pk, goal)

    @extend_schema(
        request=AssessmentBody,
        responses={200: round_serializers.Assessment},
        parameters=[IF_MATCH],
        operation_id="rounds_goals_update",
    )
    def put(self, request: Request, pk: int, goal: int) -> Response:
        """Say what becomes of the goal, until the round is locked; If-Match is "0" where nothing is said yet."""
        by, body = self.asked(request)
        services.assess(pk, goal, Assessment(**body), **by)
        return self._shown(pk, goal)

    @extend_schema(request=None, responses={204: None}, parameters=[IF_MATCH], operation_id="rounds_goals_destroy")
    def delete(self, request: Request, pk: int, goal: int) -> Response:
        """Take the assessment away, until the round is locked; the record keeps what it was."""
        by: dict[str, Any] = self.by(request)
        services.remove(pk, goal, **by)
        return Response(status=204)

    def _shown(self, pk: int, goal: int) -> Response:
        row = assessments(self.scope, find_round(self.scope, pk).pk, goal=goal).first()
        if row is None:
            raise Http404
        return Response(_assessment(row), headers=etag(row.version))
