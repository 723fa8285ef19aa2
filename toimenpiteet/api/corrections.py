"""Corrections beside the locked answers of a round: read by whom the answers are, written under an exception."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from toimenpiteet import labels
from toimenpiteet.answers import Light
from toimenpiteet.api import round_serializers
from toimenpiteet.api.authentication import SignedIn
from toimenpiteet.api.etags import IF_MATCH, etag, version_seen
from toimenpiteet.api.fields import Json
from toimenpiteet.api.parsers import PlainText
from toimenpiteet.api.views import ApiView
from toimenpiteet.selectors.rounds.corrections import Correction, corrections_of
from toimenpiteet.selectors.rounds.listing import answer_of
from toimenpiteet.services import audited, text
from toimenpiteet.services.rounds import corrections as services
from toimenpiteet.services.rounds.answers import Answer


class CorrectionBody(round_serializers.AnswerBody):
    """How the plan stood after all, and why this is said only now; amber and red need a cause and a next step."""

    reason = PlainText(allow_blank=True, trim_whitespace=False)


def told(one: Correction) -> Json:
    """Return a correction as it leaves."""
    row, by = one.row, one.by
    return {
        "id": row.pk,
        "light": row.light,
        "light_words": str(labels.LIGHT[Light(row.light)]),
        "text": row.text,
        "cause": row.cause,
        "next_step": row.next_step,
        "unknown_because": row.unknown_because,
        "known_on": row.known_on,
        "reason": row.why,
        "at": row.at,
        "role": by.role if by else "",
        "who": by.who if by else "",
    }


class CorrectionList(ApiView):
    """What was said of a plan after its round was locked. The ETag is the id of the latest correction, "0" of none."""

    permission_classes = [SignedIn]

    @extend_schema(
        responses={200: round_serializers.Correction(many=True)}, operation_id="rounds_answers_corrections_list"
    )
    def get(self, request: Request, pk: int, plan: int) -> Response:
        """List the corrections of one plan's answer, the oldest first."""
        return self._shown(pk, plan)

    @extend_schema(
        request=CorrectionBody,
        responses={201: round_serializers.Correction(many=True)},
        parameters=[IF_MATCH],
        operation_id="rounds_answers_corrections_create",
    )
    def post(self, request: Request, pk: int, plan: int) -> Response:
        """Put a correction beside the locked answer, while an exception lets the caller. If-Match: the ETag above."""
        seen = version_seen(request)
        body = CorrectionBody(data=request.data)
        body.is_valid(raise_exception=True)
        said: dict[str, Any] = dict(body.validated_data)
        stamp = audited.stamp(self.actor, text.reason_of(said.pop("reason")), self.now)
        services.correct(pk, plan, Answer(**said), seen=seen, scope=self.scope, stamp=stamp)
        return self._shown(pk, plan, 201)

    def _shown(self, pk: int, plan: int, status: int = 200) -> Response:
        row = answer_of(self.scope, pk, plan)
        found = corrections_of(self.scope, [row]).get(row.pk, [])
        latest = found[-1].row.pk if found else 0
        return Response([told(one) for one in found], status=status, headers=etag(latest))
