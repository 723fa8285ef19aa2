"""The shapes of reporting rounds and their days."""

from typing import Any

from rest_framework import serializers

from toimenpiteet.api.fields import Words
from toimenpiteet.models import ReportingRound
from toimenpiteet.round_days import RoundKind, Which

ROUND_STATUS = ReportingRound.Status.values
ROUND_DAY = [which.value for which in Which]
ROUND_KIND = [kind.value for kind in RoundKind]


class RoundDay(serializers.Serializer[Any]):
    """A day of a round: as its rule gives it, as decided, and as it holds after moving to a working day."""

    which = serializers.ChoiceField(choices=ROUND_DAY)
    rule = serializers.CharField(help_text="How the day is found, such as `last mon 03-28`.")
    computed_on = serializers.DateField(help_text="The day that the rule gives.")
    decided_on = serializers.DateField(help_text="Another one where a person has moved it.")
    holds_on = serializers.DateField(help_text="As moved to a working day.")
    version = serializers.IntegerField()


class Round(serializers.Serializer[Any]):
    """A reporting round; it belongs to the year of its status day, also where it is gathered in the next one."""

    id = serializers.IntegerField()
    strategy = serializers.IntegerField(source="strategy_id")
    kind = serializers.ChoiceField(choices=ROUND_KIND)
    year = serializers.IntegerField()
    body = Words()
    opens_on = serializers.DateField()
    decided_on = serializers.DateField(help_text="The day by which answers are due, as decided.")
    due_on = serializers.DateField(help_text="The day by which answers are due, as moved to a working day.")
    status = serializers.ChoiceField(choices=ROUND_STATUS)
    days = RoundDay(many=True)
    version = serializers.IntegerField()
