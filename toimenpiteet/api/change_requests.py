"""Changes of plans: proposed, withdrawn, referred to a body, accepted and declined."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from toimenpiteet.api import change_filters, change_serializers
from toimenpiteet.api.authentication import SignedIn
from toimenpiteet.api.etags import IF_MATCH, etag
from toimenpiteet.api.fields import Json, due_json
from toimenpiteet.api.parsers import OneOf, PlainText, Strict
from toimenpiteet.api.plans import named
from toimenpiteet.api.resources import Acting, Listed, Resource, Single
from toimenpiteet.models import ChangeRequest, Unit
from toimenpiteet.selectors.history.answers import Sayer
from toimenpiteet.selectors.plan.change_requests import ChangeView, change_views, visible_changes
from toimenpiteet.selectors.translated import named_of
from toimenpiteet.services.plan import change_requests
from toimenpiteet.services.plan.change_requests import Decision, Proposal

_TEXT: Json = {"required": False, "allow_blank": True, "default": "", "trim_whitespace": False}


class ProposalBody(Strict):
    """What is to change, why, and what that leads to; `due_on`, `text` or `unit` by the kind of change."""

    kind = OneOf(change_serializers.KIND)
    cause = PlainText(allow_blank=True, trim_whitespace=False)
    effect = PlainText(allow_blank=True, trim_whitespace=False)
    due_on = serializers.DateField(required=False, allow_null=True, default=None)
    due_precision = OneOf(change_serializers.PRECISION, required=False, default="day")
    text = PlainText(**_TEXT)
    unit = serializers.IntegerField(required=False, allow_null=True, default=None, help_text="Id of the new lead unit.")


class DecisionBody(Strict):
    """The words of the decision, and of a body's decision which body, on which day, § and register number."""

    words = PlainText(**_TEXT)
    body = PlainText(**_TEXT)
    body_on = serializers.DateField(required=False, allow_null=True, default=None)
    section = PlainText(**_TEXT)
    register_number = PlainText(**_TEXT)


class ReferralBody(Strict):
    """Which body decides, and words for who proposed."""

    body = PlainText(allow_blank=True, trim_whitespace=False)
    words = PlainText(**_TEXT)


class _Requests(Resource):
    permission_classes = [SignedIn]
    model = ChangeRequest
    serializer_class = change_serializers.ChangeRequest

    def rows(self, **only: int) -> "QuerySet[Any]":
        return visible_changes(self.scope, **only)

    def read(self, queryset: "QuerySet[Any]") -> list[Json]:
        return [_request(view) for view in change_views(queryset, self.scope)]

    def shown(self, pk: int, status: int = 200) -> Response:
        """Return the request as it is now."""
        (row,) = self.read(self.rows(pk=pk))
        return Response(row, status=status, headers=etag(row["version"]))


def _request(view: ChangeView) -> Json:
    row = view.row
    return {
        "id": row.pk,
        "plan": row.plan_id,
        "item": named(view.item),
        "kind": row.kind,
        "kind_words": view.kind_label,
        "status": row.status,
        "status_words": view.status_label,
        "was": _changed(due_json(row.was_due_on, row.was_due_precision), row.was_text, row.was_unit),
        "proposed": _changed(due_json(row.due_on, row.due_precision), row.text, row.unit),
        "cause": row.cause,
        "effect": row.effect,
        "proposed_at": row.proposed_at,
        "proposed_by": _who(view.proposed_by),
        "decided_at": row.decided_at,
        "decided_by": _who(view.decided_by) if view.decided_by else None,
        "decision": row.decision,
        "body": row.body,
        "body_on": row.body_on,
        "section": row.section,
        "register_number": row.register_number,
        "version": row.version,
    }


def _changed(due: Json | None, text: str, unit: Unit | None) -> Json:
    lead = named(named_of(unit)) if unit else None
    return {"due": due, "text": text, "lead_unit": lead}


def _who(sayer: Sayer) -> Json:
    return {"name": sayer.name, "role": sayer.role, "on_behalf": sayer.on_behalf or None}


class RequestList(_Requests, Listed):
    """The change requests, the newest first. Only for people who have signed in."""

    filterset_class = change_filters.ChangeRequests


class RequestDetail(_Requests, Single):
    """A change request."""


class _Act(Acting, _Requests):
    pagination_class = None


class Propose(_Act):
    """A change of a plan that is proposed."""

    body = ProposalBody

    @extend_schema(
        request=ProposalBody,
        responses={201: change_serializers.ChangeRequest},
        parameters=[IF_MATCH],
        operation_id="plans_change_requests_create",
    )
    def post(self, request: Request, pk: int) -> Response:
        """Propose a change of the plan, at the version of the plan that was seen; cause and effect are needed."""
        by, body = self.asked(request)
        made = change_requests.propose(pk, Proposal(**body), **by)
        return self.shown(made.pk, 201)


class Accept(_Act):
    """A change that is accepted."""

    body = DecisionBody

    @extend_schema(request=DecisionBody, parameters=[IF_MATCH], operation_id="change_requests_accept")
    def post(self, request: Request, pk: int) -> Response:
        """Accept the change, or write down that a body did, and carry it out."""
        by, body = self.asked(request)
        change_requests.accept(pk, Decision(**body), **by)
        return self.shown(pk)


class Decline(_Act):
    """A change that is declined."""

    body = DecisionBody

    @extend_schema(request=DecisionBody, parameters=[IF_MATCH], operation_id="change_requests_decline")
    def post(self, request: Request, pk: int) -> Response:
        """Decline the change with words, or write down that a body did."""
        by, body = self.asked(request)
        change_requests.decline(pk, Decision(**body), **by)
        return self.shown(pk)


class Refer(_Act):
    """A change on which a body decides."""

    body = ReferralBody

    @extend_schema(request=ReferralBody, parameters=[IF_MATCH], operation_id="change_requests_refer")
    def post(self, request: Request, pk: int) -> Response:
        """Say which body has to decide."""
        by, body = self.asked(request)
        change_requests.refer(pk, body["body"], body["words"], **by)
        return self.shown(pk)


class Withdraw(_Act):
    """A proposal that is taken back."""

    @extend_schema(request=None, parameters=[IF_MATCH], operation_id="change_requests_withdraw")
    def post(self, request: Request, pk: int) -> Response:
        """Take the proposal back before anybody decided."""
        by, _body = self.asked(request)
        change_requests.withdraw(pk, **by)
        return self.shown(pk)
