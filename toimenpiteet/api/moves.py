"""What is done through the API: a plan is moved, a step is ticked; and what was done, to read."""

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from toimenpiteet import access, labels
from toimenpiteet.api import move_serializers
from toimenpiteet.api import serializers as shapes
from toimenpiteet.api.catalogue import StepDetail
from toimenpiteet.api.etags import IF_MATCH, etag, version_seen
from toimenpiteet.api.fields import Json
from toimenpiteet.api.pagination import Pages
from toimenpiteet.api.parsers import PlainText, Strict, Truth
from toimenpiteet.api.views import ApiView, published
from toimenpiteet.models import PeriodPlan
from toimenpiteet.selectors.history.plan import history
from toimenpiteet.selectors.history.taking_back import TakingBack, takings_back
from toimenpiteet.selectors.plan.moves import MoveView, all_moves
from toimenpiteet.selectors.plan.periods import later_period
from toimenpiteet.selectors.plan.view import find_plan
from toimenpiteet.services.plan import plans
from toimenpiteet.workflow import CARRY_OVER, TAKE_BACK, Refusal, Status


class MoveBody(Strict):
    """The move to make; the comment where the table asks for one."""

    name = PlainText(max_length=100)
    comment = PlainText(required=False, allow_blank=True, default="", trim_whitespace=False)
    continues_in = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**31 - 1),
        required=False,
        default=list,
        help_text="With `carry_over`: ids of the action items in which the plan goes on, its own only if it is among "
        "them. Empty: in its own alone.",
    )

    def validate(self, attrs: Json) -> Json:
        """Refuse items with a move after which a plan goes on nowhere."""
        if attrs["continues_in"] and attrs["name"] != CARRY_OVER:
            message = _("Only a plan that is carried over goes on in action items. Leave this out, or carry it over.")
            raise serializers.ValidationError({"continues_in": [message]})
        return attrs


class StepBody(Strict):
    """Whether the step is done."""

    done = Truth()


def _standing(plan: PeriodPlan) -> Json:
    return {
        "id": plan.pk,
        "status": plan.status,
        "status_words": str(labels.STATUS[Status(plan.status)]),
        "version": plan.version,
    }


def _move(move: MoveView) -> Json:
    return {
        "name": move.name,
        "words": move.label,
        "target": move.target.value,
        "open": move.open,
        "reason": move.why_not or None,
        "code": move.refusal.value if move.refusal else None,
        "comment_required": move.comment_required,
        "comment_question": move.comment_label or None,
        "until": None,
    }


def _taking_back(found: TakingBack | None) -> Json:
    """Return the taking back of the last move as one more move, with until when it is open."""
    refusal = found.refusal if found else Refusal.NOTHING_TO_TAKE_BACK
    return {
        "name": TAKE_BACK,
        "words": str(labels.MOVE[TAKE_BACK]),
        "target": found.target if found and refusal is not Refusal.NOTHING_TO_TAKE_BACK else None,
        "open": refusal is None,
        "reason": str(labels.REFUSAL[refusal]) if refusal else None,
        "code": refusal.value if refusal else None,
        "comment_required": False,
        "comment_question": None,
        "until": found.until if found and found.open else None,
    }


class Transitions(ApiView):
    """The moves of a plan's status."""

    @extend_schema(responses=move_serializers.Moves, operation_id="plans_transitions_retrieve")
    @published
    def get(self, request: Request, pk: int) -> Response:
        """Show every move of the workflow table, and `take_back`: open to the caller or not, why not, until when."""
        plan = find_plan(self.scope, pk)
        roles, own = access.roles_on(self.scope, plan), access.own_proposal(self.scope, plan)
        later = later_period(plan) is not None
        moves = [_move(move) for move in all_moves(Status(plan.status), roles, later_period=later, own_proposal=own)]
        moves.append(_taking_back(takings_back(self.scope, {plan.pk: None}, self.now).get(plan.pk)))
        return Response({"plan": _standing(plan), "transitions": moves}, headers=etag(plan.version))

    @extend_schema(
        request=MoveBody,
        responses={200: move_serializers.Moved},
        parameters=[IF_MATCH],
        operation_id="plans_transitions_create",
    )
    def post(self, request: Request, pk: int) -> Response:
        """Make a move, or take the last one back; a comment is sent where the table asks for it."""
        version = version_seen(request)
        body = MoveBody(data=request.data)
        body.is_valid(raise_exception=True)
        name, comment, items = (body.validated_data[field] for field in ("name", "comment", "continues_in"))
        by: Any = {"scope": self.scope, "actor": self.actor, "now": self.now, "version": version, "comment": comment}
        change = plans.carry_over(pk, items, **by) if items else plans.move(pk, name, **by)
        moved = {
            "plan": _standing(change.plan),
            "move": change.move,
            "from_status": change.from_status,
            "comment": change.comment,
            "at": change.at,
        }
        return Response(moved, headers=etag(change.plan.version))


class History(ApiView):
    """What happened to a plan."""

    parameters = Pages.parameters
    pagination_class = Pages

    @extend_schema(responses=move_serializers.Entry(many=True), operation_id="plans_history_list")
    @published
    def get(self, request: Request, pk: int) -> Response:
        """Show everything recorded of the plan, its steps, units, projects and comments, oldest first."""
        plan = find_plan(self.scope, pk)
        entries = history(self.scope, plan)
        return Pages().respond(
            request, lambda start, stop: [asdict(entry) for entry in entries[start:stop]], lambda _limit: len(entries)
        )


class Step(StepDetail):
    """A step of a plan."""

    @extend_schema(request=StepBody, responses=shapes.StepRow, parameters=[IF_MATCH])
    def patch(self, request: Request, pk: int) -> Response:
        """Mark the step done, or not done after all."""
        version = version_seen(request)
        body = StepBody(data=request.data)
        body.is_valid(raise_exception=True)
        plans.tick_step(
            pk, done=body.validated_data["done"], scope=self.scope, actor=self.actor, now=self.now, version=version
        )
        return self.get(request, pk)
