"""The shapes of strategies: by themselves in lists, and whole with all that they say."""

from rest_framework import serializers

from toimenpiteet.api.fields import Due, Words, WordsLanguage
from toimenpiteet.api.serializers import Named, PeriodInStrategy, Sourced, year_field
from toimenpiteet.models.assessments import DecisionKind
from toimenpiteet.models.strategy import ProcessEvent, ProgrammeStatus, StrategyPart, StrategyStatus

# The OpenAPI document calls them by name (ENUM_NAME_OVERRIDES).
PART_KIND = StrategyPart.Kind.values
EVENT_KIND = ProcessEvent.Kind.values
DECISION_KIND = DecisionKind.values


class Strategy(Sourced):
    """A municipality's strategy, with the periods of its plans."""

    municipality = Named()
    name = Words()
    name_language = WordsLanguage("name")
    slogan = Words()
    start_year = year_field()
    end_year = year_field()
    status = serializers.ChoiceField(choices=StrategyStatus.values)
    published = serializers.BooleanField()
    decided_by = Words()
    decided = Due("decided_on", "decided_on_precision")
    mission = Words()
    vision = Words()
    vision_number = serializers.IntegerField(allow_null=True)
    vision_year = year_field()
    follows = serializers.IntegerField(source="follows_id", allow_null=True, help_text="The earlier strategy.")
    shift_deadlines = serializers.BooleanField(
        help_text="Whether a deadline on a day off holds until the next working day."
    )
    rounds_from = serializers.DateField(
        allow_null=True, help_text="Rounds whose answers are due before this day are not held."
    )
    documents = serializers.CharField(help_text="The documents from which it was read.")
    success_factors_called = Words(help_text="Empty: critical success factors.")
    retold = serializers.BooleanField(help_text="Whether the texts are retold, the documents having the last word.")
    version = serializers.IntegerField()
    periods = PeriodInStrategy(many=True)


class Theme(Sourced):
    """A branch of the strategy's tree; `kind` is the strategy's own word for it."""

    parent = serializers.IntegerField(source="parent_id", allow_null=True)  # type: ignore[assignment]  # likewise
    kind = Words()
    number = serializers.IntegerField(allow_null=True)
    name = Words()
    name_language = WordsLanguage("name")
    slogan = Words()
    focus = Words()
    description = Words()


class SuccessFactor(Sourced):
    """A critical success factor of a theme."""

    theme = serializers.IntegerField(source="theme_id")
    number = serializers.IntegerField(allow_null=True)
    name = Words()
    name_language = WordsLanguage("name")


class CoreValue(Sourced):
    """A value of the municipality."""

    name = Words()
    name_language = WordsLanguage("name")
    explanation = Words()


class Part(Sourced):
    """A part of the strategy that is none of the others."""

    kind = serializers.ChoiceField(choices=PART_KIND)
    name = Words()
    name_language = WordsLanguage("name")
    text = Words()


class Event(Sourced):
    """A step of the work that made the strategy."""

    kind = serializers.ChoiceField(choices=EVENT_KIND)
    name = Words()
    name_language = WordsLanguage("name")
    start_on = serializers.DateField(allow_null=True)
    end = Due("end_on", "end_on_precision")
    participants = serializers.IntegerField(allow_null=True)
    note = Words()


class FollowUp(Sourced):
    """One line of the follow-up rhythm; `per_year` is null where it is continuous."""

    text = Words()
    text_language = WordsLanguage("text")
    body = serializers.CharField()
    per_year = serializers.IntegerField(allow_null=True)


class FollowedDecision(Sourced):
    """An earlier decision, or an auditors' recommendation, that reports follow up; open while `done_on` is null."""

    kind = serializers.ChoiceField(choices=DECISION_KIND)
    name = Words()
    name_language = WordsLanguage("name")
    body = serializers.CharField()
    decided_on = serializers.DateField()
    section = serializers.CharField()
    register_number = serializers.CharField()
    unit = serializers.IntegerField(source="unit_id", allow_null=True)
    outcome = Words()
    done_on = serializers.DateField(allow_null=True)


class ProgrammeRow(Sourced):
    """A programme that carries out the strategy."""

    name = Words()
    name_language = WordsLanguage("name")
    start_year = year_field()
    end_year = year_field()
    status = serializers.ChoiceField(
        choices=[*ProgrammeStatus.values, ""], help_text="Empty where the source does not say."
    )
    prepared_by = serializers.CharField()
    approved_by = serializers.CharField()
    description = Words()
    follow_up = Words()


class StrategyInFull(Strategy):
    """A strategy with its parts; its goals, action items and indicators have addresses of their own."""

    themes = Theme(many=True)
    success_factors = SuccessFactor(many=True)
    values = CoreValue(many=True)
    parts = Part(many=True)
    events = Event(many=True)
    follow_ups = FollowUp(many=True)
    followed_decisions = FollowedDecision(many=True)
    programmes = ProgrammeRow(many=True)
