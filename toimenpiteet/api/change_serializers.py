"""The shape of change requests."""

from typing import Any

from rest_framework import serializers

from toimenpiteet.api.fields import Due
from toimenpiteet.api.serializers import Named
from toimenpiteet.calendar import Precision
from toimenpiteet.change_requests import ChangeKind, ChangeStatus
from toimenpiteet.workflow import Role

KIND = [kind.value for kind in ChangeKind]
STATUS = [status.value for status in ChangeStatus]
PRECISION = [precision.value for precision in Precision]
ROLE = [role.value for role in Role]


class Changed(serializers.Serializer[Any]):
    """What changes of a plan; null, or empty, where the kind of change is not about it."""

    due = Due("due_on", "due_precision")
    text = serializers.CharField(help_text="In the municipality's own language.")
    lead_unit = Named(allow_null=True)


class Who(serializers.Serializer[Any]):
    """Who did something, in which role, and on whose behalf."""

    name = serializers.CharField()
    role = serializers.ChoiceField(choices=["", *ROLE])
    on_behalf = serializers.CharField(allow_null=True)


class ChangeRequest(serializers.Serializer[Any]):
    """A change of a plan: as it was when it was proposed, as proposed, and what was decided."""

    id = serializers.IntegerField()
    plan = serializers.IntegerField()
    item = Named()
    kind = serializers.ChoiceField(choices=KIND)
    kind_words = serializers.CharField(help_text="The kind in the caller's language.")
    status = serializers.ChoiceField(choices=STATUS)
    status_words = serializers.CharField(help_text="The status in the caller's language.")
    was = Changed()
    proposed = Changed()
    cause = serializers.CharField()
    effect = serializers.CharField()
    proposed_at = serializers.DateTimeField()
    proposed_by = Who()
    decided_at = serializers.DateTimeField(allow_null=True, help_text="Null while a decision is waited for.")
    decided_by = Who(allow_null=True, help_text="Who decided, referred or withdrew it last.")
    decision = serializers.CharField(help_text="The words of the decision.")
    body = serializers.CharField(help_text="The body that decided, or has to; empty where none does.")
    body_on = serializers.DateField(allow_null=True, help_text="The day of the body's decision.")
    section = serializers.CharField()
    register_number = serializers.CharField()
    version = serializers.IntegerField(help_text="Send it in If-Match with whatever is done to the request.")
