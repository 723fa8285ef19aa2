"""What each thing looks like in the API, field by field.

Action items, plans and steps take their values from the selectors' views (plans.py), under the names given here; the
others are read by these serializers from the rows of selectors.catalogue.
"""

from typing import Any

from rest_framework import serializers

from toimenpiteet.answers import Light
from toimenpiteet.api.fields import Column, Due, Number, StepDate, Words, WordsLanguage
from toimenpiteet.labels import ANSWER_STATE
from toimenpiteet.models import Indicator, IndicatorTarget, IndicatorValue, Project, UnitHandover
from toimenpiteet.models.people import Asked, UnitKind
from toimenpiteet.models.strategy import GoalCounting
from toimenpiteet.workflow import STATUS_VALUES, LateBecause

# The OpenAPI document calls them by name (ENUM_NAME_OVERRIDES).
PROJECT_KIND = Project.Kind.values
FIGURE_KIND = IndicatorValue.Kind.values
LATE_BECAUSE = [because.value for because in LateBecause]

_DOUBT = "What the scan of the source leaves in doubt; empty where nothing is."
_BECAUSE = (
    "Its due date or the end of its period, a step, its answer in a reporting round, or the approval that it awaits; "
    "null where it is not late."
)
_SOURCE = "Document and lines from which the entry was read."


def year_field(help_text: str = "") -> serializers.IntegerField:
    """Return a year, null where it is not known."""
    return serializers.IntegerField(allow_null=True, help_text=help_text)


class Named(serializers.Serializer[Any]):
    """A thing by its number and name."""

    id = serializers.IntegerField()
    name = Words()
    name_language = WordsLanguage("name")


class Numbered(Named):
    """A thing by its numbers, within the API and within the strategy."""

    number = serializers.IntegerField(allow_null=True)


class Sourced(serializers.Serializer[Any]):
    """What comes from a document."""

    id = serializers.IntegerField()
    key = serializers.CharField(help_text="Stable within its owner, also when the data is loaded anew.")
    source = serializers.CharField(help_text=_SOURCE)  # type: ignore[assignment]  # a column of that name
    doubt = serializers.CharField(help_text=_DOUBT)


class PeriodRef(Named):
    """A plan period; both years belong to it."""

    start_year = serializers.IntegerField()
    end_year = serializers.IntegerField()


class PeriodInStrategy(PeriodRef):
    """A plan period, read by itself."""


class GoalRef(Numbered):
    """A goal, read by itself."""


class Goal(Sourced):
    """A goal under a theme."""

    strategy = serializers.IntegerField(source="strategy_id")
    theme = Numbered()
    number = serializers.IntegerField(allow_null=True)
    name = Words()
    name_language = WordsLanguage("name")
    keywords = Words(help_text="Words and names of the document, parted by commas.")
    owner = Named(allow_null=True)
    binding = serializers.BooleanField(help_text="Binding towards the council.")
    counting = serializers.ChoiceField(
        choices=[*GoalCounting.values, ""], help_text="How its indicators count together; empty where not said."
    )
    counting_share = serializers.IntegerField(allow_null=True, help_text="Per cent of the indicators, with `share`.")
    version = serializers.IntegerField()


# --- action items and plans -----------------------------------------------------------------------------------------


class Means(Sourced):
    """What a plan uses and nobody can do."""

    text = Words()
    text_language = WordsLanguage("text")


class StepRow(Sourced):
    """One concrete thing inside a plan."""

    plan = serializers.IntegerField(source="plan_id")
    text = Words()
    text_language = WordsLanguage("text")
    date = StepDate()
    unit = Named(allow_null=True)
    done = serializers.BooleanField()
    done_on = serializers.DateField(allow_null=True)
    version = serializers.IntegerField(help_text="Send it in If-Match when changing the step.")


class Standing(serializers.Serializer[Any]):
    """Where a plan stands. Its values are those of PlanView (api/plans.py), as all of a plan's."""

    period = PeriodRef()
    status = serializers.ChoiceField(choices=STATUS_VALUES)
    status_words = serializers.CharField(help_text="The status in the caller's language.")
    due = Due("due_on", "due_precision")
    next_deadline_on = serializers.DateField(
        help_text="The earliest open deadline of the plan and its steps, moved to a working day."
    )
    overdue = serializers.BooleanField(help_text="Whether the plan, one of its steps or its answer is late.")
    late_because = serializers.ChoiceField(choices=LATE_BECAUSE, allow_null=True, help_text=_BECAUSE)
    late_since = serializers.DateField(
        allow_null=True, help_text="The day that passed: of the plan, of its step, or on which the answer was due."
    )
    units = Named(many=True)
    version = serializers.IntegerField(help_text="Send it in If-Match when moving the plan.")


class PlanInItem(Standing):
    """A plan as it stands in a list of action items."""

    id = serializers.IntegerField()


class NewestAnswer(serializers.Serializer[Any]):
    """How a plan's answer stands in the newest round that is open or in review."""

    round = serializers.IntegerField()
    state = serializers.ChoiceField(
        choices=list(ANSWER_STATE), help_text="A draft that is not the caller's is silence."
    )
    light = serializers.ChoiceField(
        choices=[light.value for light in Light], allow_null=True, help_text="Null where nothing was said."
    )


class Plan(Sourced, Standing):
    """An action item in one period, with everything that belongs to it."""

    item = Named()
    text = Words()
    text_language = WordsLanguage("text")
    projects = Named(many=True)
    budget_lines = Named(many=True)
    steps = StepRow(many=True)
    means = Means(many=True)
    continues_in = Named(
        many=True, help_text="Action items where it was carried over to; empty: to its own, if at all."
    )
    answer = NewestAnswer(allow_null=True, help_text="Null to the public, and where no round asks.")


class Item(Sourced):
    """An action item. Its status is that of the plan whose period holds today, else of its last one."""

    strategy = serializers.IntegerField(source="strategy_id")
    goal = Numbered()
    name = Words()
    name_language = WordsLanguage("name")
    keywords = Words(help_text="Words and names of the document, parted by commas.")
    lead_unit = Named()
    lead_stated = serializers.BooleanField(help_text="False where the source names no lead: the first unit is taken.")
    status = serializers.ChoiceField(choices=STATUS_VALUES, allow_null=True, help_text="Null without any plan.")
    status_words = serializers.CharField(allow_null=True, help_text="The status in the caller's language.")
    overdue = serializers.BooleanField(help_text="True when any of its plans is overdue.")
    plans = PlanInItem(many=True)
    version = serializers.IntegerField()


class ItemInFull(Item):
    """An action item with its plans in full and the other goals that it serves."""

    linked_goals = GoalRef(many=True)
    plans = Plan(many=True)  # type: ignore[assignment]  # a fuller plan in the place of the brief one


# --- units, projects, indicators, rounds ----------------------------------------------------------------------------


class Follower(serializers.Serializer[Any]):
    """A unit that follows one that has ended, or will."""

    unit = serializers.IntegerField(source="successor_id")
    kind = serializers.ChoiceField(choices=UnitHandover.Kind.values, help_text="In which way the unit ended.")


class Unit(Sourced):
    """A responsible unit. Its mailbox is not handed out."""

    municipality = serializers.IntegerField(source="municipality_id")
    name = Words()
    name_language = WordsLanguage("name")
    kind = serializers.ChoiceField(choices=UnitKind.values)
    parent = serializers.IntegerField(source="parent_id", allow_null=True)  # type: ignore[assignment]  # likewise
    member_kind = serializers.ChoiceField(
        choices=[*UnitKind.values, ""], help_text="A group with a kind here holds every unit of that kind."
    )
    asked = serializers.ChoiceField(
        choices=[*Asked.values, ""],
        help_text="Whether it is asked in reporting rounds; empty: bodies and roles are not, all others are.",
    )
    members = Column(
        "unit_id",
        source="group_members",
        child=serializers.IntegerField(),
        help_text="Units named as members of a group.",
    )
    successor = serializers.IntegerField(
        source="successor_id", allow_null=True, help_text="The unit to which its plans went, or will."
    )
    followed_by = Follower(
        many=True, source="handovers", help_text="Several where it was split; the successor is the first."
    )
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    aliases = Column("text", child=serializers.CharField(), help_text="Other spellings.")
    version = serializers.IntegerField()


class ProjectRow(Sourced):
    """A project."""

    municipality = serializers.IntegerField(source="municipality_id")
    name = Words()
    name_language = WordsLanguage("name")
    kind = serializers.ChoiceField(choices=PROJECT_KIND)
    description = Words()
    start_year = year_field()
    end_year = year_field()
    funding = serializers.CharField()
    budget_line = Named(allow_null=True)
    aliases = Column("text", child=serializers.CharField(), help_text="Other spellings.")
    version = serializers.IntegerField()


class Figure(Sourced):
    """One figure of an indicator. Several kinds of one year stand side by side."""

    year = year_field(help_text="Null where the source gives none; `position` then keeps the order of reading.")
    position = serializers.IntegerField(allow_null=True)
    kind = serializers.ChoiceField(choices=FIGURE_KIND, help_text="TP actual, TA budget, TS plan, KS forecast.")
    value = Number(allow_null=True)
    decimals = serializers.IntegerField(allow_null=True, help_text="How many the source prints: 17,0 has one.")
    no_data = serializers.BooleanField(help_text="True where the source says that the year has no data.")
    next_expected = Due("next_expected_on", "next_expected_precision")
    note = Words()


class Target(Sourced):
    """A target of an indicator; the operator "none" says that there is none yet, which is not zero."""

    operator = serializers.ChoiceField(choices=IndicatorTarget.Operator.values)
    value = Number(allow_null=True)
    decimals = serializers.IntegerField(allow_null=True, help_text="How many the source prints.")
    by_year = year_field()
    above_indicator = serializers.IntegerField(
        source="above_indicator_id", allow_null=True, help_text="With the operator `above`."
    )
    standing = serializers.ChoiceField(choices=IndicatorTarget.Standing.values, help_text="How far it is decided.")
    set_in = serializers.CharField(help_text="In which document or decision it was set; empty where that is not known.")
    note = Words()


class IndicatorRow(Sourced):
    """An indicator with its figures and targets."""

    strategy = serializers.IntegerField(source="strategy_id")
    theme = serializers.IntegerField(source="theme_id", allow_null=True)
    goal = serializers.IntegerField(source="goal_id", allow_null=True)
    programme = serializers.IntegerField(source="programme_id", allow_null=True)
    name = Words()
    name_language = WordsLanguage("name")
    perspective = serializers.ChoiceField(choices=[*Indicator.Perspective.values, ""])
    unit_of_measure = serializers.CharField()
    better = serializers.ChoiceField(choices=[*Indicator.Better.values, ""])
    origin = serializers.CharField()
    note = Words()
    values = Figure(many=True)
    targets = Target(many=True)
    version = serializers.IntegerField()
