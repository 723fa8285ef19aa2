"""Reporting rounds and their answers: a round is moved, an answer is sent, withdrawn, returned and accepted."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from toimenpiteet import labels, snapshots
from toimenpiteet.answers import Said
from toimenpiteet.api import corrections, filters, plans, round_serializers
from toimenpiteet.api.authentication import SignedIn
from toimenpiteet.api.etags import IF_MATCH, etag, version_seen
from toimenpiteet.api.fields import Json
from toimenpiteet.api.parsers import PlainText, Strict
from toimenpiteet.api.resources import Acting, Listed, Resource, Single
from toimenpiteet.api.views import ApiView, published
from toimenpiteet.models import AnswerDraft, ReportingRound, StatusReport
from toimenpiteet.round_moves import RoundStatus
from toimenpiteet.selectors.plan.light import LightView
from toimenpiteet.selectors.rounds.answers import words_of
from toimenpiteet.selectors.rounds.drafts import WRITTEN
from toimenpiteet.selectors.rounds.listing import AnswerView, answer_of, answer_views, answers_of
from toimenpiteet.selectors.rounds.moves import RoundMoveView, moves_of_round
from toimenpiteet.selectors.rounds.rounds import find_round
from toimenpiteet.selectors.rounds.snapshots import kept
from toimenpiteet.services import audited, text
from toimenpiteet.services.rounds import answers, turning

_SNAPSHOT = {
    "type": "object",
    "description": f"Canonical JSON (RFC 8785) of the shape {snapshots.FORMAT}, named in `format`.",
    "required": ["format"],
}

# --- rounds ---------------------------------------------------------------------------------------------------------


class _Rounds(Resource):
    model = ReportingRound
    serializer_class = round_serializers.Round


class RoundList(_Rounds, Listed):
    """The reporting rounds."""

    filterset_class = filters.Rounds


class RoundDetail(_Rounds, Single):
    """A reporting round. It moves through ``transitions/``; what was said in it is under ``answers/``."""


class RoundMoveBody(Strict):
    """The move to make, and why: the reason stays in the history."""

    name = PlainText(max_length=100)
    reason = PlainText(allow_blank=True, trim_whitespace=False)


def _standing(row: ReportingRound) -> Json:
    return {
        "id": row.pk,
        "status": row.status,
        "status_words": str(labels.ROUND_STATUS[RoundStatus(row.status)]),
        "version": row.version,
    }


def _move(view: RoundMoveView) -> Json:
    return {
        "name": view.move.name,
        "words": view.label,
        "target": view.move.target.value,
        "open": view.refusal is None,
        "reason": view.why_not or None,
        "code": view.refusal.value if view.refusal else None,
        "reason_required": True,
        "comes_on": view.comes_on.isoformat() if view.comes_on else None,
    }


class RoundTransitions(ApiView):
    """The moves of a round."""

    @extend_schema(responses=round_serializers.RoundMoves, operation_id="rounds_transitions_retrieve")
    @published
    def get(self, request: Request, pk: int) -> Response:
        """Show every move of a round: open to the caller or not, why not, and when it comes by itself."""
        row = find_round(self.scope, pk)
        moves = [_move(view) for view in moves_of_round(self.scope, row)]
        return Response({"round": _standing(row), "transitions": moves}, headers=etag(row.version))

    @extend_schema(
        request=RoundMoveBody,
        responses={200: round_serializers.RoundMoved},
        parameters=[IF_MATCH],
        operation_id="rounds_transitions_create",
    )
    def post(self, request: Request, pk: int) -> Response:
        """Make a move of the round, with a reason."""
        version = version_seen(request)
        body = RoundMoveBody(data=request.data)
        body.is_valid(raise_exception=True)
        name, reason = body.validated_data["name"], text.reason_of(body.validated_data["reason"])
        stamp = audited.stamp(self.actor, reason, self.now)
        row = turning.move(pk, name, version=version, scope=self.scope, stamp=stamp)
        moved = {"round": _standing(row), "move": name, "reason": reason, "at": self.now}
        return Response(moved, headers=etag(row.version))


class Snapshot(ApiView):
    """What was frozen at the lock of a round."""

    permission_classes = [SignedIn]

    @extend_schema(responses={(200, "application/json"): _SNAPSHOT, 304: None}, operation_id="rounds_snapshot_retrieve")
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Give all that the report of a locked round says, byte for byte; the ETag is their SHA-256."""
        found = kept(self.scope, pk)
        if found is None:
            raise Http404
        tag = f'"{found.sha256}"'
        answer = HttpResponse(bytes(found.data), content_type="application/json", headers={"ETag": tag})
        return get_conditional_response(request, etag=tag, response=answer) or answer


# --- answers --------------------------------------------------------------------------------------------------------


class ReturnBody(Strict):
    """What is missing: the manager reads it first."""

    review_text = PlainText(allow_blank=True, trim_whitespace=False)


class _Answers(Resource):
    permission_classes = [SignedIn]
    model = StatusReport
    serializer_class = round_serializers.Answer

    def rows(self, **only: int) -> "QuerySet[Any]":
        return answers_of(self.scope, self.kwargs["pk"], **only)

    def read(self, queryset: "QuerySet[Any]") -> list[Json]:
        return [_answer(view) for view in answer_views(queryset, self.scope, self.today)]


def _answer(view: AnswerView) -> Json:
    row = view.report
    return {
        "round": row.round_id,
        "plan": {**plans.in_brief(view.plan), "item": plans.named(view.plan.item)},
        "state": view.state,
        "state_words": str(labels.ANSWER_STATE[view.state]),
        "said": row.said,
        "review": row.review,
        "light": None if row.said == Said.NOTHING else row.light,
        "light_words": words_of(row).light_label,
        "computed": _computed(view.computed) if view.computed else None,
        "text": row.text,
        "cause": row.cause,
        "next_step": row.next_step,
        "unknown_because": row.unknown_because,
        "known_on": row.known_on,
        "answered_at": row.answered_at,
        "review_text": row.review_text,
        "corrections": [corrections.told(one) for one in view.since],
        "draft": _draft(view.draft) if view.draft else None,
        "version": row.version,
    }


def _computed(light: LightView) -> Json:
    return {
        "light": light.light,
        "light_words": light.label,
        "because": light.because,
        "because_words": light.why,
        "disagrees": light.disagrees,
    }


def _draft(draft: AnswerDraft) -> Json:
    return {name: getattr(draft, name) for name in (*WRITTEN, "at")}


class AnswerList(_Answers, Listed):
    """The answers that a round expects, one for each plan. Only for people who have signed in."""

    filterset_class = filters.Answers


class _OneAnswer(Acting, _Answers):
    pagination_class = None

    def shown(self, plan: int) -> Response:
        """Return the answer as it is now; raises Http404 where it does not exist for the caller."""
        rows = self.read(self.rows(plan=plan))
        if not rows:
            raise Http404
        return Response(rows[0], headers=etag(rows[0]["version"]))


class AnswerDetail(_OneAnswer):
    """A plan's answer in a round."""

    @extend_schema(operation_id="rounds_answers_retrieve")
    def get(self, request: Request, pk: int, plan: int) -> Response:
        """Show the answer of one plan."""
        return self.shown(plan)

    @extend_schema(
        request=round_serializers.AnswerBody,
        responses={200: round_serializers.Answer},
        parameters=[IF_MATCH],
        operation_id="rounds_answers_update",
    )
    def put(self, request: Request, pk: int, plan: int) -> Response:
        """Say how the plan stands; an answer that was sent before is replaced, until the round is locked."""
        by = self.by(request)
        body = round_serializers.AnswerBody(data=request.data)
        body.is_valid(raise_exception=True)
        answers.send(pk, plan, answers.Answer(**body.validated_data), **by)
        return self.shown(plan)


class Unchanged(_OneAnswer):
    """An answer that repeats the last round's."""

    @extend_schema(request=None, parameters=[IF_MATCH], operation_id="rounds_answers_unchanged")
    def post(self, request: Request, pk: int, plan: int) -> Response:
        """Say that nothing has changed since the last answer; refused where a sentence is needed."""
        by, _body = self.asked(request)
        answers.send_unchanged(pk, plan, **by)
        return self.shown(plan)


class Withdraw(_OneAnswer):
    """An answer that is taken back before its review."""

    @extend_schema(request=None, parameters=[IF_MATCH], operation_id="rounds_answers_withdraw")
    def post(self, request: Request, pk: int, plan: int) -> Response:
        """Take the answer back; its words become the caller's draft."""
        by, _body = self.asked(request)
        answers.withdraw(pk, plan, **by)
        return self.shown(plan)


class Return(_OneAnswer):
    """An answer that is given back."""

    body = ReturnBody

    @extend_schema(request=ReturnBody, parameters=[IF_MATCH], operation_id="rounds_answers_return")
    def post(self, request: Request, pk: int, plan: int) -> Response:
        """Give the answer back with words: it is asked for again."""
        by, body = self.asked(request)
        answers.give_back(answer_of(self.scope, pk, plan).pk, body["review_text"], **by)
        return self.shown(plan)


class Accept(_OneAnswer):
    """An answer that is accepted."""

    @extend_schema(request=None, parameters=[IF_MATCH], operation_id="rounds_answers_accept")
    def post(self, request: Request, pk: int, plan: int) -> Response:
        """Accept the answer."""
        by, _body = self.asked(request)
        answers.accept(answer_of(self.scope, pk, plan).pk, **by)
        return self.shown(plan)
