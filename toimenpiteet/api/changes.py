"""What changed in the plan of a strategy between two days or rounds."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from toimenpiteet.api import plans
from toimenpiteet.api.authentication import SignedIn
from toimenpiteet.api.fields import Json, language_of
from toimenpiteet.api.serializers import Named
from toimenpiteet.api.views import ApiView
from toimenpiteet.selectors.history.between import Between, Change, Kind, between
from toimenpiteet.selectors.history.moments import Asked, Moment, NotBetween

_ASKED = {"from": "since", "to": "until", "from_round": "since_round", "to_round": "until_round"}
_TALLY = ("before", "added", "came", "removed", "left", "after", "changed", "differences", "unchanged")


class MomentShape(serializers.Serializer[Any]):
    """The end of a day, and the round for which it stands."""

    on = serializers.DateField()
    round = serializers.IntegerField(allow_null=True)


class TallyShape(serializers.Serializer[Any]):
    """Plans: before + added + came - removed - left = after; changed + unchanged were there both times.

    `differences` is in how many ways these differ.
    """

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return a number for each."""
        return {name: serializers.IntegerField() for name in _TALLY}


class ChangeShape(serializers.Serializer[Any]):
    """One difference of one plan."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    kind_words = serializers.CharField(help_text="The kind in the caller's language.")
    plan = serializers.IntegerField(help_text="Its id; where it was removed, nothing has it any more.")
    item = Named()
    period = Named()
    before = serializers.CharField(help_text="A status, a light, a day or names, as `kind` says; empty where none was.")
    after = serializers.CharField(help_text="Likewise, at the later moment.")
    days = serializers.IntegerField(help_text="By how many days a due date went later; less than 0: earlier.")
    sentence = serializers.CharField(help_text="The difference in the caller's language.")


class Changes(serializers.Serializer[Any]):
    """What changed from one moment to another."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return the fields; `from` is no name in Python."""
        return {
            "from": MomentShape(),
            "to": MomentShape(),
            "counts": TallyShape(),
            "changes": ChangeShape(many=True),
        }


def _day(says: str) -> Any:
    return serializers.CharField(required=False, allow_blank=True, help_text=says)


def _id(says: str) -> Any:
    return serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1, help_text=says)


class Query(serializers.Serializer[Any]):
    """Between which moments, and of what."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return the fields; `from` is no name in Python."""
        of_round = "Id of a round instead of a day: that on which it was locked, today where it is not."
        return {
            "from": _day("The day after whose end changes count, as 2026-06-30; without it that of the last round."),
            "to": _day("The day until whose end changes count; without it today."),
            "from_round": _id(of_round),
            "to_round": _id(of_round),
            "unit": _id("Id of a responsible unit; the units under it and the members of a group are meant too."),
            "theme": _id("Id of a theme; those under it are meant too."),
        }


class StrategyChanges(ApiView):
    """What changed in the plan of a strategy. Only for people of the municipality."""

    permission_classes = [SignedIn]
    parameters = frozenset(Query().fields)

    @extend_schema(responses=Changes, parameters=[Query], operation_id="strategies_changes_retrieve")
    def get(self, request: Request, pk: int) -> Response:
        """Tell in one sentence each what differs between two days or rounds, by kind, in the order of the plan."""
        query = Query(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        given = {_ASKED.get(name, name): value for name, value in query.validated_data.items()}
        try:
            found = between(self.scope, pk, Asked(**given), self.today)
        except NotBetween as error:
            raise ValidationError({error.field: [str(error)]}) from error
        return Response(_json(found))


def _json(found: Between) -> Json:
    return {
        "from": _moment(found.since),
        "to": _moment(found.until),
        "counts": {name: getattr(found.tally, name) for name in _TALLY},
        "changes": [_change(change, group.label) for group in found.groups for change in group.changes],
    }


def _moment(moment: Moment) -> Json:
    return {"on": moment.day.isoformat(), "round": moment.round or None}


def _change(change: Change, label: str) -> Json:
    period = change.plan.period_name
    return {
        "kind": change.kind.value,
        "kind_words": label,
        "plan": change.plan.pk,
        "item": plans.named(change.plan.item),
        "period": {"id": change.plan.period_id, "name": period.text, "name_language": language_of(period)},
        **{name: str(getattr(change, name)) for name in ("before", "after", "sentence")},
        "days": change.days,
    }
