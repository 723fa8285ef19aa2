"""The shapes of reporting rounds, their days and moves, and of the answers given in them."""

from typing import Any

from rest_framework import serializers

from toimenpiteet import labels
from toimenpiteet.answers import Light, Outcome, Review, Said, Unknown
from toimenpiteet.api.fields import Words
from toimenpiteet.api.parsers import OneOf, PlainText, Strict
from toimenpiteet.api.serializers import Named, PlanInItem
from toimenpiteet.computed_light import Reason
from toimenpiteet.models import ReportingRound
from toimenpiteet.round_days import RoundKind, Which
from toimenpiteet.round_moves import ROUND_MOVES

ROUND_STATUS = ReportingRound.Status.values
ROUND_DAY = [which.value for which in Which]
ROUND_KIND = [kind.value for kind in RoundKind]
ROUND_MOVE = [move.name for move in ROUND_MOVES]
LIGHT = [light.value for light in Light]
BECAUSE = [reason.value for reason in Reason]
UNKNOWN = [*(reason.value for reason in Unknown), ""]
OUTCOME = [outcome.value for outcome in Outcome]
SAID = [said.value for said in Said]
REVIEW = [review.value for review in Review]
ANSWER_STATE = list(labels.ANSWER_STATE)
_WHY = "Why it cannot be assessed; needed with `not_assessed`, else empty."
_WHEN = "The day on which it will be known, where it cannot be assessed and there is one."


class RoundDay(serializers.Serializer[Any]):
    """A day of a round: as its rule gives it, as decided, and as it holds after moving to a working day."""

    which = serializers.ChoiceField(choices=ROUND_DAY)
    rule = serializers.CharField(help_text="How the day is found, such as `last mon 03-28`.")
    computed_on = serializers.DateField(help_text="The day that the rule gives.")
    decided_on = serializers.DateField(help_text="Another one where a person has moved it.")
    holds_on = serializers.DateField(help_text="As moved to a working day.")
    reason = serializers.CharField(help_text="Why a person has moved it; empty where nobody has.")
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
    version = serializers.IntegerField(help_text="Send it in If-Match when moving the round.")


class RoundStanding(serializers.Serializer[Any]):
    """How far a round is."""

    id = serializers.IntegerField()
    status = serializers.ChoiceField(choices=ROUND_STATUS)
    status_words = serializers.CharField(help_text="The status in the caller's language.")
    version = serializers.IntegerField(help_text="Send it in If-Match with the move.")


class RoundMove(serializers.Serializer[Any]):
    """One move of a round, as it stands for the caller."""

    name = serializers.ChoiceField(choices=ROUND_MOVE)
    words = serializers.CharField(help_text="The move in the caller's language.")
    target = serializers.ChoiceField(choices=ROUND_STATUS)
    open = serializers.BooleanField()
    reason = serializers.CharField(allow_null=True, help_text="Why it is not open; null when it is.")
    code = serializers.CharField(allow_null=True, help_text="The same as a stable code; null when it is open.")
    reason_required = serializers.BooleanField(help_text="Whether the move asks why: every move does.")
    comes_on = serializers.DateField(
        allow_null=True, help_text="The day on which it comes by itself; null where the director alone makes it."
    )


class RoundMoves(serializers.Serializer[Any]):
    """Every move of a round, open or not."""

    round = RoundStanding()
    transitions = RoundMove(many=True)


class RoundMoved(serializers.Serializer[Any]):
    """What a move did to a round."""

    round = RoundStanding()
    move = serializers.ChoiceField(choices=ROUND_MOVE)
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class Drafted(serializers.Serializer[Any]):
    """What somebody has begun to write and not sent; it counts as silence."""

    light = serializers.ChoiceField(choices=[*LIGHT, ""], help_text="Empty where none has been chosen yet.")
    text = serializers.CharField()
    cause = serializers.CharField()
    next_step = serializers.CharField()
    unknown_because = serializers.ChoiceField(choices=UNKNOWN, help_text=_WHY)
    known_on = serializers.DateField(allow_null=True, help_text=_WHEN)
    at = serializers.DateTimeField(help_text="When it was last kept.")


class PlanAsked(PlanInItem):
    """The plan of which a round asks."""

    item = Named()


class Unassessed(Strict):
    """Why something cannot be assessed, and when it will be known."""

    unknown_because = OneOf(UNKNOWN, required=False, default="", help_text=_WHY)
    known_on = serializers.DateField(required=False, allow_null=True, default=None, help_text=_WHEN)


class AnswerBody(Unassessed):
    """How the plan stands; amber and red need a cause and a next step, `not_assessed` its reason."""

    light = OneOf(LIGHT)
    text = PlainText(allow_blank=True, trim_whitespace=False)
    cause = PlainText(required=False, allow_blank=True, default="", trim_whitespace=False)
    next_step = PlainText(required=False, allow_blank=True, default="", trim_whitespace=False)


class Correction(serializers.Serializer[Any]):
    """What was said of a plan after its round was locked, beside the locked answer, which stays."""

    id = serializers.IntegerField()
    light = serializers.ChoiceField(choices=LIGHT)
    light_words = serializers.CharField(help_text="The light in the caller's language.")
    text = serializers.CharField()
    cause = serializers.CharField()
    next_step = serializers.CharField()
    unknown_because = serializers.ChoiceField(choices=UNKNOWN, help_text=_WHY)
    known_on = serializers.DateField(allow_null=True, help_text=_WHEN)
    reason = serializers.CharField(help_text="Why it was corrected.")
    at = serializers.DateTimeField()
    role = serializers.CharField(help_text="In which role it was said; empty where the person had none for the plan.")
    who = serializers.CharField(help_text="Who said it, as recorded then; a city's own rule may replace names later.")


class ComputedLight(serializers.Serializer[Any]):
    """The light that dates, steps and silence give of a plan."""

    light = serializers.ChoiceField(choices=LIGHT)
    light_words = serializers.CharField(help_text="The light in the caller's language.")
    because = serializers.ListField(child=serializers.ChoiceField(choices=BECAUSE))
    because_words = serializers.ListField(child=serializers.CharField(), help_text="The same in the caller's language.")
    disagrees = serializers.BooleanField(help_text="Whether the manager's light says something else.")


class Answer(serializers.Serializer[Any]):
    """A plan's answer in a round: what was said, and what the review made of it."""

    round = serializers.IntegerField()
    plan = PlanAsked()
    state = serializers.ChoiceField(choices=ANSWER_STATE, help_text="How the answer stands; a draft is silence.")
    state_words = serializers.CharField(help_text="The state in the caller's language.")
    said = serializers.ChoiceField(choices=SAID)
    review = serializers.ChoiceField(choices=REVIEW)
    light = serializers.ChoiceField(choices=LIGHT, allow_null=True, help_text="Null where nothing has been said.")
    light_words = serializers.CharField(
        help_text="The light in the caller's language; where nothing has been said, that it was not reported."
    )
    computed = ComputedLight(
        allow_null=True, help_text="By the facts, beside the manager's; null from the lock on: the snapshot has it."
    )
    text = serializers.CharField()
    cause = serializers.CharField()
    next_step = serializers.CharField()
    unknown_because = serializers.ChoiceField(choices=UNKNOWN, help_text=_WHY)
    known_on = serializers.DateField(allow_null=True, help_text=_WHEN)
    answered_at = serializers.DateTimeField(allow_null=True, help_text="Null where nothing has been said.")
    review_text = serializers.CharField(help_text="What is missing, in the director's words, where it was returned.")
    corrections = Correction(many=True, help_text="What was said after the lock, the oldest first.")
    draft = Drafted(allow_null=True, help_text="Only for those who may answer for the plan; null for all others.")
    version = serializers.IntegerField(help_text="Send it in If-Match with whatever is done to the answer.")


class EvidenceFile(serializers.Serializer[Any]):
    """A file that stands beside an answer."""

    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes.")
    sha256 = serializers.CharField()
    address = serializers.CharField(help_text="Where its bytes are, on this server.")


class Evidence(serializers.Serializer[Any]):
    """A link or a file beside a plan's answer or a goal's assessment in a round."""

    id = serializers.IntegerField()
    round = serializers.IntegerField()
    plan = serializers.IntegerField(allow_null=True, help_text="Null beside the assessment of a goal.")
    goal = serializers.IntegerField(allow_null=True, help_text="Null beside the answer of a plan.")
    name = serializers.CharField(help_text="Its title.")
    url = serializers.CharField(help_text="Where a link leads; empty for a file.")
    public = serializers.BooleanField(
        help_text="For everybody once the round is published; else for people of the municipality."
    )
    file = EvidenceFile(allow_null=True, help_text="Null for a link.")
    version = serializers.IntegerField(help_text="Send it in If-Match to take it away.")


class Assessment(serializers.Serializer[Any]):
    """What becomes of a goal, by the director: a forecast in the round of the budget, else the result of the year."""

    round = serializers.IntegerField()
    goal = Named()
    outcome = serializers.ChoiceField(choices=OUTCOME)
    outcome_words = serializers.CharField(help_text="The outcome in the caller's language, as a forecast or result.")
    grounds = serializers.CharField()
    unknown_because = serializers.ChoiceField(choices=UNKNOWN, help_text=_WHY)
    known_on = serializers.DateField(allow_null=True, help_text=_WHEN)
    version = serializers.IntegerField(help_text="Send it in If-Match with whatever is done to the assessment.")
